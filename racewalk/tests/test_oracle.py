"""racewalk against an oracle that shares no code with it; see `oracle`."""

from collections.abc import Iterator

import pytest

from oracle.compared import AGREE, WRONG, Both
from oracle.drawn import drawn
from oracle.facts import FACTS
from oracle.walker import TooManyError, Walker
from racewalk.schedule.observer import Observer
from racewalk.server.embedded import EmbeddedServer
from support.labs import Database

UNDECIDED = {
    "set_config of the level, by a name that was read",
    "a table that is made",
    "advisory, kept until the end of the session",
    "CREATE TABLE AS",
}
QUICK = sorted(FACTS)[::12]


@pytest.fixture(scope="module")
def both(server: EmbeddedServer, database: Database, observer: Observer) -> Iterator[Both]:
    """Return what runs a program in the oracle and in racewalk."""
    conninfo = server.create("oracle")
    walker = Walker(server.url("oracle"), conninfo)
    yield Both(walker, database, observer)
    walker.close()


def _agree(both: Both, name: str) -> None:
    found = both.compare(FACTS[name])
    expected = "inconclusive" if name in UNDECIDED else "agree"
    assert found.said == expected, (found.why, str(found.explored.certificate))


@pytest.mark.parametrize("name", QUICK)
def test_a_fact(both: Both, name: str) -> None:
    _agree(both, name)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(set(FACTS) - set(QUICK)))
def test_every_other_fact(both: Both, name: str) -> None:
    _agree(both, name)


def _wrong(both: Both, seeds: range) -> list[str]:
    """Run drawn programs; return those on which the two differ.

    Raises:
        AssertionError: fewer than nine of ten are decided.
    """
    wrong: list[str] = []
    agreed = 0
    for seed in seeds:
        try:
            found = both.compare(drawn(seed), most=300)
        except TooManyError:
            continue
        agreed += found.said == AGREE
        if found.said == WRONG:
            wrong.append(f"{seed}: {found.why}: {drawn(seed).requests}")
    assert agreed + len(wrong) >= 0.9 * len(seeds)
    return wrong


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(10))
def test_a_thousand_drawn_programs(both: Both, part: int) -> None:
    assert not _wrong(both, range(part * 100, part * 100 + 100))
