"""What reads the statements of the tests' programs, and the programs that are drawn."""

from hypothesis import strategies as st

from racewalk.commute.catalog import Catalog, Facts
from racewalk.commute.effects import Reader
from racewalk.commute.initial import reader_of
from racewalk.commute.schema import ForeignKey, Schema, Table, Unique
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
            {"id": "nextval('note_id_seq'::regclass)"},
        ),
    ]
)
BEGINS = (None, "begin", "begin", "begin repeatable read")
PAIRS = st.tuples(programs(BEGINS, 3), programs(BEGINS, 3))


def reader() -> Reader:
    """Return a reader of the model's tables."""
    return Reader(SCHEMA, catalog())


def catalog(*volatile: str, facts: Facts | None = None) -> Catalog:
    """Return a catalog in which every function is PostgreSQL's own and computes, but for some."""

    def query(sql: str) -> list[tuple[str | None, ...]]:
        return [("t" if any(f"'{name}'" in sql for name in volatile) else "f",)]

    return Catalog(query, facts or Facts())


__all__ = ["BEGINS", "PAIRS", "SCHEMA", "catalog", "reader", "reader_of"]
