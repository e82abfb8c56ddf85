"""The lab's explorations: a server of their own, and lanes that explore cells side by side."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from attack import targets
from attack.explore.cells import Cell
from attack.explore.exploration import Exploration
from attack.explore.races import application, race_of
from attack.explore.schedule_file import FOLDER, Kept
from attack.explore.views import view_of
from attack.stacks.alarm import Alarm
from attack.stacks.watch import Watch
from racewalk import (
    Budget,
    Certificate,
    Database,
    Explorer,
    Outcome,
    Pool,
    Race,
    RacewalkError,
    Run,
    Setting,
    whatif,
)
from racewalk.record.camera import Camera
from racewalk.record.recorder import Recorder, Recording
from racewalk.server import EXPLORED
from shared_db import embedded, schema
from shared_db.embedded import EmbeddedServer
from shared_db.errors import LabError
from shared_db.paths import lab_folder
from shared_db.server import connect, server_version

OnProgress = Callable[[Cell, int], None]
MakePool = Callable[[Sequence[Setting]], Pool]
_LANES = "lanes"
"""The database that those of the lanes are copies of, and the role that owns them."""


@contextmanager
def server() -> Iterator[EmbeddedServer]:
    """Yield the explorer's own PostgreSQL; one exploration of a checkout at a time.

    Raises:
        LabError: another exploration is under way, the server does not start, or it ended.
    """
    with _alone(), _server() as started:
        yield started


@contextmanager
def server_for(
    cells: Sequence[Cell], lanes: int, shown: AbstractContextManager[object]
) -> Iterator[tuple[EmbeddedServer, MakePool]]:
    """Yield the server as `server` does, and what makes a pool of lanes on it.

    While it starts, so do the lanes, and applications import what they need.

    Args:
        cells: what will be explored.
        lanes: how many.
        shown: what tells of it meanwhile, in a thread perhaps: then it must begin after the lanes.

    Raises:
        LabError: as of `server`.
    """
    applications = dict.fromkeys(map(application, cells))
    ahead = Pool.ahead(lanes, FOLDER, applications)
    with _alone(), ahead as make_pool, shown, _server() as started:
        yield started, make_pool


@contextmanager
def _alone() -> Iterator[None]:
    with (lab_folder("explore") / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError("another exploration uses this checkout: wait for its end") from None
        yield


@contextmanager
def _server() -> Iterator[EmbeddedServer]:
    started = embedded.start("postgres-explore", EXPLORED)
    try:
        watch = Watch()
        watch.process(started.process, "PostgreSQL", started.log)
        watch.database(started.url(superuser=True, database="postgres"), started.log)
        with Alarm() as alarm:
            bell = threading.Thread(target=lambda: alarm.ring(watch.ended(wait=True)), daemon=True)
            bell.start()
            yield started
    finally:
        started.stop()


def setting(on: EmbeddedServer, number: int) -> Setting:
    """Return what lane `number` lives on, with its database made anew.

    Raises:
        LabError: the database cannot be made.
    """
    with connect(on.started.create(_LANES)) as connection:
        schema.load(connection, replace=True)
    name = f"lane_{number}"
    url = on.started.copy(_LANES, name)
    folder = FOLDER / f"lane-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(url, on.url(superuser=True, database=name))
    return Setting(database, folder)


class Lanes:
    """Processes that explore cells side by side. A context manager.

    Args:
        on: the server.
        count: how many.
        make_pool: as `server_for` tells it.
    """

    def __init__(self, on: EmbeddedServer, count: int, make_pool: MakePool = Pool) -> None:
        self._pool = make_pool([setting(on, number) for number in range(count)])

    def explore(
        self,
        cells: Sequence[Cell],
        seconds: float,
        on_progress: OnProgress = lambda _cell, _schedules: None,
        every_schedule: bool = False,
        *,
        memory: bool = False,
        changes: Sequence[Sequence[whatif.Change]] = (),
    ) -> Iterator[Exploration]:
        """Yield what was found of each cell, in the order given.

        Args:
            cells: what to explore.
            seconds: budget of each.
            on_progress: called with how many schedules of a cell have been run.
            every_schedule: whether to run them all, rather than one of each class.
            memory: whether to ask no application for what it has said before.
            changes: for each cell what is changed of its SQL; none: nothing is.

        Raises:
            LabError: a lane ended.
        """
        races, told = _races(cells, changes), _teller(cells, on_progress)
        with _told_as_the_lab_s():
            found = self._pool.explore(races, Budget(seconds), told, every_schedule, memory=memory)
            yield from map(Exploration, cells, found)

    def record(
        self,
        cells: Sequence[Cell],
        seconds: float,
        on_progress: OnProgress = lambda _cell, _schedules: None,
        changes: Sequence[Sequence[whatif.Change]] = (),
    ) -> Iterator[tuple[Exploration, Recording]]:
        """Yield what was found and seen of each cell, in the order given; see `explore`."""
        races, told = _races(cells, changes), _teller(cells, on_progress)
        with _told_as_the_lab_s():
            seen = self._pool.record(races, list(map(view_of, cells)), Budget(seconds), told)
            for cell, recording in zip(cells, seen, strict=True):
                yield Exploration(cell, recording.certificate), recording

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
    (race,) = _races([kept.cell])
    with server() as on, _told_as_the_lab_s("the schedule does not replay: "):
        where = setting(on, 0)
        with Explorer(where.database, where.folder) as explorer:
            return explorer.replay(race, kept.saved.schedule, times, kept.saved.compare)


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
    (race,) = _races([cell])
    with server() as on, _told_as_the_lab_s():
        where = setting(on, 0)
        with (
            Explorer(where.database, where.folder) as explorer,
            Recorder(explorer, where.database, where.folder) as recorder,
            recorder.camera(race, view_of(cell)) as found,
        ):
            yield Live(found, server_version(on.url(superuser=True, database="postgres")))


def ask(
    cells: Sequence[Cell],
    seconds: float,
    told: Callable[[Cell, str, int], None] = lambda _cell, _title, _schedules: None,
) -> Iterator[whatif.Found]:
    """Yield what each change of a cell's SQL would do, cell by cell.

    Args:
        cells: which.
        seconds: budget of each exploration.
        told: called with the cell, what is changed, and how many schedules of it have been run.

    Raises:
        LabError: the applications do not start.
    """
    with server() as on, _told_as_the_lab_s():
        where = setting(on, 0)
        with Explorer(where.database, where.folder) as explorer:
            for cell, race in zip(cells, _races(cells), strict=True):
                yield whatif.Inquiry(
                    explorer,
                    where.database,
                    race,
                    Budget(seconds),
                    partial(_verdict, cell),
                    partial(told, cell),
                ).ask()


def _verdict(cell: Cell, certificate: Certificate) -> tuple[str, str]:
    found = Exploration(cell, certificate)
    return found.verdict, found.why


def locks(on: EmbeddedServer, cells: Sequence[Cell]) -> list[list[whatif.Change]]:
    """Return for each cell the locks that can be taken away, as changes of its SQL.

    Args:
        on: the server.
        cells: which.

    Raises:
        LabError: the applications do not start.
    """
    with _told_as_the_lab_s():
        where = setting(on, 0)
        with Explorer(where.database, where.folder) as explorer:
            races = _races(cells)
            return [whatif.Inquiry(explorer, where.database, race).locks() for race in races]


def _races(cells: Sequence[Cell], changes: Sequence[Sequence[whatif.Change]] = ()) -> list[Race]:
    site = targets.load()
    races = [race_of(site, cell) for cell in cells]
    return [
        replace(race, changes=each)
        for race, each in zip(races, changes or [()] * len(races), strict=True)
    ]


def _teller(cells: Sequence[Cell], on_progress: OnProgress) -> Callable[[int, int], None]:
    return lambda index, schedules: on_progress(cells[index], schedules)


@contextmanager
def _told_as_the_lab_s(words: str = "") -> Iterator[None]:
    try:
        yield
    except RacewalkError as error:
        raise LabError(f"{words}{error}") from error
