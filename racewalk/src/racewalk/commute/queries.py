"""What a query reads and locks; the common ground of all statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp

from racewalk.commute.access import Access, Key, Mode, Rows, Verb
from racewalk.commute.calls import Calls, Known, Moment, calls, sequence
from racewalk.commute.order import shows_order
from racewalk.commute.schema import Table
from racewalk.commute.syntax import (
    NotConstantError,
    alias_of,
    conjuncts,
    constant,
    find_all,
    has,
    key,
    name_of,
)
from racewalk.commute.tables import Tables, UnreadableError
from racewalk.wire.statements import Value

_CATALOG: Final = frozenset(
    {"pg_attribute", "pg_class", "pg_enum", "pg_namespace", "pg_range", "pg_type"}
)
_HEADERS: Final = frozenset({"xmin", "xmax", "cmin", "cmax"})
"""System columns that tell of transactions, by their numbers."""


Stamp = tuple[Moment, str, str]
"""A time that is put into a column and used for nothing else: which one, the table, the column."""


@dataclass(slots=True)
class Found:
    """The accesses of one statement; see `effects.Effect`."""

    accesses: set[Access] = field(default_factory=set)
    changes: set[Access] = field(default_factory=set)
    current: set[Access] = field(default_factory=set)
    late: set[Access] = field(default_factory=set)
    movable: set[Access] = field(default_factory=set)
    session_locks: set[Access] = field(default_factory=set)
    session_unlocks: set[Access] = field(default_factory=set)
    sure: set[Rows] = field(default_factory=set)
    moments: set[Moment] = field(default_factory=set)
    stamps: set[Stamp] = field(default_factory=set)

    def take(self, called: Calls) -> None:
        """Add what functions do."""
        self.accesses |= called.locks | called.draws
        self.session_locks |= called.session_locks
        self.session_unlocks |= called.session_unlocks
        self.moments |= called.moments


class Query:
    """The reading of one statement: all its SELECTs.

    Args:
        tables: what is known of the database.
        tree: the statement.
        params: the values of $1, $2 …

    Raises:
        UnreadableError: it does something that is not understood.
    """

    def __init__(self, tables: Tables, tree: exp.Expr, params: tuple[Value, ...]) -> None:
        self._tables, self._tree, self._params = tables, tree, params
        self.found = Found()
        self._accounted: set[int] = set()
        self._ctes = {name_of(cte.args["alias"]) for cte in find_all(tree, exp.CTE)}
        # Which of the two a name means hangs on where it stands.
        if has(tree, exp.Into) or any(tables.has(name) for name in self._ctes):
            raise UnreadableError
        if any(name_of(column) in _HEADERS for column in find_all(tree, exp.Column)):
            tables.learn("numbers")
            raise UnreadableError
        for select in find_all(tree, exp.Select):
            self._select(select)

    def complete(self) -> Found:
        """Return the accesses.

        Raises:
            UnreadableError: a table is named in a place that was not looked at.
        """
        for node in find_all(self._tree, exp.Table):
            named_again = node.parent is not None and isinstance(node.parent, exp.Lock)  # OF table
            if self._stored(node) and not named_again and id(node) not in self._accounted:
                raise UnreadableError
        return self.found

    def _calls(self, sql: str) -> None:
        """Take what an expression of the catalog does, such as a CHECK."""
        self.found.take(self._called(sql))

    def _called(self, sql: str) -> Calls:
        """What an expression of the catalog does."""
        called = calls(self._tables.catalog, sql)
        if called.known is not Known.ALL or "set_config" in sql.lower():
            raise UnreadableError
        return called

    def _select(self, select: exp.Select) -> None:
        sources = list(_sources(select))
        own = [node for node in sources if isinstance(node, exp.Table) and self._stored(node)]
        read: list[tuple[Table, str, bool]] = []
        for node in own:
            self._accounted.add(id(node))
            if node.args.get("alias") and node.args["alias"].args.get("columns"):
                raise UnreadableError  # its columns go by other names
            table = self._tables.table(node)
            if table.sequence:
                self._access(Verb.DRAW, sequence(table.relation))
                continue
            alone = len(sources) == 1
            where = self._where(select.args.get("where"), table, node) if alone else {}
            rows = Rows(table.name, frozenset(where.items()))
            self._access(Verb.READ, rows)
            read.append((table, alias_of(node), self._is_one(table, where)))
            for lock in select.args.get("locks") or []:
                if len(own) < len(sources):
                    raise UnreadableError  # it locks inside a subquery
                names = {name_of(of) for of in lock.expressions}
                if not names or alias_of(node) in names:
                    self._lock(table, where, _mode(lock))
                    if select is self._tree:
                        self._surely(table, where)
        if shows_order(select, read, derived=len(own) < len(sources)):
            for table, *_ in read:
                self._tables.learn("order", table.name)

    def _stored(self, node: exp.Table) -> bool:
        """Whether it is a table that others may change."""
        if not isinstance(node.this, exp.Identifier):
            return False  # a function: those are looked at by `calls`
        name = name_of(node)
        return node.args.get("db") is not None or name not in self._ctes | _CATALOG

    def _where(self, condition: exp.Expr | None, table: Table, node: exp.Table) -> dict[str, Key]:
        """The columns that have one known value in every row that the condition lets pass."""
        found: dict[str, Key] = {}
        for part in conjuncts(condition):
            column, other = part.this, part.args.get("expression")
            if isinstance(part, exp.In) and len(part.expressions) == 1:
                other = part.expressions[0]
            elif not isinstance(part, exp.EQ):
                continue
            if not isinstance(column, exp.Column):
                column, other = other, column
            if not isinstance(column, exp.Column) or other is None:
                continue
            if column.table and name_of(column.args["table"]) != alias_of(node):
                continue
            value = self._value(other)
            if not isinstance(value, NotConstantError):
                known = key(value, table.kinds.get(name_of(column)))
                if known is not None:
                    found[name_of(column)] = known
        return found

    def _value(self, node: exp.Expr) -> Value | NotConstantError:
        try:
            return constant(node, self._params)
        except NotConstantError as error:
            return error

    @staticmethod
    def _is_one(table: Table, where: Mapping[str, Key]) -> bool:
        """Whether the conditions let one row pass at most."""
        return any(
            unique.columns and not unique.deferrable and where.keys() >= set(unique.columns)
            for unique in table.uniques
        )

    def _surely(self, table: Table, where: Mapping[str, Key]) -> None:
        for unique in table.uniques:
            if unique.columns and where.keys() >= set(unique.columns):
                known = {column: where[column] for column in unique.columns}
                self.found.sure.add(Rows(table.name, frozenset(known.items())))

    def _lock(self, table: Table, where: Mapping[str, Key], mode: Mode) -> None:
        """Lock rows, told by what cannot change while the lock is held.

        FOR KEY SHARE lets others change all but the keys; what they change tells no rows apart.
        """
        fixed = self._lasting(table, where)
        if mode is Mode.KEY_SHARE:
            fixed = {column: fixed[column] for column in fixed.keys() & table.key_columns}
        self._access(Verb.LOCK, Rows(table.name, frozenset(fixed.items())), mode)

    def _lasting(self, table: Table, where: Mapping[str, Key]) -> dict[str, Key]:
        """Of the conditions those that hold of a row that was waited for, whatever becomes of it.

        Who waits locks the newest version of the row, and keeps the lock though it is dropped
        then, for the conditions do not hold of it any more.
        """
        moves = self._tables.moves
        return {column: value for column, value in where.items() if not moves(table, column)}

    def _access(self, verb: Verb, rows: Rows, mode: Mode | None = None) -> None:
        self.found.accesses.add(Access(verb, rows, mode))

    def _change(self, verb: Verb, rows: Rows) -> None:
        self.found.changes.add(Access(verb, rows))


def _sources(select: exp.Select) -> Iterable[exp.Expr]:
    """What stands in FROM and JOIN."""
    start = select.args.get("from_") or select.args.get("from")
    for part in [start, *(select.args.get("joins") or []), *(select.args.get("laterals") or [])]:
        if part is not None:
            yield part.this
            yield from (join.this for join in part.this.args.get("joins") or [])


def _mode(lock: exp.Lock) -> Mode:
    if lock.args.get("update"):
        return Mode.NO_KEY_UPDATE if lock.args.get("key") else Mode.UPDATE
    return Mode.KEY_SHARE if lock.args.get("key") else Mode.SHARE
