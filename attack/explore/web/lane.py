"""A lane: one process with a database, a proxy and applications of its own, exploring cells.

Two lanes share nothing but the server and the cores, so what one finds does not depend on the
other. The parent sends `Job`s and gets, for each, `Progress` now and then and a `Exploration`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Final

from attack import targets
from attack.explore import judge
from attack.explore.cells import Application, Cell
from attack.explore.exploration import Examples, Exploration
from attack.explore.web.accounts import Database
from attack.explore.web.target import HttpTarget
from racewalk.commute.effects import Reader
from racewalk.commute.initial import reader_of
from racewalk.errors import RacewalkError
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.scheduler import PATIENCE
from racewalk.search.brute_force import BruteForce
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.search.explore import explore
from racewalk.search.one_per_class import OnePerClass
from racewalk.search.strategy import Strategy
from racewalk.wire.proxy import Address
from shared_db.errors import LabError

_PROGRESS_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Setting:
    """What a lane lives on.

    Attributes:
        number: of the lane, from 0.
        core: the CPU that it and its applications are pinned to, or None.
        server: where PostgreSQL listens.
        postmaster: process id of the server, to be stopped where the parent could not.
        url: of its database, for the applications' role.
        superuser_url: the same for the superuser.
        folder: where logs go.
    """

    number: int
    core: int | None
    server: Address
    postmaster: int
    url: str
    superuser_url: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Job:
    """A cell to explore within so many seconds: one schedule of each class, or every one."""

    cell: Cell
    seconds: float
    every_schedule: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the current job has come."""

    schedules: int


class Lane:
    """Explores one cell after the other; keeps the applications that it has started.

    Args:
        setting: see there.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._observer = Observer(setting.superuser_url)
        self._runners: dict[Application, tuple[LiveRunner, HttpTarget]] = {}

    def explore(self, job: Job, on_progress: Callable[[int], None]) -> Exploration:
        """Explore a cell; whatever keeps it from being explored makes it inconclusive."""
        cell = job.cell
        examples = Examples(cell)
        schedules = 0

        def seen(run: Run, outcome: Outcome) -> None:
            nonlocal schedules
            schedules += 1
            examples.add(run, outcome)
            on_progress(schedules)

        try:
            runner = self.runner(cell, patience=min(PATIENCE, job.seconds))
        except (RacewalkError, LabError) as error:
            self._drop(cell)
            return Exploration(cell, Certificate(cell.requests, inconclusive=str(error)))
        # What requests share inside one process, nobody sees from here: nothing commutes.
        every = job.every_schedule or runner.target.shared_port
        strategy: Strategy = BruteForce()
        if not every:
            strategy = OnePerClass(cell.requests, self.reader())
        budget = Budget(seconds=job.seconds)
        certificate = explore(runner, cell.requests, strategy, budget, seen)
        if not certificate.exhausted:
            self._drop(cell)  # a request may be in flight
        found = Exploration(cell, certificate, examples.of_the_worst)
        return found if found.known else Exploration(cell, certificate)

    def reader(self) -> Reader:
        """Return a new reader of the statements that reach this lane's database."""
        return reader_of(self._observer)

    def runner(self, cell: Cell, patience: float = PATIENCE) -> LiveRunner:
        """Return what runs schedules of this cell.

        Raises:
            RacewalkError, LabError: the applications do not start or do not answer.
        """
        if cell.application not in self._runners:
            database = Database(self._setting.url, self._observer)
            target = HttpTarget(targets.load(), database, cell, self._setting.folder)
            runner = LiveRunner(target, self._observer, self._setting.server, patience=patience)
            self._runners[cell.application] = (runner, target)
        else:
            runner, target = self._runners[cell.application]
            target.select(cell)
        runner.judges = judge.judges(cell)
        runner.in_order = not runner.target.shared_port or cell.alike
        runner.noise.clear()
        return runner

    def _drop(self, cell: Cell) -> None:
        found = self._runners.pop(cell.application, None)
        if found:
            found[0].close()

    def close(self) -> None:
        """Stop the applications."""
        for runner, _ in self._runners.values():
            runner.close()
        self._runners.clear()
        self._observer.close()


def main(connection: Connection, setting: Setting) -> None:
    """Work until the parent closes its end; the entry of a lane's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the lanes, in order
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    _log_to(setting.folder / f"lane-{setting.number}.log")
    if setting.core is not None:
        os.sched_setaffinity(0, {setting.core})
    lane, parent = Lane(setting), os.getppid()
    told = monotonic()

    def on_progress(schedules: int) -> None:
        nonlocal told
        if monotonic() - told > _PROGRESS_SECONDS:
            told = monotonic()
            connection.send(Progress(schedules))

    try:
        while True:
            connection.send(lane.explore(connection.recv(), on_progress))
    except (EOFError, BrokenPipeError):
        return
    finally:
        lane.close()
        if os.getppid() != parent:  # it was killed, and nobody else stops the server
            with suppress(ProcessLookupError):
                os.kill(setting.postmaster, signal.SIGINT)


def _log_to(path: Path) -> None:
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
