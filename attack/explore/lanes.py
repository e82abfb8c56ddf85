"""The lab's explorations: a server of their own, and lanes that explore cells side by side."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from attack import targets
from attack.explore.cells import Cell
from attack.explore.exploration import Exploration
from attack.explore.races import race_of
from attack.explore.schedule_file import FOLDER, Kept
from attack.explore.views import view_of
from attack.stacks.alarm import Alarm
from attack.stacks.watch import Watch
from racewalk import Budget, Database, Explorer, Outcome, Pool, RacewalkError, Run, Setting
from racewalk.record.camera import Camera
from racewalk.record.recorder import Recorder, Recording
from racewalk.server import EXPLORED
from shared_db import embedded, schema
from shared_db.embedded import EmbeddedServer
from shared_db.errors import LabError
from shared_db.paths import lab_folder
from shared_db.server import connect, server_version


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
        started = embedded.start("postgres-explore", EXPLORED)
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


def setting(on: EmbeddedServer, number: int) -> Setting:
    """Return what lane `number` lives on, with its database made ready.

    Raises:
        LabError: the database cannot be made.
    """
    name = f"lane_{number}"
    url = on.started.create(name)
    with connect(url) as connection:
        schema.load(connection, replace=True)
    folder = FOLDER / f"lane-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(url, on.url(superuser=True, database=name))
    return Setting(database, folder, postmaster=on.process.pid)


class Lanes:
    """Processes that explore cells side by side. A context manager.

    Args:
        on: the server.
        count: how many.
    """

    def __init__(self, on: EmbeddedServer, count: int) -> None:
        self._pool = Pool([setting(on, number) for number in range(count)])

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
        site = targets.load()
        races = [race_of(site, cell) for cell in cells]

        def told(index: int, schedules: int) -> None:
            on_progress(cells[index], schedules)

        try:
            found = self._pool.explore(races, Budget(seconds), told, every_schedule)
            for cell, certificate in zip(cells, found, strict=True):
                yield Exploration(cell, certificate)
        except RacewalkError as error:
            raise LabError(str(error)) from error

    def record(
        self,
        cells: Sequence[Cell],
        seconds: float,
        on_progress: Callable[[Cell, int], None] = lambda _cell, _schedules: None,
    ) -> Iterator[tuple[Exploration, Recording]]:
        """Yield what was found and seen of each cell, in the order given; see `explore`."""
        site = targets.load()
        races = [race_of(site, cell) for cell in cells]
        views = [view_of(cell) for cell in cells]

        def told(index: int, schedules: int) -> None:
            on_progress(cells[index], schedules)

        try:
            found = self._pool.record(races, views, Budget(seconds), told)
            for cell, recording in zip(cells, found, strict=True):
                yield Exploration(cell, recording.certificate), recording
        except RacewalkError as error:
            raise LabError(str(error)) from error

    def __enter__(self) -> Lanes:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._pool.close()


def replay(kept: Kept, times: int = 1) -> tuple[Run, Outcome]:
    """Run a saved schedule and return what it did, which is what it did when it was saved.

    Args:
        kept: the schedule.
        times: how often, one after the other.

    Raises:
        LabError: it did not go the same way, or the applications do not start.
    """
    with server() as on:
        where = setting(on, 0)
        try:
            with Explorer(where.database, where.folder) as explorer:
                race = race_of(targets.load(), kept.cell)
                return explorer.replay(race, kept.saved.schedule, times, kept.saved.compare)
        except RacewalkError as error:
            raise LabError(f"the schedule does not replay: {error}") from error


class Live(NamedTuple):
    """What runs single schedules of a cell and sees them, on a server of this version."""

    camera: Camera
    postgresql: str


@contextmanager
def live(cell: Cell) -> Iterator[Live]:
    """Yield what runs single schedules of a cell and sees them.

    Raises:
        LabError: the applications do not start, or what is done with it cannot be done.
    """
    with server() as on:
        where = setting(on, 0)
        try:
            with (
                Explorer(where.database, where.folder) as explorer,
                Recorder(explorer, where.database, where.folder) as recorder,
                recorder.camera(race_of(targets.load(), cell), view_of(cell)) as found,
            ):
                yield Live(found, server_version(on.url(superuser=True, database="postgres")))
        except RacewalkError as error:
            raise LabError(str(error)) from error
