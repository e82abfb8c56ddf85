"""A PostgreSQL for these tests alone, with a database that is explored."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from racewalk.commute.initial import reader_of
from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from racewalk.search.certificate import Certificate
from racewalk.server import embedded
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets.session import Scripted
from racewalk.wire.proxy import Address
from support.account import AccountTarget, judges
from support.labs import Database, MakeLab
from support.oracle import agree
from support.trials import Said, Trial, World, tells
from support.withdrawals import START

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Start a server that the tests may leave in any state."""
    with embedded.server(PROJECT / ".racewalk") as server:
        yield server


@pytest.fixture(scope="session")
def database(server: EmbeddedServer) -> Database:
    """Return the database that scripts explore."""
    url, superuser = server.create("explored"), server.url("explored")
    database = Database(url, superuser, Address("127.0.0.1", server.port))
    observer = Observer(database.superuser)
    observer.adopt()
    observer.close()
    return database


@pytest.fixture(scope="session")
def observer(database: Database) -> Iterator[Observer]:
    """Connect to the explored database past the proxy."""
    observer = Observer(database.superuser)
    yield observer
    observer.close()


@pytest.fixture
def make_lab(database: Database, observer: Observer) -> Iterator[MakeLab]:
    """Make labs of scripts and close them in the end."""
    labs: list[LiveRunner] = []

    def make(scripts: Sequence[Scripted], *, plans: bool = True) -> LiveRunner:
        target = AccountTarget(observer, database.superuser, scripts, START)
        labs.append(
            LiveRunner(target, observer, database.address, judges(START), patience=5.0, plans=plans)
        )
        return labs[-1]

    yield make
    for lab in labs:
        lab.close()


@pytest.fixture
def check_in(database: Database, observer: Observer) -> Callable[..., Certificate]:
    """Return a function that holds the reduced search of programs in a world to brute force."""

    def checked(world: World, *programs: Sequence[Said]) -> Certificate:
        scripts = [tells(*statements) for statements in programs]
        target = Trial(observer, database.superuser, scripts, world)
        with LiveRunner(target, observer, database.address, patience=5.0) as lab:
            return agree(lab, len(scripts), lambda: reader_of(observer, world.facts))

    return checked
