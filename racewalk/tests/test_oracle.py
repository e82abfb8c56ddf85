"""racewalk against an oracle that shares no code with it; see `oracle`."""

from collections.abc import Iterator

import pytest

from oracle.compared import AGREE, INCONCLUSIVE, Both
from oracle.facts.locks import LOCKS
from oracle.walker import Walker
from racewalk.schedule.observer import Observer
from racewalk.server.embedded import EmbeddedServer
from support.labs import Database

FACTS = {**LOCKS}


@pytest.fixture(scope="module")
def both(server: EmbeddedServer, database: Database, observer: Observer) -> Iterator[Both]:
    """Return what runs a program in the oracle and in racewalk."""
    conninfo = server.create("oracle")
    walker = Walker(server.url("oracle"), conninfo)
    yield Both(walker, database, observer)
    walker.close()


@pytest.mark.parametrize("name", FACTS)
def test_a_fact(both: Both, name: str) -> None:
    found = both.compare(FACTS[name])
    assert found.said in (AGREE, INCONCLUSIVE), (found.why, str(found.explored.certificate))
