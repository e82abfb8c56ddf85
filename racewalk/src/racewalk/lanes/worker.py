"""A lane: one process with a database, a proxy and applications of its own, exploring races.

Two lanes share nothing but the server and the cores, so what one finds does not depend on the
other. The parent sends `Job`s and gets, for each, `Progress` now and then and a `Certificate`, or a
`Recording`.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from threading import Thread
from time import monotonic
from types import FrameType
from typing import Final, NoReturn

from racewalk.applications import Database
from racewalk.explorer import Explorer
from racewalk.lanes.kept import Kept
from racewalk.record.recorder import Recorder
from racewalk.record.view import View
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.budget import Budget
from racewalk.targets.forked import ForkServers, Orders
from racewalk.targets.race import Application, Race

_PROGRESS_SECONDS: Final = 0.2
GARBAGE: Final = 50_000
"""Objects that are made before anybody looks for garbage among them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a lane lives on.

    Attributes:
        database: its own.
        folder: where logs go.
        core: the CPU that it and its applications are pinned to, or None.
    """

    database: Database
    folder: Path
    core: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A race to explore within a budget: one schedule of each class, or every one.

    With `memory` the application is not asked for what it has said before; see `memory`.

    With `record` it is recorded, and answered by a recording in place of a certificate; without a
    view that shows what one request writes and another reads.
    """

    race: Race
    budget: Budget
    every_schedule: bool = False
    memory: bool = False
    view: View | None = None
    record: bool = False
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class Forks:
    """An application is to be forked by who asks at a socket, which is sent next.

    Attributes:
        application: which, and all that import the same.
        log: what it is forked from prints there.
    """

    application: Application
    log: Path


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the current job has come."""

    schedules: int


def main(connection: Connection, parents: Connection) -> None:
    """Work until the parent sends None, or has gone; the entry of a lane's process.

    Args:
        connection: to the parent, which sends a setting and then jobs.
        parents: its other end, which this process has no use for.
    """
    signal.set_wakeup_fd(-1)  # a fork has its parent's, who would be woken by our signals
    parents.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the lanes, in order
    signal.signal(signal.SIGTERM, _end)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _end)
    Thread(target=_end_with_the_parent, daemon=True).start()
    with suppress(EOFError, BrokenPipeError):
        setting: Setting | None = connection.recv()
        if setting:
            _work(connection, setting)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(1)


def _end_with_the_parent() -> None:
    """End in order once the parent has gone: an application is waited for long, and in vain."""
    if parent := parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _work(connection: Connection, setting: Setting) -> None:
    """Carry out jobs.

    Raises:
        EOFError, BrokenPipeError: the parent has gone.
    """
    _log_to(setting.folder / "lane.log")
    if setting.core is not None:
        os.sched_setaffinity(0, {setting.core})
    # What a lane makes is small and holds no circles; what it has imported stays.
    gc.freeze()
    gc.set_threshold(GARBAGE)
    forks = ForkServers(setting.folder)
    explorer = Explorer(setting.database, setting.folder, forks)
    recorder: Recorder | None = None
    try:
        while job := _next(connection):
            if isinstance(job, Forks):
                place = socket.socket(fileno=recv_handle(connection))
                forks.adopt(job.application, Orders(place, job.log))
                continue
            seen = _Teller(connection).seen
            if job.record:
                recorder = recorder or Recorder(explorer, setting.database, setting.folder)
                connection.send(recorder.record(job.race, job.view, job.budget, seen))
                continue
            every = job.every_schedule
            with Kept(job.kept) as kept:
                certificate = explorer.explore(
                    job.race,
                    job.budget,
                    every_schedule=every,
                    memory=job.memory,
                    seen=seen,
                    kept=kept,
                )
            connection.send(replace(certificate, taken_over=kept.taken_over))
    finally:
        explorer.close()


def _next(connection: Connection) -> Job | Forks | None:
    received: Job | Forks | None = connection.recv()
    return received


class _Teller:
    """Tells the parent now and then how many schedules were run."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._schedules, self._told = 0, monotonic()

    def seen(self, _run: Run, _outcome: Outcome) -> None:
        """Count one schedule."""
        self._schedules += 1
        if monotonic() - self._told > _PROGRESS_SECONDS:
            self._told = monotonic()
            self._connection.send(Progress(self._schedules))


def _log_to(path: Path) -> None:
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    # What was forked may have had others, such as those by which pytest captures.
    sys.stdout, sys.stderr = (os.fdopen(place, "w", 1, closefd=False) for place in (1, 2))
