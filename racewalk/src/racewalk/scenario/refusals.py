"""`refusals`: which answers from 400 on a race may give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from racewalk.schedule.outcome import FAILED, Facts
from racewalk.schedule.record import ABSENT, Answer

REFUSALS: Final = "refusals"
"""Name of the invariant."""
Written = str | list[int] | None
_LEAST, _END = 400, 600
_BELOW: Final = re.compile(r"below ([0-9]{3})")


def problems(refusals: Written) -> Iterator[str]:
    """Yield what is wrong with the key, in a line each."""
    if isinstance(refusals, str):
        found = _BELOW.fullmatch(refusals)
        if not found or not _LEAST <= int(found[1]) <= _END:
            yield (
                f"refusals: {refusals!r} is neither 'below 500', or another status from 400 to 600,"
                " nor a list such as [409]"
            )
    for status in refusals if isinstance(refusals, list) else ():
        if not _LEAST <= status < _END:
            yield f"refusals: {status} is no status from 400 to 599; those below 400 may always be"


def acceptable(refusals: str | list[int], facts: Facts, answers: Sequence[Answer]) -> bool:
    """Return whether each answer is below 400, or one of those that may be.

    Args:
        refusals: as it is written, without problems.
        facts: are not asked.
        answers: of all requests; one that does not take part may answer anything.
    """
    del facts
    taking_part = (answer for answer in answers if answer != ABSENT)
    return all(_accepts(refusals, status_of(answer)) for answer in taking_part)


def status_of(answer: Answer) -> int:
    """Return the HTTP status of an answer as a scenario's race has it."""
    return int(answer.detail if answer.kind == FAILED else answer.kind)


def _accepts(refusals: str | list[int], status: int) -> bool:
    if isinstance(refusals, list):
        return status < _LEAST or status in refusals
    found = _BELOW.fullmatch(refusals)
    return found is not None and status < int(found[1])
