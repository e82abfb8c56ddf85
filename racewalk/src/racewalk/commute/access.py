"""What one step can do to what: the words of the dependence relation, as plain data.

Rows are told by a table and by conditions that hold of all of them. Two sets of rows are apart
only where a column has two known and different values; whatever is not known overlaps.
"""

from __future__ import annotations

from typing import NamedTuple

from racewalk.words import Word

Key = int | str
"""A value that tells rows apart: of an integer column, or of a text column."""


class Rows(NamedTuple):
    """The rows of a table for which every condition holds, before the step and after it.

    Attributes:
        table: its name; 'index …' for the keys of a unique index, 'advisory' for advisory locks,
            'sequence' for the sequences of the database.
        where: columns with the value that they have in all these rows; empty: any row.
    """

    table: str
    where: frozenset[tuple[str, Key]] = frozenset()

    def overlaps(self, other: Rows) -> bool:
        """Return False only where no row can be in both."""
        if self.table != other.table:
            return False
        known = dict(self.where)
        return all(known.get(column, value) == value for column, value in other.where)


NOWHERE = Rows("")
"""Of an access that concerns no particular rows."""


class Verb(Word):
    """The kinds of access; `dependence` says which of them do not commute."""

    READ = "reads what is committed now"
    REFERENCE = "asks whether a row is there, for a foreign key"
    SNAPSHOT = "fixes what the whole transaction will read"
    CHANGE = "commits new values"
    CREATE = "commits rows that appear, vanish or change their key"
    DRAW = "draws a value from a sequence, or looks at one"
    CLOCK = "takes the time"
    PLACE = "takes a place among the rows of a table that somebody reads without an order"
    NUMBER = "is given the number of its transaction, which somebody looks at"
    LOCK = "asks for a lock"
    UNLOCK = "gives a lock back"
    SERIAL_READ = "reads under predicate locks (SERIALIZABLE)"
    SERIAL_WRITE = "writes under predicate locks (SERIALIZABLE)"
    SERIAL_END = "ends a SERIALIZABLE transaction"
    ASK = "asks the database for something that nobody can change but by what cannot be read"
    END = "ends a transaction, or a part of it, and gives back its locks on tables"
    WAIT = "begins to wait for a lock"
    DEADLOCK = "closes a circle of waits and is the one that fails"
    ANYTHING = "cannot be read"


class Mode(Word):
    """Strength of a lock: PostgreSQL's four row locks. Advisory locks are SHARE or UPDATE."""

    KEY_SHARE = 1
    SHARE = 2
    NO_KEY_UPDATE = 3
    UPDATE = 4


class Access(NamedTuple):
    """One verb on some rows; a mode where the verb is LOCK or UNLOCK."""

    verb: Verb
    rows: Rows = NOWHERE
    mode: Mode | None = None


Footprint = frozenset[Access]
"""All that one step does."""

UNREADABLE: Footprint = frozenset({Access(Verb.ANYTHING)})
