"""A schedule in a file: enough to run it again, and to know whether it went the same way.

What it is a schedule of, its scenario, is whatever JSON the caller says; nobody looks into it here.
The rows that were read are left out: they hold what differs from one database to the next, such
as hashes, and what matters of them shows in the statements that follow and in the facts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from racewalk.errors import DivergenceError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule

_FORMAT: Final = "racewalk schedule 1"
_SHAPES: Final = {"steps": list, "choices": list, "outcome": dict}


@dataclass(frozen=True, slots=True)
class Saved:
    """A schedule as it was saved.

    Attributes:
        scenario: what it is a schedule of.
        schedule: its choices.
        seen: what it did, as JSON holds it.
    """

    scenario: Any
    schedule: Schedule
    seen: dict[str, Any]

    def compare(self, run: Run, outcome: Outcome) -> None:
        """Check that a run went as the saved one did.

        Raises:
            DivergenceError: names the first difference.
        """
        if run.schedule != self.schedule:
            raise DivergenceError(f"choices: expected {self.schedule}, got {run.schedule}")
        found = describe(run, outcome)
        for number, (old, new) in enumerate(zip(self.seen["steps"], found["steps"], strict=False)):
            if old != new:
                raise DivergenceError(f"step {number + 1}: expected {old}, got {new}")
        for part, old in self.seen.items():
            if old != found[part]:
                raise DivergenceError(f"{part}: expected {old}, got {found[part]}")


def describe(run: Run, outcome: Outcome) -> dict[str, Any]:
    """Return all that a replay must see again, as JSON holds it."""
    steps = [run.masks.portable(step) for step in run.steps]
    choices = [[list(c.enabled), list(c.waiting), list(c.inside)] for c in run.choices]
    end = {
        "facts": outcome.facts.plain(),
        "answers": list(outcome.answers),
        "violations": list(outcome.violations),
        "errors": list(outcome.errors),
        "waited": outcome.waited,
    }
    return {"steps": steps, "choices": choices, "outcome": end}


def save(
    path: Path, scenario: Mapping[str, Any], run: Run, outcome: Outcome, picture: str = ""
) -> None:
    """Write a schedule of a scenario.

    Args:
        path: of the file; its folder has to be there.
        scenario: what it is a schedule of.
        run: what happened.
        outcome: how it ended.
        picture: an SVG to be written beside it, in a file of the same name.
    """
    record = {
        "format": _FORMAT,
        "scenario": scenario,
        "schedule": str(run.schedule),
        "seen": describe(run, outcome),
    }
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    if picture:
        path.with_suffix(".svg").write_text(picture, encoding="utf-8")


def forget(path: Path) -> None:
    """Remove a schedule of an earlier run, and its picture, so that it is not taken for one now."""
    path.unlink(missing_ok=True)
    path.with_suffix(".svg").unlink(missing_ok=True)


def load(path: Path) -> Saved:
    """Read a schedule.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no saved schedule.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != _FORMAT:
            raise ValueError(record["format"])
        seen = record["seen"]
        if {part: type(value) for part, value in seen.items()} != _SHAPES:
            raise ValueError("seen")
        return Saved(record["scenario"], Schedule.parse(record["schedule"]), seen)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} is no saved schedule") from error
