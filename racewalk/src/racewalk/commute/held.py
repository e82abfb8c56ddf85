"""How many advisory locks a session holds, by what its statements answered.

pg_try_advisory_lock may refuse one, and pg_advisory_unlock gives back one of several. A lock that
is taken within another statement nobody can count: then the session is taken to hold some, until
it gives back all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf
from typing import Final

from racewalk.commute.access import Access
from racewalk.schedule.record import Step

UNCOUNTED: Final = inf
_PLAIN: Final = re.compile(
    r"\s*SELECT\s+(?:pg_catalog\.)?pg_(?:try_)?advisory_\w+\s*\([^()]*\)(?:\s+AS\s+\w+)?\s*;?\s*",
    re.IGNORECASE,
)
"""A statement that does nothing else, so that its value is the function's."""
_ALL: Final = re.compile(
    r"(?:^|;)\s*(?:SELECT\s+(?:pg_catalog\.)?pg_advisory_unlock_all\s*\(\s*\)|DISCARD\s+ALL)\s*(?:;|$)",
    re.IGNORECASE,
)


def granted(step: Step) -> bool | None:
    """Return whether an advisory lock was granted, or given back; None: nobody can count."""
    if step.error or not _PLAIN.fullmatch(step.sql) or len(step.rows) != 1:
        return None
    return step.rows[0][0] not in (0, "f")


def held(before: float, step: Step, locks: Iterable[Access], unlocks: Iterable[Access]) -> float:
    """Return how many locks a session holds after a step.

    Args:
        before: how many it held.
        step: the step.
        locks, unlocks: the session's locks that it asks for, and gives back.
    """
    granting, asked = granted(step), len(set(locks))
    if not step.error and _ALL.search(step.sql):
        before = 0
    if asked and granting is not False:
        before += 1 if granting and asked == 1 else UNCOUNTED
    if granting and len(set(unlocks)) == 1:
        before = max(0, before - 1)
    return before
