"""What a statement needs to know of the tables that it names, and may not know.

Some of it is learnt on the way: what one statement shows can make another one matter that was
harmless before. `Tables.learnt` only ever grows, and who relied on less has to begin anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from sqlglot import exp

from racewalk.commute.access import Key
from racewalk.commute.calls import calls
from racewalk.commute.catalog import Catalog
from racewalk.commute.schema import Schema, Table
from racewalk.commute.syntax import name_of
from racewalk.wire.statements import Value

Initial = Callable[[Table, Mapping[str, Key], str], str | None]
"""The value of a column in the row with the given key before each schedule, as text."""

Lesson = tuple[str, str]
"""'order' and a table: somebody sees the order of its rows. 'keys' and a table: its keys change.
'moves' and 'table.column', a table, or '': other values are written there than were before.
'sequence' and '': some sequence is set by hand. 'clock' and a transaction: it uses the time at
which it began. 'column' and its name: somebody looks at the times in it. 'numbers' and '': somebody
looks at the numbers of transactions."""


_Found = TypeVar("_Found")
_READ_OTHERWISE: Final = frozenset({"keys", "sequence", "moves"})


class UnreadableError(Exception):
    """A statement does something that is not understood."""


class Asked(NamedTuple):
    """A value of the start that was asked for; see `Initial`."""

    table: Table
    where: Mapping[str, Key]
    column: str
    value: str | None


@dataclass(slots=True)
class Noted:
    """What reading something has to do with the race in which it is read.

    Attributes:
        taught: the lessons of it, those that were learnt before included.
        asked: the values of the start that it hung on.
    """

    taught: set[Lesson] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)


class Tables:
    """What is known of a database; see `effects.Reader`.

    Attributes:
        timed: the names of the columns that take a time by default.
        learnt: all lessons.
        lessons: those of them by which statements are read otherwise.
    """

    def __init__(self, schema: Schema, catalog: Catalog, initial: Initial) -> None:
        self.schema, self.catalog, self._initial = schema, catalog, initial
        self.learnt: frozenset[Lesson] = frozenset()
        self.lessons: frozenset[Lesson] = frozenset()
        self._noted = Noted()
        self.path = ""
        self.timed = _timed(schema, catalog)

    def noting(self, read: Callable[[], _Found]) -> tuple[_Found, Noted]:
        """Read something; return what it is read to be, and what that has to do with this race."""
        noted = self._noted = Noted()
        found = read()
        self._noted = Noted()  # what is learnt from elsewhere is none of it
        return found, noted

    def takes(self, noted: Noted) -> bool:
        """Learn what reading something has taught before, unless it would be read otherwise now."""
        alike = all(
            self._initial(asked.table, asked.where, asked.column) == asked.value
            for asked in noted.asked
        )
        for lesson in noted.taught if alike else ():
            self.learn(*lesson)
        return alike

    def learn(self, about: str, name: str = "") -> None:
        """Note what some statement shows; see `Lesson`."""
        self._noted.taught.add((about, name))
        if (about, name) in self.learnt:
            return
        self.learnt |= {(about, name)}
        if about in _READ_OTHERWISE:
            self.lessons |= {(about, name)}

    def look(self, columns: Collection[str]) -> None:
        """Note that somebody looks at the times in these columns."""
        for column in columns:
            self.learn("column", column)

    def learn_orders(self, labels: Iterable[str]) -> None:
        """Note that somebody sees in which order the rows of these tables lie."""
        for label in labels:
            self.learn("order", label)

    def shows(self, table: str, column: str) -> bool:
        """Return whether a time in this column may have been looked at.

        Rows without an order may come back in that of an index on it.
        """
        return not self.learnt.isdisjoint({("column", column), ("order", table)})

    def moves(self, table: Table, column: str) -> bool:
        """Return whether some statement gives rows of the table another value in this column."""
        places = ("", table.name, f"{table.name}.{column}")
        return any(("moves", place) in self.learnt for place in places)

    def learn_all(self, transaction: str) -> None:
        """Note that what cannot be read may have looked at all that there is to see.

        Args:
            transaction: where it ran.
        """
        self.learn("sequence")
        self.learn("clock", transaction)
        self.learn("moves")
        self.look(self.timed)
        self.learn_orders(self.labels)
        for label in self.labels:
            self.learn("keys", label)

    def has(self, name: str) -> bool:
        """Return whether there is such a table, or view."""
        return self.schema.has(name)

    def table(self, node: exp.Table, *, writes: bool = False) -> Table:
        """Return what is known of a table that a statement names, and perhaps writes.

        Raises:
            UnreadableError: more happens on it than can be read, or it is not known.
        """
        namespace = node.args.get("db")
        table = self.schema.find(name_of(node), name_of(namespace) if namespace else "", self.path)
        if table is None or (table.opaque and not table.sequence) or (writes and table.busy):
            raise UnreadableError
        return table

    @property
    def labels(self) -> frozenset[str]:
        """What all tables are called."""
        return frozenset(table.name for table in self.schema.tables)

    def label(self, node: exp.Table) -> str | None:
        """Return what a table is called that a query names; None where it may read more."""
        try:
            return self.table(node).name
        except UnreadableError:
            return None

    def columns(self, node: exp.Table) -> frozenset[str]:
        """Return the columns of what a statement names; of what is no table, those of all."""
        namespace = node.args.get("db")
        found = self.schema.find(name_of(node), name_of(namespace) if namespace else "", self.path)
        return frozenset(found.columns) if found else frozenset()

    def parent(self, label: str) -> Table:
        """Return the table that a foreign key refers to."""
        table = self.schema.table(label)
        if table is None or table.opaque:
            raise UnreadableError
        return table

    def referred(self, table: Table) -> frozenset[str]:
        """Return the columns of the table that foreign keys refer to.

        Who changes one, or takes its row away, does what the foreign key says to its children.
        """
        return self.schema.referred(table.name)

    def changes_key(
        self, table: Table, where: Mapping[str, Key], column: str, value: Value
    ) -> bool:
        """Return whether writing this value may change the key column of the rows."""
        if self._stays(table, where, column, value):
            return False
        self.learn("keys", table.name)
        return True

    def note_write(
        self, table: Table, where: Mapping[str, Key], column: str, value: Value | Exception
    ) -> None:
        """Note that a value is written into a column of the rows, unless it is there anyway."""
        if column in table.kinds and not (
            not isinstance(value, Exception) and self._stays(table, where, column, value)
        ):
            self.learn("moves", f"{table.name}.{column}")

    def _stays(self, table: Table, where: Mapping[str, Key], column: str, value: Value) -> bool:
        """Whether a value is the one that the only row with this key has from the start."""
        identified = any(u.columns and where.keys() >= set(u.columns) for u in table.uniques)
        if not identified or value is None or ("keys", table.name) in self.learnt:
            return False
        initial = self._initial(table, where, column)
        self._noted.asked.append(Asked(table, dict(where), column, initial))
        return initial is not None and initial == str(value)


@lru_cache(maxsize=16)
def _timed(schema: Schema, catalog: Catalog) -> frozenset[str]:
    """The columns that take a time by default: neither of the two ever changes."""
    return frozenset(
        column
        for table in schema.tables
        for column, default in table.defaults.items()
        if calls(catalog, default).moments
    )
