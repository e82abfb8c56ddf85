"""What a statement needs to know of the tables that it names, and may not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from racewalk.commute.access import Key
from racewalk.commute.schema import Schema, Table
from racewalk.commute.syntax import name_of
from racewalk.wire.statements import Value

Initial = Callable[[Table, Mapping[str, Key], str], str | None]
"""The value of a column in the row with the given key before each schedule, as text."""


class UnreadableError(Exception):
    """A statement does something that is not understood."""


class Tables:
    """Reads syntax trees against a schema; see `effects.Reader`."""

    def __init__(self, schema: Schema, initial: Initial) -> None:
        self._schema, self._initial = schema, initial
        self._constant: set[str] = set()
        self._rekeyed: set[str] = set()

    @property
    def contradiction(self) -> str | None:
        """A table whose keys were taken as constant although a statement changes one."""
        return next(iter(sorted(self._constant & self._rekeyed)), None)

    def has(self, name: str) -> bool:
        """Return whether there is such a table, or view."""
        return self._schema.has(name)

    def rekeys(self, table: Table) -> None:
        """Note that keys of the table change."""
        self._rekeyed.add(table.name)

    def table(self, node: exp.Table) -> Table:
        """Return what is known of a table that a statement names."""
        table = self._schema.table(name_of(node))
        if table is None:
            raise UnreadableError
        return table

    def parent(self, name: str) -> Table:
        """Return the table that a foreign key refers to."""
        table = self._schema.table(name)
        if table is None:
            raise UnreadableError
        return table

    def is_parent(self, table: Table) -> bool:
        """Return whether a foreign key refers to the table."""
        return bool(self._schema.children(table.name))

    def changes_key(
        self, table: Table, where: Mapping[str, Key], column: str, value: Value
    ) -> bool:
        """Return whether writing this value may change the key column of the rows."""
        identified = any(u.columns and where.keys() >= set(u.columns) for u in table.uniques)
        initial = self._initial(table, where, column) if identified and value is not None else None
        if initial is not None and initial == str(value):
            self._constant.add(table.name)
            return False
        self.rekeys(table)
        return True
