"""What was read before is what would be read now: in another race, and in another run."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings

from racewalk.commute.access import Key
from racewalk.commute.effects import Effect, Reader
from racewalk.commute.recalled import Recalled
from racewalk.commute.schema import Schema, Table, Unique
from racewalk.commute.trace import Tracer, trace
from racewalk.wire.statements import Statement
from support.model import Model
from support.oracle import every_schedule
from support.programs import Program
from support.readers import PAIRS, catalog, reader

USER = Table(
    "user",
    {"id": "integer", "name": "text", "money": "integer"},
    (Unique("user_pkey", ("id",)), Unique("user_name_key", ("name",))),
    defaults={"seen": "now()"},
)
SCHEMA, CATALOG = Schema([USER]), catalog()
STATEMENTS = (
    "UPDATE \"user\" SET name = 'ann', money = 10 WHERE id = 1",
    'SELECT money FROM "user" ORDER BY money LIMIT 1',
    "DELETE FROM \"user\" WHERE name = 'ann'",
    "SELECT setval('user_id_seq', 1)",
)


def start(name: str) -> Callable[[Table, Mapping[str, Key], str], str]:
    """Return what tells the values of a start, in which the only user has this name."""
    return lambda _table, _where, column: {"name": name, "money": "10"}[column]


def race(name: str, recalled: Recalled[tuple[Effect, ...]] | None = None) -> Reader:
    """Return the reader of a race, whose fact looks at times."""
    facts = ['SELECT max(seen) FROM "user"']
    return Reader(SCHEMA, CATALOG, start(name), facts, recalled or Recalled())


@pytest.mark.parametrize("name", ["ann", "bob"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_another_race_reads_and_learns_what_it_would_have_anyway(statement: str, name: str) -> None:
    recalled = Recalled[tuple[Effect, ...]]()
    before = race("ann", recalled)
    for sql in STATEMENTS:  # in the order of the lessons, and once more with all of them
        before.read(Statement(sql))
    for each in (before, race("ann", recalled)):
        each.read(Statement(statement))
    known, new = race(name, recalled), race(name)
    for _ in range(2):  # with what it teaches itself, too
        assert known.read(Statement(statement)) == new.read(Statement(statement))
        assert known.tables.learnt == new.tables.learnt


def test_what_is_learnt_beside_is_not_taught_by_what_was_read() -> None:
    recalled = Recalled[tuple[Effect, ...]]()
    before = race("ann", recalled)
    before.read(Statement(STATEMENTS[0]))
    before.tables.learn("numbers")
    after = race("ann", recalled)
    after.read(Statement(STATEMENTS[0]))
    assert ("numbers", "") not in after.tables.learnt


def test_reading_is_kept_for_those_with_the_same_start_alone() -> None:
    recalled = Recalled[tuple[Effect, ...]]()
    stays, changes = (
        race(name, recalled).read(Statement(STATEMENTS[0]))[0] for name in ("ann", "bob")
    )
    assert stays.changes != changes.changes


@given(PAIRS)
@settings(max_examples=25, deadline=None)
def test_events_are_those_of_a_run_that_is_traced_alone(pair: tuple[Program, ...]) -> None:
    known = reader()
    tracer = Tracer(known)
    for run, _ in list(every_schedule(Model(pair)))[:20]:
        assert tracer.trace(run) == trace(run, known)
