"""What reads the statements of the tests' programs, and the programs that are drawn."""

from hypothesis import strategies as st

from racewalk.commute.effects import Reader
from racewalk.commute.initial import InitialValues
from racewalk.commute.schema import ForeignKey, Schema, Table, Unique, read_schema
from racewalk.schedule.observer import Observer
from support.programs import programs

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


def reader() -> Reader:
    """Return a reader of the model's tables."""
    return Reader(SCHEMA)


def reader_of(observer: Observer) -> Reader:
    """Return a reader of the explored database's statements."""
    return Reader(read_schema(observer), InitialValues(observer))
