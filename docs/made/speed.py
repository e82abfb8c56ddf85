"""What one schedule costs, by the applications and remembered: the table of docs/explorer.md."""

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from platform import python_version
from typing import Final

import psutil

from attack import targets
from attack.explore.cells import Cell, plan
from attack.explore.lanes import server, setting
from attack.explore.races import race_of
from attack.report.marks import replaced
from attack.words import NAMES
from docs.made.named import DOCS, REQUESTS
from racewalk import Budget, Explorer, Race
from racewalk.lanes.worker import GARBAGE
from shared_db.catalogue import strategies
from shared_db.errors import LabError

PAGE: Final = DOCS / "explorer.md"
NAME: Final = "speed"
_SLUGS: Final = ("no_lock", "transaction_only", "row_lock", "conditional_update")
_START: Final = 10
_WHOLE: Final = Budget(600)
_PARTS: Final = ("application", "explorer", "PostgreSQL")
_HEAD: Final = (
    f"| row | asked: {' + '.join(_PARTS)} | remembered | schedules a second | times | share |\n"
    "|---|---|---|---|---|---|"
)
_TIMES: Final = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Walk:
    """All schedules of a cell, walked by brute force in one lane.

    Attributes:
        schedules: how many.
        remembered: in how many of them no application was asked.
        seconds: wall-clock time of the search.
        cpu: seconds of the processors by whom they served.
    """

    schedules: int
    remembered: int
    seconds: float
    cpu: dict[str, float]

    @property
    def rate(self) -> float:
        """Schedules a second."""
        return self.schedules / self.seconds

    @property
    def each(self) -> str:
        """Milliseconds of CPU of one schedule, part by part."""
        return " + ".join(f"{1000 * self.cpu[part] / self.schedules:.1f}" for part in _PARTS)


def write() -> None:
    """Measure both ways, cell by cell, and write the table.

    Raises:
        LabError: the applications do not start, or a cell was not walked to its end.
    """
    page = PAGE.read_text("utf-8")
    replaced(page, NAME, "")  # not after minutes of measuring
    PAGE.write_text(replaced(page, NAME, "\n".join(table(measured()))), "utf-8")


def table(walks: Iterable[tuple[Cell, Walk, Walk]]) -> Iterator[str]:
    """Yield the lines of the table.

    Args:
        walks: of each cell the walk in which the applications ran everything, and the other one.
    """
    yield _HEAD
    before, after = [], []
    for cell, asked, played in walks:
        before.append(asked)
        after.append(played)
        share = f"{played.remembered / played.schedules:.0%}".replace("%", " %")
        yield (
            f"| {NAMES[cell.stack]} `{cell.strategy.slug}` | {asked.each} | {played.each} "
            f"| {asked.rate:.0f} → {played.rate:.0f} | {_TIMES}{played.rate / asked.rate:.1f} "
            f"| {share} of {played.schedules} |"
        )
    one, other = sum(walk.seconds for walk in before), sum(walk.seconds for walk in after)
    count = sum(walk.schedules for walk in before)
    yield ""
    yield (
        f"All {count} schedules together took {one:.1f} s and {other:.1f} s "
        f"({_TIMES}{one / other:.2f}), on {os.cpu_count()} cores with Python {python_version()}."
    )


def measured() -> Iterator[tuple[Cell, Walk, Walk]]:
    """Yield each cell, walked both ways, one after the other.

    Raises:
        LabError: the applications do not start, or a cell was not walked to its end.
    """
    site = targets.load()
    _be_a_lane()
    chosen = [each for each in strategies() if each.slug in _SLUGS]
    with server() as on:
        where = setting(on, 0)
        with Explorer(where.database, where.folder) as explorer:
            for cell in plan(site.stacks, chosen, REQUESTS, None, _START, "one"):
                print(cell.title, file=sys.stderr)  # noqa: T201
                race = race_of(site, cell)
                _walk(explorer, race, memory=False)  # starts the applications, which stay
                asked = _walk(explorer, race, memory=False)
                yield cell, asked, _walk(explorer, race, memory=True)


def _be_a_lane() -> None:
    """Do as `racewalk.lanes.worker` does: stay on one core, and look for no garbage in imports."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _walk(explorer: Explorer, race: Race, *, memory: bool) -> Walk:
    clock = Clock()
    found = explorer.explore(race, _WHOLE, every_schedule=True, memory=memory)
    if found.inconclusive:
        raise LabError(f"{race.name}: {found.inconclusive}")
    return Walk(found.schedules, found.remembered, found.seconds, clock.read())


@dataclass(frozen=True)
class Clock:
    """Seconds of CPU since it was made, by whom they served."""

    begun: dict[psutil.Process, float] = field(default_factory=lambda: _used())

    def read(self) -> dict[str, float]:
        """Return the seconds of each part."""
        spent = dict.fromkeys(_PARTS, 0.0)
        for process, seconds in _used().items():
            spent[_part(process)] += seconds - self.begun.get(process, 0.0)
        return spent


def _used() -> dict[psutil.Process, float]:
    this = psutil.Process()
    found = {}
    for process in (this, *this.children(recursive=True)):
        times = process.cpu_times()
        found[process] = times.user + times.system
    return found


def _part(process: psutil.Process) -> str:
    application, explorer, postgresql = _PARTS
    if process.pid == os.getpid():
        return explorer
    return postgresql if process.name() == "postgres" else application
