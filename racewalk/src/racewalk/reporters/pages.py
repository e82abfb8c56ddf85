"""Recordings of a scenario's races: files, and pages with the stepper."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

from racewalk.record.document import Title, document, to_bytes
from racewalk.record.recorder import Recording
from racewalk.reporters.words import ending, slug
from racewalk.scenario.file import METHODS
from racewalk.scenario.words import Sent, Written
from racewalk.schedule.outcome import Outcome
from racewalk.stepper.page import page
from racewalk.words import name


def recorded(race: Written, recording: Recording, postgresql: str) -> dict[str, Any]:
    """Return a recording as JSON; see docs/recording.md.

    Args:
        race: of which.
        recording: with a graph and a view.
        postgresql: the server's version.

    Raises:
        ValueError: it has none.
    """
    if recording.graph is None or recording.view is None:
        raise ValueError(f"{race.name} was not recorded")
    return document(
        recording.certificate, recording.graph, recording.view, title_of(race, postgresql), _ending
    )


def title_of(race: Written, postgresql: str) -> Title:
    """Return what is said of a race in its recording."""
    return Title(
        cell={"title": race.name},
        versions={
            "postgresql": postgresql,
            "python": python_version(),
            "racewalk": version("racewalk"),
        },
        recorded=datetime.now(UTC).date().isoformat(),
        requests=[{"name": name(n), "does": does(each)} for n, each in enumerate(race.requests)],
        facts=list(race.invariants),
    )


def does(sent: Sent) -> str:
    """Return what a request does, in words: 'alice: POST /buy/7'."""
    method = next(each for each in METHODS if getattr(sent, each))
    who = f"{sent.session}: " if sent.session else ""
    return f"{who}{method.upper()} {getattr(sent, method)}"


def keep_recording(folder: Path, race: Written, written: dict[str, Any]) -> Path:
    """Write a recording; return its file."""
    path = folder / f"{slug(race.name)}.json"
    path.write_bytes(to_bytes(written))
    return path


def keep_page(folder: Path, race: Written, written: dict[str, Any]) -> Path:
    """Write a page with the stepper of a recording; return its file."""
    path = folder / f"{slug(race.name)}.html"
    path.write_text(page(written, slug(race.name)), "utf-8")
    return path


def _ending(outcome: Outcome) -> dict[str, Any]:
    return {"words": ending(outcome), "bad": "unsafe" if outcome.unsafe else None}
