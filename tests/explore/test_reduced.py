"""The reduced search against brute force, on a model of the database and on the database."""

from hypothesis import given, settings
from hypothesis import strategies as st

from attack.explore.effects import Reader
from attack.explore.schema import ForeignKey, Schema, Table, Unique
from tests.explore.model import Model
from tests.explore.oracle import agree
from tests.explore.programs import Program, programs

SCHEMA = Schema(
    [
        Table("cell", {"id": "integer"}, (Unique("cell_pkey", ("id",)),)),
        Table(
            "note",
            {"id": "integer", "cell_id": "integer"},
            (Unique("note_pkey", ("id",)),),
            (ForeignKey(("cell_id",), "cell", ("id",)),),
            frozenset({"id"}),
        ),
    ]
)
BEGINS = (None, "begin", "begin", "begin repeatable read")
PAIRS = st.tuples(programs(BEGINS, 3), programs(BEGINS, 3))
TRIPLES = st.one_of(
    st.tuples(programs(BEGINS, 2), programs(BEGINS, 1), programs(BEGINS, 1)),
    st.tuples(*[programs((None,), 2)] * 3),
)


def reader() -> Reader:
    """Return a reader of the model's tables."""
    return Reader(SCHEMA)


@given(PAIRS)
@settings(max_examples=100, deadline=None)
def test_two_programs(pair: tuple[Program, ...]) -> None:
    agree(Model(pair), 2, reader)


@given(TRIPLES)
@settings(max_examples=15, deadline=None)
def test_three_programs(triple: tuple[Program, ...]) -> None:
    agree(Model(triple), 3, reader)
