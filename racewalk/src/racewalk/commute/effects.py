"""What a statement does in itself, read from its SQL and values; transactions come later.

A statement that is not understood to the last word has an effect that is not `readable`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from racewalk.commute.access import Access, Rows, Verb
from racewalk.commute.calls import Known, Moment, calls, harmless_parameter
from racewalk.commute.catalog import Catalog
from racewalk.commute.looks import carries_time, learn_from_fact, looks
from racewalk.commute.queries import Stamp
from racewalk.commute.recalled import Recalled
from racewalk.commute.schema import Schema
from racewalk.commute.syntax import parse, selects_into, split
from racewalk.commute.tables import Initial, Lesson, Tables
from racewalk.commute.writes import accesses
from racewalk.wire.plain import plain
from racewalk.wire.statements import Statement, Value
from racewalk.words import Word


class Control(Word):
    """What a statement does to its transaction."""

    NONE = "none"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    ROLLBACK_TO = "rollback to savepoint"
    CONSTRAINTS = "check now, or later"


class Isolation(Word):
    """Isolation levels; READ UNCOMMITTED is READ COMMITTED in PostgreSQL."""

    READ_COMMITTED = "READ COMMITTED"
    REPEATABLE_READ = "REPEATABLE READ"
    SERIALIZABLE = "SERIALIZABLE"


@dataclass(frozen=True, slots=True)
class Effect:
    """One statement.

    Attributes:
        text: its SQL.
        control: what it does to the transaction.
        isolation: the level that it sets for the transaction.
        chains: whether another transaction of the same level begins with the end of this one.
        defers: whether the transaction waits, at SERIALIZABLE, until nothing can break it.
        accesses: what it does at once; its locks last until the transaction ends.
        changes: CHANGE and CREATE, committed with the transaction.
        current: those READs that see what is committed now, whatever the snapshot.
        late: what it makes the end of the transaction do, for deferred constraints.
        movable: what SET CONSTRAINTS may make it do at once, or the end of the transaction.
        session_locks: LOCKs that outlast the transaction.
        session_unlocks: UNLOCKs at once.
        sure: rows that it holds locked afterwards if its command tag counts any.
        moments: which times it takes and uses.
        stamps: those that it only keeps in a column.
        looks: the timed columns that it looks at.
        snapshot: whether it needs a snapshot, hence fixes that of its transaction.
        known: ALL, or BY_PLAN where only its plans can tell, or NOTHING.
        opens: the cursor that it declares.
        fetches: the cursor that it moves.
    """

    text: str = ""
    control: Control = Control.NONE
    isolation: Isolation | None = None
    chains: bool = False
    defers: bool = False
    accesses: frozenset[Access] = frozenset()
    changes: frozenset[Access] = frozenset()
    current: frozenset[Access] = frozenset()
    late: frozenset[Access] = frozenset()
    movable: frozenset[Access] = frozenset()
    session_locks: frozenset[Access] = frozenset()
    session_unlocks: frozenset[Access] = frozenset()
    sure: frozenset[Rows] = frozenset()
    moments: frozenset[Moment] = frozenset()
    stamps: frozenset[Stamp] = frozenset()
    looks: frozenset[str] = frozenset()
    snapshot: bool = False
    known: Known = Known.ALL
    opens: str = ""
    fetches: str = ""

    @property
    def readable(self) -> bool:
        """Whether it was understood."""
        return self.known is Known.ALL


NOTHING: Final = Effect()
UNKNOWN: Final = Effect(known=Known.NOTHING)

_WORK: Final = r"(?:\s+(?:TRANSACTION|WORK))?"
_CHAIN: Final = r"(?:\s+AND\s+(?P<chain>NO\s+)?CHAIN)?"
_CONTROL: Final = (
    (rf"(?:BEGIN|START){_WORK}(?P<modes>[\w\s,]*)", Control.BEGIN),
    (rf"(?:COMMIT|END){_WORK}{_CHAIN}", Control.COMMIT),
    (rf"(?:ROLLBACK|ABORT){_WORK}{_CHAIN}", Control.ROLLBACK),
    (r"SAVEPOINT\s+\S+", Control.SAVEPOINT),
    (rf"ROLLBACK{_WORK}\s+TO(?:\s+SAVEPOINT)?\s+\S+", Control.ROLLBACK_TO),
    (r"SET\s+CONSTRAINTS\b.*", Control.CONSTRAINTS),
    (r"SET\s+(?:LOCAL\s+)?TRANSACTION(?:_ISOLATION\s*(?:=|TO))?(?P<modes>[\w\s,']*)", Control.NONE),
)
_DEFERS: Final = re.compile(r"(?<!NOT)\s+DEFERRABLE|^DEFERRABLE", re.IGNORECASE)
_CONTROLS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), control) for pattern, control in _CONTROL
)
_HARMLESS: Final = re.compile(
    r"RESET\s+ALL|UNLISTEN\s+\S+"  # what was set may be in force still: see wire.parameters
    r"|RELEASE\s+(?:SAVEPOINT\s+)?\S+|SHOW\s+[\w.]+(?:\s+\w+){0,2}|DEALLOCATE\s+.*"
    r"|CLOSE\s+\S+|(?:SET\s+(?:SESSION\s+|LOCAL\s+)?|RESET\s+)(?P<parameter>TIME\s+ZONE|[\w.]+)\b.*"
    r"|SET\s+SESSION\s+CHARACTERISTICS\s+AS\s+TRANSACTION\s+ISOLATION\s+LEVEL"
    r"\s+(?:SERIALIZABLE|REPEATABLE\s+READ|READ\s+(?:UN)?COMMITTED)",
    re.IGNORECASE | re.DOTALL,
)
_DECLARE: Final = re.compile(
    r"DECLARE\s+(?P<name>\S+)\s+(?:(?:BINARY|INSENSITIVE|ASENSITIVE|NO\s+SCROLL|SCROLL)\s+)*CURSOR"
    r"(?:\s+WITHOUT\s+HOLD|(?P<hold>\s+WITH\s+HOLD))?\s+FOR\s+(?P<query>.*)",
    re.IGNORECASE | re.DOTALL,
)
_FETCH: Final = re.compile(
    r"(?:FETCH|MOVE)\s+(?:[\w\s+-]*\b(?:FROM|IN)\s+)?(?P<name>\S+)", re.IGNORECASE
)
_LEVELS: Final = (
    (re.compile(r"READ\s+(?:UN)?COMMITTED", re.IGNORECASE), Isolation.READ_COMMITTED),
    (re.compile(r"REPEATABLE\s+READ", re.IGNORECASE), Isolation.REPEATABLE_READ),
    (re.compile(r"SERIALIZABLE", re.IGNORECASE), Isolation.SERIALIZABLE),
)


def level(text: str) -> Isolation | None:
    """Return the isolation level that a text names, or None."""
    return next((found for pattern, found in _LEVELS if pattern.search(text)), None)


@dataclass(slots=True)
class Reader:
    """Reads statements against one database.

    Args:
        schema: its tables.
        catalog: its functions.
        initial: the value that a column has in the row of a key before each schedule, as text;
            None where it is not known. An ORM that writes every column back writes keys too: one
            that is written with the value that it has anyway is not changed.
        facts: what is asked after each schedule, each a query of one row; None where that is not
            told, so that it may be anything.
        recalled: what was read before where schema and catalog were these.

    Attributes:
        tables: what is known of the tables, and what was learnt on the way.
        doubts: what was met and cannot be told: the exploration proves nothing.
        assumed: what was met and taken not to happen.
    """

    schema: Schema
    catalog: Catalog
    initial: Initial = lambda _table, _where, _column: None
    facts: Sequence[str] | None = None
    recalled: Recalled[tuple[Effect, ...]] = field(default_factory=Recalled)
    tables: Tables = field(init=False)
    doubts: set[str] = field(default_factory=set)
    assumed: set[str] = field(default_factory=set)
    _read: dict[tuple[Statement, str], tuple[Effect, ...]] = field(default_factory=dict)
    _lessons: frozenset[Lesson] = frozenset()

    def __post_init__(self) -> None:
        self.tables = Tables(self.schema, self.catalog, self.initial)
        if self.facts is None:
            self.tables.look(self.tables.timed)
        for fact in self.facts or ():
            self.recalled.read(fact, self.tables, partial(self._fact, fact))

    def read(self, statement: Statement, path: str = "") -> tuple[Effect, ...]:
        """Return the effect of each of the statements that the text holds.

        Args:
            statement: SQL and values.
            path: the connection's search path, where it is known.
        """
        if self._lessons is not self.tables.lessons:
            self._read.clear()
            self._lessons = self.tables.lessons
        key = (statement, path)
        found = self._read.get(key)
        if found is None:
            self.tables.path = path
            found = self.recalled.read(key, self.tables, partial(self._effects, statement))
            self._read[key] = found
        return found

    def _fact(self, query: str) -> tuple[Effect, ...]:
        """Learn from a query that is asked after each schedule, and so does nothing in it."""
        learn_from_fact(self.tables, query)
        return ()

    def _effects(self, statement: Statement) -> tuple[Effect, ...]:
        pieces = split(plain(statement.sql))
        return tuple(self._one(piece, statement.params) for piece in pieces)

    def _one(self, sql: str, params: tuple[Value, ...]) -> Effect:
        for pattern, control in _CONTROLS:
            if match := pattern.fullmatch(sql):
                return replace(_control(control, match), text=sql)
        if match := _HARMLESS.fullmatch(sql):
            parameter = match.groupdict().get("parameter")
            harmless = not parameter or harmless_parameter(parameter)
            return Effect(text=sql, known=Known.ALL if harmless else Known.NOTHING)
        if match := _FETCH.fullmatch(sql):
            return Effect(text=sql, fetches=_cursor(match["name"]))
        if match := _DECLARE.fullmatch(sql):
            found = self._query(match["query"], params)
            if match["hold"] and not _waits_for_commit(found):
                return Effect(text=sql, known=Known.NOTHING)
            late = _at_commit(found) if match["hold"] else found.late
            return replace(found, opens=_cursor(match["name"]), late=late)
        return replace(self._query(sql, params), text=sql)

    def _query(self, sql: str, params: tuple[Value, ...]) -> Effect:
        called = calls(self.catalog, sql, params)
        for _ in called.sets:
            self.tables.learn("sequence")
        tree = parse(sql)
        found = accesses(self.tables, tree, params) if tree else None
        if tree is None or found is None or called.known is not Known.ALL:
            by_plan = called.known is not Known.NOTHING and not selects_into(sql)
            known = Known.BY_PLAN if by_plan else Known.NOTHING
            return Effect(
                looks=self.tables.timed,
                accesses=frozenset(called.locks | called.draws),
                session_locks=frozenset(called.session_locks),
                session_unlocks=frozenset(called.session_unlocks),
                moments=frozenset(called.moments),
                snapshot=True,
                known=known,
            )
        found.take(called)
        carries = carries_time(sql, params)
        return Effect(
            stamps=frozenset(found.stamps),
            looks=self.tables.timed if carries else looks(self.tables, tree),
            accesses=frozenset(found.accesses),
            changes=frozenset(found.changes),
            current=frozenset(found.current),
            late=frozenset(found.late),
            movable=frozenset(found.movable),
            session_locks=frozenset(found.session_locks),
            session_unlocks=frozenset(found.session_unlocks),
            sure=frozenset(found.sure),
            moments=frozenset(found.moments),
            snapshot=True,
        )


def _control(control: Control, match: re.Match[str]) -> Effect:
    groups = match.groupdict()
    modes = groups.get("modes") or ""
    if "SNAPSHOT" in modes.upper() or "DEFAULT" in modes.upper():
        return Effect(known=Known.NOTHING)
    chains = "CHAIN" in match[0].upper() and not groups.get("chain")
    defers = _DEFERS.search(modes) is not None
    return Effect(control=control, isolation=level(modes), chains=chains, defers=defers)


def _waits_for_commit(query: Effect) -> bool:
    """Whether `_at_commit` holds all that a query does beside reading."""
    locks = any(access.verb is Verb.LOCK for access in query.accesses)
    return query.readable and not (locks or query.session_locks or query.session_unlocks)


def _at_commit(query: Effect) -> frozenset[Access]:
    """What COMMIT does for a cursor that outlives it: it computes the rows that are left."""
    drawn = {access for access in query.accesses if access.verb is Verb.DRAW}
    return query.late | drawn | ({Access(Verb.CLOCK)} if query.moments else set())


def _cursor(name: str) -> str:
    return name.strip('"') if name.startswith('"') else name.lower()
