"""Effects of expressions in each place where PostgreSQL evaluates one, judged by the oracle."""

from collections.abc import Iterator

import pytest

from oracle.compared import AGREE, INCONCLUSIVE, Both
from oracle.facts.matrix import MATRIX, cell
from oracle.walker import Walker
from racewalk.schedule.observer import Observer
from racewalk.server.embedded import EmbeddedServer
from support.labs import Database

QUICK = sorted(MATRIX)[::30]
UNDECIDED = {
    f"the level, in {place}" for place in ("CASE, not taken", "EXPLAIN", "a CTE that is not used")
}
"""What is planned and not run: taken to have set the level, and found not to have."""


@pytest.fixture(scope="module")
def both(server: EmbeddedServer, database: Database, observer: Observer) -> Iterator[Both]:
    """Return what runs a program in the oracle and in racewalk."""
    conninfo = server.create("matrix")
    walker = Walker(server.url("matrix"), conninfo)
    yield Both(walker, database, observer)
    walker.close()


@pytest.mark.parametrize("name", QUICK)
def test_a_cell(both: Both, name: str) -> None:
    found = both.compare(cell(*MATRIX[name]))
    assert found.said == (INCONCLUSIVE if name in UNDECIDED else AGREE), found.why


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(set(MATRIX) - set(QUICK)))
def test_every_other_cell(both: Both, name: str) -> None:
    found = both.compare(cell(*MATRIX[name]))
    assert found.said == (INCONCLUSIVE if name in UNDECIDED else AGREE), found.why
