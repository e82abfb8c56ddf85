"""A PostgreSQL for these tests alone, with a database that is explored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from attack.explore.schedule.lab import Lab
from attack.explore.schedule.observer import Observer
from attack.explore.scripts.session import Scripted
from attack.explore.scripts.target import ScriptedTarget
from attack.explore.scripts.withdrawals import START
from attack.explore.web.lanes import SETTINGS
from attack.explore.wire.proxy import Address
from shared_db import embedded
from shared_db.embedded import EmbeddedServer


@dataclass(frozen=True)
class Database:
    """How to reach the explored database."""

    conninfo: str
    superuser: str
    address: Address


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Start a server that the tests may leave in any state."""
    server = embedded.start("postgres-explore-tests", SETTINGS)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database(server: EmbeddedServer) -> Database:
    """Return the database that scripts explore."""
    database = Database(server.url(), server.url(superuser=True), Address("127.0.0.1", server.port))
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


MakeLab = Callable[[Sequence[Scripted]], Lab]


@pytest.fixture
def make_lab(database: Database, observer: Observer) -> Iterator[MakeLab]:
    """Make labs of scripts and close them in the end."""
    labs: list[Lab] = []

    def make(scripts: Sequence[Scripted]) -> Lab:
        target = ScriptedTarget(observer, database.superuser, scripts, START)
        labs.append(Lab(target, observer, database.address, patience=5.0))
        return labs[-1]

    yield make
    for lab in labs:
        lab.close()
