"""A schedule in a file: enough to run it again, and to know whether it went the same way.

The rows that were read are left out: they hold what differs from one database to the next, such
as hashes, and what matters of them shows in the statements that follow and in the ledger.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from attack.explore.cells import REQUESTS, STARTS, WORKERS, Cell
from attack.explore.web.lanes import FOLDER
from racewalk.errors import DivergenceError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from shared_db.catalogue import strategies
from shared_db.errors import LabError

_FORMAT: Final = "overdraft schedule 2"


@dataclass(frozen=True, slots=True)
class Saved:
    """A schedule as it was saved.

    Attributes:
        cell: where it was seen.
        schedule: the request that was released at each choice.
        seen: what it did, as JSON holds it.
    """

    cell: Cell
    schedule: tuple[int, ...]
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


def path_of(cell: Cell) -> Path:
    """Return the file of a cell's schedule; its picture has the same name and ends in .svg."""
    case = f"-{cell.case.name.replace(' ', '-')}" if cell.case.name else ""
    one = "-1-worker" if cell.workers == 1 and not cell.case.workers else ""
    more = f"-{cell.requests}-requests" if cell.requests > min(REQUESTS) else ""
    users = f"-{cell.users}-users" if cell.users > 1 else ""
    name = f"{cell.stack}-{cell.strategy.slug}{case}{one}{more}{users}-start-{cell.start}"
    return FOLDER / f"{name}.json"


def describe(run: Run, outcome: Outcome) -> dict[str, Any]:
    """Return all that a replay must see again, as JSON holds it."""
    steps = [
        {
            "request": step.request,
            "sql": step.identity,
            "tags": list(step.tags),
            "error": step.error,
            "status": step.status,
            "waited": step.waited_for,
            "released": step.released,
            "completed": step.completed,
        }
        for step in run.steps
    ]
    choices = [[list(c.enabled), list(c.waiting), list(c.inside)] for c in run.choices]
    end = asdict(outcome)
    return json.loads(json.dumps({"steps": steps, "choices": choices, "outcome": end}))  # type: ignore[no-any-return]


def save(path: Path, cell: Cell, run: Run, outcome: Outcome) -> None:
    """Write a schedule of a cell."""
    where = {
        "stack": cell.stack,
        "strategy": cell.strategy.slug,
        "case": cell.case.name,
        "requests": cell.requests,
        "workers": cell.workers,
        "start": cell.start,
        "users": cell.users,
    }
    record = {
        "format": _FORMAT,
        "cell": where,
        "schedule": list(run.schedule),
        "seen": describe(run, outcome),
    }
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def load(path: Path) -> Saved:
    """Read a schedule.

    Raises:
        LabError: the file cannot be read, or is no schedule of this lab's strategies.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != _FORMAT:
            raise ValueError(record["format"])
        where = record["cell"]
        strategy = next(each for each in strategies() if each.slug == where["strategy"])
        case = next(each for each in strategy.cases if each.name == where["case"])
        numbers = (where[name] for name in ("requests", "workers", "start", "users"))
        cell = Cell(where["stack"], strategy, case, *numbers)
        seen, schedule = record["seen"], tuple(record["schedule"])
        known = cell.stack in case.stacks and cell.requests in REQUESTS
        known = known and cell.workers in WORKERS and cell.start in STARTS
        known = known and cell.users in (1, cell.requests)
        known = known and set(schedule) <= set(range(cell.requests))
        shapes = {"steps": list, "choices": list, "outcome": dict}
        if not known or {part: type(value) for part, value in seen.items()} != shapes:
            raise ValueError(where)
        return Saved(cell, schedule, seen)
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError):
        raise LabError(f"{path} is no saved schedule of this lab") from None
