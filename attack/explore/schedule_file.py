"""A cell's schedule in a file: which cell it is, beside what racewalk keeps of a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from attack.explore.cells import REQUESTS, STARTS, WORKERS, Cell
from racewalk import Outcome, Run, story
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.paths import LAB

FOLDER: Final = LAB / "explore"
"""Where logs and schedules go."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A schedule of a cell, as it was saved."""

    cell: Cell
    saved: story.Saved


def path_of(cell: Cell) -> Path:
    """Return the file of a cell's schedule; its picture has the same name and ends in .svg."""
    return FOLDER / f"{cell.stem}-start-{cell.start}.json"


def save(path: Path, cell: Cell, run: Run, outcome: Outcome, picture: str = "") -> None:
    """Write a schedule of a cell, and its picture as an SVG beside it."""
    story.save(path, cell.told, run, outcome, picture)


def load(path: Path) -> Kept:
    """Read a schedule.

    Raises:
        LabError: the file cannot be read, or is no schedule of this lab's strategies.
    """
    try:
        saved = story.load(path)
        where = saved.scenario
        strategy = next(each for each in strategies() if each.slug == where["strategy"])
        case = next(each for each in strategy.cases if each.name == where["case"])
        numbers = [where[name] for name in ("requests", "workers", "start", "users")]
        if not all(isinstance(number, int) for number in numbers):
            raise ValueError(where)  # a range looks for what is no number among all of its own
        cell = Cell(where["stack"], strategy, case, *numbers)
        known = cell.stack in case.stacks and cell.requests in REQUESTS
        known = known and cell.workers in WORKERS and cell.start in STARTS
        known = known and cell.users in (1, cell.requests)
        known = known and {item.request for item in saved.schedule} <= set(range(cell.requests))
        if not known:
            raise ValueError(where)
        return Kept(cell, saved)
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration):
        raise LabError(f"{path} is no saved schedule of this lab") from None
