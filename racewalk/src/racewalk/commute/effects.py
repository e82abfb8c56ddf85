"""What a statement does in itself, read from its SQL and values; transactions come later.

A statement that is not understood to the last word has the effect `UNKNOWN`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from racewalk.commute.access import Access, Rows
from racewalk.commute.schema import Schema
from racewalk.commute.syntax import parse, split
from racewalk.commute.tables import Initial, Tables
from racewalk.commute.writes import accesses
from racewalk.wire.statements import Statement, Value


class Control(Enum):
    """What a statement does to its transaction."""

    NONE = "none"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    ROLLBACK_TO = "rollback to savepoint"


class Isolation(Enum):
    """Isolation levels; READ UNCOMMITTED is READ COMMITTED in PostgreSQL."""

    READ_COMMITTED = "READ COMMITTED"
    REPEATABLE_READ = "REPEATABLE READ"
    SERIALIZABLE = "SERIALIZABLE"


@dataclass(frozen=True, slots=True)
class Effect:
    """One statement.

    Attributes:
        control: what it does to the transaction.
        isolation: the level that it sets for the transaction.
        accesses: READ, REFERENCE and LOCK; the locks last until the transaction ends.
        changes: CHANGE and CREATE, committed with the transaction.
        current: those READs that see what is committed now, whatever the snapshot.
        session_locks: LOCKs that outlast the transaction.
        session_unlocks: UNLOCKs at once.
        sure: rows that it holds locked afterwards if its command tag counts any.
        snapshot: whether it needs a snapshot, hence fixes that of its transaction.
        unknown: whether it could not be read.
    """

    control: Control = Control.NONE
    isolation: Isolation | None = None
    accesses: frozenset[Access] = frozenset()
    changes: frozenset[Access] = frozenset()
    current: frozenset[Access] = frozenset()
    session_locks: frozenset[Access] = frozenset()
    session_unlocks: frozenset[Access] = frozenset()
    sure: frozenset[Rows] = frozenset()
    snapshot: bool = False
    unknown: bool = False


NOTHING: Final = Effect()
UNKNOWN: Final = Effect(unknown=True)

_COMMENT: Final = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_LEVEL = r"(?:\s+(?:TRANSACTION|WORK))?(?P<modes>[\w\s,]*)"
_CONTROL: Final = (
    (re.compile(r"(?:BEGIN|START)" + _LEVEL, re.IGNORECASE), Control.BEGIN),
    (re.compile(r"(?:COMMIT|END)(?:\s+(?:TRANSACTION|WORK))?", re.IGNORECASE), Control.COMMIT),
    (
        re.compile(r"(?:ROLLBACK|ABORT)(?:\s+(?:TRANSACTION|WORK))?", re.IGNORECASE),
        Control.ROLLBACK,
    ),
    (re.compile(r"SAVEPOINT\s+\S+", re.IGNORECASE), Control.SAVEPOINT),
    (
        re.compile(
            r"ROLLBACK(?:\s+(?:TRANSACTION|WORK))?\s+TO(?:\s+SAVEPOINT)?\s+\S+", re.IGNORECASE
        ),
        Control.ROLLBACK_TO,
    ),
    (re.compile(r"SET\s+TRANSACTION(?P<modes>[\w\s,]*)", re.IGNORECASE), Control.NONE),
)
_HARMLESS: Final = re.compile(
    r"RELEASE\s+(?:SAVEPOINT\s+)?\S+|SHOW\s+\w+(?:\s+\w+){0,2}|DEALLOCATE\s+.*"
    r"|SET\s+(?:SESSION\s+|LOCAL\s+)?(?:TIME\s+ZONE|timezone|datestyle|client_encoding"
    r"|application_name|statement_timeout|extra_float_digits)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_READ_COMMITTED: Final = re.compile(r"READ\s+(?:UN)?COMMITTED", re.IGNORECASE)
_LEVELS: Final = (
    (_READ_COMMITTED, Isolation.READ_COMMITTED),
    (re.compile(r"REPEATABLE\s+READ", re.IGNORECASE), Isolation.REPEATABLE_READ),
    (re.compile(r"SERIALIZABLE", re.IGNORECASE), Isolation.SERIALIZABLE),
)


class Reader:
    """Reads statements against the tables of one database.

    Args:
        schema: the tables.
        initial: the value that a column has in the row of a key before each schedule, as text;
            None where it is not known. An ORM that writes every column back writes keys too: one
            that is written with the value that it has anyway is not changed.
    """

    def __init__(
        self, schema: Schema, initial: Initial = lambda _table, _where, _column: None
    ) -> None:
        self._tables = Tables(schema, initial)
        self._read: dict[Statement, tuple[Effect, ...]] = {}

    def read(self, statement: Statement) -> tuple[Effect, ...]:
        """Return the effect of each of the statements that the text holds."""
        if statement not in self._read:
            pieces = split(statement.sql)
            self._read[statement] = tuple(self._one(piece, statement.params) for piece in pieces)
        return self._read[statement]

    @property
    def contradiction(self) -> str | None:
        """A table whose keys were taken as constant before a statement changed one."""
        return self._tables.contradiction

    def _one(self, sql: str, params: tuple[Value, ...]) -> Effect:
        bare = _COMMENT.sub(" ", sql).strip()
        for pattern, control in _CONTROL:
            if match := pattern.fullmatch(bare):
                modes = match.groupdict().get("modes") or ""
                return Effect(control, next((i for p, i in _LEVELS if p.search(modes)), None))
        if _HARMLESS.fullmatch(sql):
            return NOTHING
        tree = parse(sql)
        found = accesses(self._tables, tree, params) if tree else None
        if found is None:
            return UNKNOWN
        return Effect(
            accesses=frozenset(found.accesses),
            changes=frozenset(found.changes),
            current=frozenset(found.current),
            session_locks=frozenset(found.session_locks),
            session_unlocks=frozenset(found.session_unlocks),
            sure=frozenset(found.sure),
            snapshot=True,
        )
