"""Which groups pass without being a step: a rule for each, so that what passes can be counted.

Noise is what drivers and pools add for themselves and what neither reads nor locks anything. A
Parse without an Execute is *not* passed at once: parsing takes locks, and in REPEATABLE READ the
snapshot. It is held, and goes as the first half of the step that it prepares (see `states`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from racewalk.wire.groups import Group

_LONG: Final = 1000
"""Characters from which on a text is no noise."""
_REMEMBERED: Final = 1024
"""Texts that one rule remembers: in every schedule the same ones come again."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A name to count by, whether a group falls under it, and whether only outside transactions."""

    name: str
    matches: Callable[[Group], bool]
    outside: bool = False


def statements_like(name: str, pattern: str, *, outside: bool = False) -> Rule:
    """Return a rule for groups whose every statement matches the pattern, case ignored."""
    regex = re.compile(pattern, re.IGNORECASE | re.DOTALL)

    @lru_cache(maxsize=_REMEMBERED)
    def fits(text: str) -> bool:
        return regex.fullmatch(text.strip()) is not None

    def matches(group: Group) -> bool:
        texts = group.texts
        return bool(texts) and all(len(text) < _LONG and fits(text) for text in texts)

    return Rule(name, matches, outside)


RULES: tuple[Rule, ...] = (
    Rule("close or describe", lambda group: all(m.kind in "CDSH" for m in group.messages)),
    # Within a transaction it could be what takes the snapshot.
    statements_like("ping", r";?|SELECT 1;?", outside=True),
    statements_like("deallocate", r"DEALLOCATE\s+(?:PREPARE\s+)?(?:\w+|\"[^\"]*\")\s*;?"),
)
"""What any driver may add; a target adds rules for the connection set-up of its framework."""


def rule_for(group: Group, rules: Sequence[Rule], status: str) -> str | None:
    """Return the name of the first rule that the group falls under, or None for a real step.

    Args:
        group: what the client sent. One with more of its batch to follow is a step, where it
            executes or prepares anything: it may open a transaction.
        rules: in order.
        status: of the transaction, as ReadyForQuery told it last: 'I' outside of any.
    """
    if group.is_open and (group.executes or group.prepares is not None):
        return None
    for rule in rules:
        if (status == "I" or not rule.outside) and rule.matches(group):
            return rule.name
    return None
