"""The lanes of one exploration: a server of their own, and who explores which cell."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from psycopg import sql

from attack.explore.cells import Application, Cell
from attack.explore.exploration import Exploration
from attack.explore.web import lane
from attack.explore.web.lane import Job, Progress, Setting
from attack.stacks.alarm import Alarm
from attack.stacks.watch import Watch
from racewalk.wire.proxy import Address
from shared_db import embedded, schema
from shared_db.embedded import EmbeddedServer
from shared_db.errors import LabError
from shared_db.paths import LAB, lab_folder
from shared_db.roles import APP_ROLE
from shared_db.server import connect

FOLDER: Final = LAB / "explore"
SETTINGS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "jit": "off",
    "enable_seqscan": "off",
}
"""Nothing in this server outlives an exploration, and nothing may happen in it by the clock.

Nor by the size of a table: the planner reads a small one as a whole, and at SERIALIZABLE whoever
read a whole table collides with every writer. By its keys it is read as a large one would be."""


@contextmanager
def server() -> Iterator[EmbeddedServer]:
    """Yield the explorer's own PostgreSQL; one exploration of a checkout at a time.

    Raises:
        LabError: another exploration is under way, the server does not start, or it ended.
    """
    with (lab_folder("explore") / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError("another exploration uses this checkout: wait for its end") from None
        started = embedded.start("postgres-explore", SETTINGS)
        try:
            watch = Watch()
            watch.process(started.process, "PostgreSQL", started.log)
            watch.database(started.url(superuser=True, database="postgres"), started.log)
            with Alarm() as alarm:
                bell = threading.Thread(
                    target=lambda: alarm.ring(watch.ended(wait=True)), daemon=True
                )
                bell.start()
                yield started
        finally:
            started.stop()


def setting(on: EmbeddedServer, number: int, core: int | None = None) -> Setting:
    """Return what lane `number` lives on, with its database made ready.

    Raises:
        LabError: the database cannot be made.
    """
    name = f"explore_{number}"
    identifier = sql.Identifier(name)
    with connect(on.url(superuser=True, database="postgres")) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            role = sql.Identifier(APP_ROLE)
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(identifier, role))
    with connect(on.url(database=name)) as connection:
        schema.load(connection, replace=True)
    return Setting(
        number=number,
        core=core,
        server=Address("127.0.0.1", on.port),
        postmaster=on.process.pid,
        url=on.url(database=name),
        superuser_url=on.url(superuser=True, database=name),
        folder=_folder(number),
    )


def _folder(number: int) -> Path:
    folder = FOLDER / f"lane-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(slots=True)
class _Worker:
    """A lane as its parent sees it.

    Attributes:
        process: the lane.
        connection: to it.
        cell: index of the cell that it explores, or None.
        started: the applications that it has been given cells of, and keeps.
    """

    process: BaseProcess
    connection: Connection
    cell: int | None = None
    started: set[Application] = field(default_factory=set)


class Lanes:
    """Processes that explore cells side by side. A context manager.

    Args:
        on: the server.
        count: how many; each is pinned to a core where there are enough.
    """

    def __init__(self, on: EmbeddedServer, count: int) -> None:
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        for number in range(count):
            core = cores[number] if count <= len(cores) else None
            ours, theirs = context.Pipe()
            process = context.Process(
                target=lane.main, args=(theirs, setting(on, number, core)), daemon=True
            )
            # The lane inherits it: the parent ends the lanes in order, from the first moment on.
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)
            process.start()
            signal.signal(signal.SIGINT, before)
            theirs.close()
            self._workers.append(_Worker(process, ours))

    def explore(
        self,
        cells: Sequence[Cell],
        seconds: float,
        on_progress: Callable[[Cell, int], None] = lambda _cell, _schedules: None,
        every_schedule: bool = False,
    ) -> Iterator[Exploration]:
        """Yield what was found of each cell, in the order given.

        Args:
            cells: what to explore.
            seconds: budget of each.
            on_progress: called with how many schedules of a cell have been run.
            every_schedule: whether to run them all, rather than one of each class.

        Raises:
            LabError: a lane ended.
        """
        template = Job(cells[0], seconds, every_schedule)
        open_cells, done = list(range(len(cells))), dict[int, Exploration]()
        for worker in self._workers:
            self._assign(worker, cells, open_cells, template)
        for index in range(len(cells)):
            while index not in done:
                for worker, message in self._messages():
                    if worker.cell is None:
                        raise LabError("a lane answered what it was not asked")
                    if isinstance(message, Progress):
                        on_progress(cells[worker.cell], message.schedules)
                    else:
                        done[worker.cell] = message
                        self._assign(worker, cells, open_cells, template)
            yield done.pop(index)

    def _assign(
        self, worker: _Worker, cells: Sequence[Cell], open_cells: list[int], template: Job
    ) -> None:
        """Give a lane the next cell, of applications that it has started if there is one.

        Of the others it takes those that no lane has started: a start takes longer than a cell.
        """
        worker.cell = None
        if not open_cells:
            return
        anywhere = {each for other in self._workers for each in other.started}

        def cost(index: int) -> tuple[bool, bool, int]:
            needed = cells[index].application
            return needed not in worker.started, needed in anywhere, index

        worker.cell = min(open_cells, key=cost)
        open_cells.remove(worker.cell)
        cell = cells[worker.cell]
        worker.started.add(cell.application)
        worker.connection.send(replace(template, cell=cell))

    def _messages(self) -> Iterator[tuple[_Worker, Progress | Exploration]]:
        """Wait until lanes have told something, and yield it."""
        busy = [worker for worker in self._workers if worker.cell is not None]
        ready = wait([worker.connection for worker in busy])
        for worker in busy:
            if worker.connection in ready:
                try:
                    yield worker, worker.connection.recv()
                except EOFError:
                    raise LabError(f"a lane ended: its log is in {FOLDER}") from None

    def close(self) -> None:
        """End the lanes and what they started."""
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            if worker.cell is not None:
                worker.process.terminate()
            worker.process.join()

    def __enter__(self) -> Lanes:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
