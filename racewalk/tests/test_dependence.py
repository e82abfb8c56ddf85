"""The relation: symmetric, and every line of it needed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racewalk.commute import dependence
from racewalk.commute.access import Access, Mode, Rows, Verb
from racewalk.commute.dependence import dependent
from support.model import Model
from support.oracle import agree
from support.programs import Op, Program
from support.readers import reader

ROWS = st.builds(
    Rows,
    st.sampled_from(("cell", "note")),
    st.dictionaries(st.sampled_from(("id", "cell_id")), st.integers(1, 2)).map(
        lambda where: frozenset(where.items())
    ),
)
LOCKS = st.builds(Access, st.sampled_from((Verb.LOCK, Verb.UNLOCK)), ROWS, st.sampled_from(Mode))
ACCESSES = st.one_of(LOCKS, st.builds(Access, st.sampled_from(Verb), ROWS))


@given(ACCESSES, ACCESSES)
def test_symmetric(first: Access, second: Access) -> None:
    assert dependent(first, second) == dependent(second, first)


@given(ACCESSES)
def test_what_cannot_be_read_conflicts_with_everything(access: Access) -> None:
    assert dependent(Access(Verb.ANYTHING), access)


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ({"id": 1}, {"id": 2}, True),
        ({"id": 1}, {"id": 1}, False),
        ({"id": 1}, {"cell_id": 2}, False),
        ({"id": 1, "cell_id": 1}, {"cell_id": 2}, True),
        ({}, {"id": 2}, False),
    ],
)
def test_rows(first: dict[str, int], second: dict[str, int], apart: bool) -> None:
    one, other = (Rows("cell", frozenset(where.items())) for where in (first, second))
    assert one.overlaps(other) is not apart
    assert not one.overlaps(Rows("note", one.where))


CONFLICTING_ROW_LOCKS = {
    (Mode.KEY_SHARE, Mode.UPDATE),
    (Mode.SHARE, Mode.NO_KEY_UPDATE),
    (Mode.SHARE, Mode.UPDATE),
    (Mode.NO_KEY_UPDATE, Mode.NO_KEY_UPDATE),
    (Mode.NO_KEY_UPDATE, Mode.UPDATE),
    (Mode.UPDATE, Mode.UPDATE),
}
"""As PostgreSQL's documentation has them, one of each pair."""


@pytest.mark.parametrize("first", Mode)
@pytest.mark.parametrize("second", Mode)
def test_modes(first: Mode, second: Mode) -> None:
    asked, given_back = Access(Verb.LOCK, mode=first), Access(Verb.UNLOCK, mode=second)
    expected = not CONFLICTING_ROW_LOCKS.isdisjoint({(first, second), (second, first)})
    assert dependent(asked, given_back) == expected


def one(kind: str, key: int = 1) -> Program:
    """Return a program of one statement, in autocommit."""
    return Program(None, (Op(kind, key, 2),))


def several(begin: str | None, *ops: tuple[str, int]) -> Program:
    """Return a program of several statements."""
    return Program(begin, tuple(Op(kind, key, 2) for kind, key in ops))


REPEATABLE_READ = "begin repeatable read"
NEEDED = {
    (Verb.READ, Verb.CHANGE): (one("read"), one("set")),
    (Verb.READ, Verb.CREATE): (one("notes"), one("insert")),
    (Verb.SNAPSHOT, Verb.CHANGE): (several(REPEATABLE_READ, ("read", 1)), one("set")),
    (Verb.SNAPSHOT, Verb.CREATE): (several(REPEATABLE_READ, ("notes", 1)), one("insert")),
    (Verb.LOCK, Verb.LOCK): (one("lock"), several("begin", ("lock", 1))),
    (Verb.LOCK, Verb.UNLOCK): (one("lock"), several("begin", ("lock", 1))),
    (Verb.DEADLOCK, Verb.WAIT): (
        several(None, ("session lock", 1), ("lock", 1)),
        several("begin", ("lock", 1), ("advisory", 1)),
    ),
}
"""Lines of the table, with programs that show why."""


@pytest.fixture
def table() -> Iterator[dict[Verb, frozenset[Verb]]]:
    """Let a test change the table."""
    before = dict(dependence._TABLE)
    yield dependence._TABLE
    dependence._TABLE.clear()
    dependence._TABLE.update(before)


@pytest.mark.parametrize("line", NEEDED, ids=lambda line: f"{line[0].name}-{line[1].name}")
def test_each_line_is_needed(line: tuple[Verb, Verb], table: dict[Verb, frozenset[Verb]]) -> None:
    programs = NEEDED[line]
    agree(Model(programs), 2, reader)
    table[line[0]] -= {line[1]}
    with pytest.raises(AssertionError):
        agree(Model(programs), 2, reader)
