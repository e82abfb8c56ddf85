"""A reader of one database, and the values that keys have in it before each schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from psycopg import sql

from racewalk.commute.access import Key
from racewalk.commute.catalog import Catalog
from racewalk.commute.effects import Reader
from racewalk.commute.schema import Schema, Table, read_schema
from racewalk.schedule.observer import Observer

_CATALOGS: Final = (
    *("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_inherits"),
    *("pg_trigger", "pg_rewrite", "pg_type", "pg_proc", "pg_operator", "pg_cast", "pg_depend"),
    *("pg_sequence", "pg_db_role_setting"),
)
_EDITION: Final = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM {name}"  # noqa: S608 - our own words
    for name in _CATALOGS
)
_VALUE: Final = sql.SQL("SELECT {}::text FROM {} WHERE {}")


def reader_of(observer: Observer, facts: Sequence[str] | None = None) -> Reader:
    """Return a reader of the statements that reach a database in its initial state.

    Args:
        observer: a direct connection to it.
        facts: see `Reader`.

    Raises:
        RacewalkError: its catalog cannot be read.
    """
    return Reader(*structure(observer), InitialValues(observer), facts)


def structure(observer: Observer) -> tuple[Schema, Catalog]:
    """Return what a database is made of: its tables, and its functions and settings.

    Raises:
        RacewalkError: its catalog cannot be read.
    """
    return read_schema(observer), Catalog(observer.run)


def edition(observer: Observer) -> object:
    """Return what is another whenever what a database is made of has been changed."""
    return observer.run(_EDITION)


class InitialValues:
    """Answers `tables.Initial` from a database that is in its initial state when asked.

    That is so between two schedules, for each ends with the reset.

    Args:
        observer: the direct connection.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._known: dict[tuple[str, frozenset[tuple[str, Key]], str], str | None] = {}

    def __call__(self, table: Table, where: Mapping[str, Key], column: str) -> str | None:
        """Return the column's value in the only row with this key, or None."""
        name = (table.name, frozenset(where.items()), column)
        if name not in self._known:
            conditions = (
                sql.SQL("{} = {}").format(sql.Identifier(key), sql.Literal(value))
                for key, value in where.items()
            )
            query = _VALUE.format(
                sql.Identifier(column),
                sql.Identifier(table.namespace, table.relation),
                sql.SQL(" AND ").join(conditions),
            )
            rows = self._observer.run(query.as_string())
            self._known[name] = rows[0][0] if len(rows) == 1 else None
        return self._known[name]
