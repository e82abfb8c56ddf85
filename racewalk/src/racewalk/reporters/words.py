"""A race and its end in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from racewalk.scenario.verdicts import Found
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.certificate import Certificate
from racewalk.story.columns import changing_columns
from racewalk.story.story import Story, tell
from racewalk.words import counted, short

_SHOWN: Final = 3
"""Statements that are named."""
_LONGEST: Final = 160


def slug(name: str) -> str:
    """Return a race's name as that of a file."""
    return re.sub(r"\W+", "-", name.lower()).strip("-") or "race"


def story_of(run: Run, outcome: Outcome, differs: str = "") -> Story:
    """Return a schedule of a scenario's race as a story.

    Args:
        run: what happened.
        outcome: how it ended.
        differs: how its end differs from each of one request after the other, or ''.
    """
    return tell(run, outcome, changing_columns(run) or "", ending(outcome, differs))


def ending(outcome: Outcome, differs: str = "") -> str:
    """Return in one sentence or two how a schedule ended."""
    if not outcome.violations:
        return "No invariant broke."
    told = f" Other than one after the other: {differs}." if differs else ""
    return f"Broken: {', '.join(outcome.violations)}.{told}"


def counts(certificate: Certificate) -> str:
    """Return how many schedules are unsafe, of how many, in short: '40 of 92'."""
    if not certificate.schedules:
        return "-"
    return f"{short(certificate.unsafe)} of {short(certificate.schedules)}"


def verdict(found: Found) -> str:
    """Return the verdict, beside how many schedules failed: 'safe, 12 of 20 answer 500'."""
    failed = found.certificate.failed_with
    return f"{found.verdict}, {failed}" if failed else found.verdict


def sentence(found: Found) -> str:
    """Return what was found of a race in one line."""
    met = (
        "as expected"
        if found.verdict == found.written.expected
        else (f"expected {found.written.expected}")
    )
    reason = f": {found.reason}" if found.reason else ""
    return f"{found.written.name}: {found.verdict}, {met}{reason}"


def unread(certificate: Certificate) -> Iterator[str]:
    """Yield in a line each the first statements that could not be read.

    They make for more runs than there need be: they are taken to touch everything.
    """
    found = certificate.reduction.unreadable if certificate.reduction else Counter[str]()
    for shape, count in found.most_common(_SHOWN):
        text = shape if len(shape) <= _LONGEST else f"{shape[:_LONGEST]} ..."
        yield f"not understood, so taken to touch everything ({counted(count, 'time')}): {text}"
    if len(found) > _SHOWN:
        yield f"and so are {counted(len(found) - _SHOWN, 'other statement')}"
