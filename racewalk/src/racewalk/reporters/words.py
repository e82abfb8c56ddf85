"""A race and its end in words."""

from __future__ import annotations

import re

from racewalk.scenario.verdicts import Found
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.certificate import Certificate
from racewalk.story.columns import shared_columns
from racewalk.story.story import Story, tell
from racewalk.words import short


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
    return tell(run, outcome, shared_columns(run) or "", ending(outcome, differs))


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


def sentence(found: Found) -> str:
    """Return what was found of a race in one line."""
    met = (
        "as expected"
        if found.verdict == found.written.expected
        else (f"expected {found.written.expected}")
    )
    reason = f": {found.reason}" if found.reason else ""
    return f"{found.written.name}: {found.verdict}, {met}{reason}"
