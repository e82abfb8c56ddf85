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
from racewalk.files import read_text
from racewalk.schedule.compare import both, difference
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.story.renaming import Renaming

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

    def compare(self, run: Run, outcome: Outcome) -> Renaming:
        """Check that a run went as the saved one did, random values of the start apart.

        Returns:
            Those values.

        Raises:
            DivergenceError: names the first difference.
        """
        if run.schedule != self.schedule:
            raise DivergenceError(
                f"the schedule is another: {both(str(self.schedule), str(run.schedule))}"
            )
        found, names = describe(run, outcome), Renaming()
        before, now = self.seen["steps"], found["steps"]
        for number, (old, new) in enumerate(zip(before, now, strict=False), 1):
            if not names.matches(old, new):
                told = _differ(names.apply(old), new, _OF_A_STEP)
                raise DivergenceError(f"step {number} is another: {told}")
        if len(before) != len(now):
            raise DivergenceError(f"the number of steps is another: {both(len(before), len(now))}")
        if not names.matches(self.seen["outcome"], found["outcome"]):
            told = _differ(names.apply(self.seen["outcome"]), found["outcome"], _OF_AN_END)
            raise DivergenceError(f"it ends otherwise: {told}")
        if self.seen["choices"] != found["choices"]:
            raise DivergenceError("who could go on at some moment, or waited, is another")
        return names


_OF_A_STEP: Final = {
    "request": "whose it is",
    "sql": "the statement",
    "tags": "its command tag",
    "error": "its error",
    "status": "the state of its transaction",
    "waited": "what it waited for",
    "released": "when it was let go",
    "completed": "when it was over",
}
_OF_AN_END: Final = {
    "violations": "what broke",
    "answers": "the answers",
    "facts": "the facts",
    "errors": "the errors",
    "waited": "whether anybody waited",
}


def _differ(old: Mapping[str, Any], new: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The first thing in which two differ that were described, in words."""
    return difference((told, old.get(key), new.get(key)) for key, told in words.items())


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
        record = json.loads(read_text(path))
        if record["format"] != _FORMAT:
            raise ValueError(record["format"])
        seen = record["seen"]
        if {part: type(value) for part, value in seen.items()} != _SHAPES:
            raise ValueError("seen")
        if not all(isinstance(step, dict) for step in seen["steps"]):
            raise ValueError("steps")
        return Saved(record["scenario"], Schedule.parse(record["schedule"]), seen)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} is no saved schedule") from error
