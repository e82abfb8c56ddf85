"""What a syntax tree reads, locks and changes, given the tables that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp

from attack.explore.access import Access, Key, Mode, Rows, Verb
from attack.explore.functions import Calls
from attack.explore.schema import Schema, Table, Unique
from attack.explore.statements import Value
from attack.explore.syntax import NotConstantError, conjuncts, constant, key, name_of

Initial = Callable[[Table, Mapping[str, Key], str], str | None]
"""The value of a column in the row with the given key before each schedule, as text."""

_CATALOG: Final = frozenset(
    {"pg_attribute", "pg_class", "pg_enum", "pg_namespace", "pg_range", "pg_type"}
)
_WRITES: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


class _UnreadableError(Exception):
    """A statement does something that is not understood."""


@dataclass(slots=True)
class Found:
    """The accesses of one statement; see `effects.Effect`."""

    accesses: set[Access] = field(default_factory=set)
    changes: set[Access] = field(default_factory=set)
    session_locks: set[Access] = field(default_factory=set)
    session_unlocks: set[Access] = field(default_factory=set)
    sure: set[Rows] = field(default_factory=set)


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

    def accesses(self, tree: exp.Expr, params: tuple[Value, ...]) -> Found | None:
        """Return what a statement does, or None where that is not certain."""
        try:
            return _Reading(self, tree, params).found
        except _UnreadableError:
            return None

    def table(self, node: exp.Table) -> Table:
        """Return what is known of a table that a statement names."""
        table = self._schema.table(name_of(node))
        if table is None:
            raise _UnreadableError
        return table

    def parent(self, name: str) -> Table:
        """Return the table that a foreign key refers to."""
        table = self._schema.table(name)
        if table is None:
            raise _UnreadableError
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
        self._rekeyed.add(table.name)
        return True


class _Reading:
    """The reading of one statement."""

    def __init__(self, tables: Tables, tree: exp.Expr, params: tuple[Value, ...]) -> None:
        self._tables, self._tree, self._params = tables, tree, params
        self.found = Found()
        self._ctes = {name_of(cte.args["alias"]) for cte in tree.find_all(exp.CTE)}
        if any(node is not tree for node in tree.find_all(*_WRITES)):
            raise _UnreadableError
        self._functions()
        match tree:
            case exp.Insert():
                self._insert(tree)
            case exp.Update():
                self._update(tree)
            case exp.Delete():
                self._delete(tree)
            case exp.Query():
                if tree.find(exp.Into):
                    raise _UnreadableError
            case _:
                raise _UnreadableError
        for select in tree.find_all(exp.Select):
            self._select(select)

    def _functions(self) -> None:
        calls = Calls(self._tree, self._params)
        if not calls.known:
            raise _UnreadableError
        self.found.accesses |= calls.locks
        self.found.session_locks |= calls.session_locks
        self.found.session_unlocks |= calls.session_unlocks

    # Queries

    def _select(self, select: exp.Select) -> None:
        sources = list(_sources(select))
        own = [node for node in sources if isinstance(node, exp.Table) and self._stored(node)]
        for node in own:
            table = self._tables.table(node)
            alone = len(sources) == 1
            where = self._where(select.args.get("where"), table, node) if alone else {}
            rows = Rows(table.name, frozenset(where.items()))
            self._access(Verb.READ, rows)
            for lock in select.args.get("locks") or []:
                if len(own) < len(sources):
                    raise _UnreadableError  # it locks inside a subquery
                names = {name_of(of) for of in lock.expressions}
                if not names or node.alias_or_name in names:
                    self._access(Verb.LOCK, rows, _mode(lock))
                    self._surely(table, where)

    def _stored(self, node: exp.Table) -> bool:
        """Whether it is a table that others may change."""
        if not isinstance(node.this, exp.Identifier):
            return False  # a function: those are known by now
        name = name_of(node)
        return node.args.get("db") is not None or name not in self._ctes | _CATALOG

    # Writes

    def _update(self, update: exp.Update) -> None:
        table, node = self._target(update)
        others = update.args.get("from_") or update.args.get("from")
        assigned: dict[str, Value | NotConstantError] = {}
        for assignment in update.expressions:
            column = assignment.this
            if not isinstance(assignment, exp.EQ) or not isinstance(column, exp.Column):
                raise _UnreadableError
            assigned[name_of(column)] = self._value(assignment.expression)
        self._others(others, target=node)
        where = {} if others else self._where(update.args.get("where"), table, node)
        fixed = {column: value for column, value in where.items() if column not in assigned}
        rows = Rows(table.name, frozenset(fixed.items()))
        changed = {
            column
            for column in assigned.keys() & table.key_columns
            if isinstance(value := assigned[column], NotConstantError)
            or self._tables.changes_key(table, fixed, column, value)
        }
        if changed and self._tables.is_parent(table):
            raise _UnreadableError
        self._access(Verb.READ, rows)
        self._access(Verb.LOCK, rows, Mode.UPDATE if changed else Mode.NO_KEY_UPDATE)
        self._change(Verb.CREATE if changed else Verb.CHANGE, rows)
        self._surely(table, where)
        for unique in table.uniques:
            if not unique.columns or changed & set(unique.columns):
                self._access(Verb.LOCK, Rows(f"index {unique.name}"), Mode.UPDATE)
        self._refer(table, assigned, omitted=False)

    def _delete(self, delete: exp.Delete) -> None:
        table, node = self._target(delete)
        if self._tables.is_parent(table):
            raise _UnreadableError
        self._others(*(delete.args.get("using") or []), target=node)
        alone = not delete.args.get("using")
        where = self._where(delete.args.get("where"), table, node) if alone else {}
        rows = Rows(table.name, frozenset(where.items()))
        self._access(Verb.READ, rows)
        self._access(Verb.LOCK, rows, Mode.UPDATE)
        self._change(Verb.CREATE, rows)
        for unique in table.uniques:
            self._access(Verb.LOCK, Rows(f"index {unique.name}"), Mode.UPDATE)

    def _insert(self, insert: exp.Insert) -> None:
        table, _ = self._target(insert)
        for values in self._inserted(insert):
            given = {c: v for c, v in values.items() if c not in table.generated or v is not None}
            keys = {
                column: found
                for column, value in given.items()
                if not isinstance(value, NotConstantError)
                and (found := key(value, table.kinds.get(column))) is not None
            }
            self._change(Verb.CREATE, Rows(table.name, frozenset(keys.items())))
            for unique in table.uniques:
                self._claim(table, unique, given, keys)
            self._refer(table, given, omitted=True)
        self._on_conflict(insert, table)

    def _inserted(self, insert: exp.Insert) -> Iterator[dict[str, Value | NotConstantError]]:
        """The columns of each row with their values."""
        target, source = insert.this, insert.expression
        if source is None:
            yield {}  # DEFAULT VALUES
            return
        if not isinstance(target, exp.Schema):
            raise _UnreadableError  # without names, the columns are those of the table's order
        columns = [name_of(column) for column in target.expressions]
        if not isinstance(source, exp.Values):
            yield dict.fromkeys(columns, NotConstantError())
            return
        for row in source.expressions:
            cells = zip(columns, row.expressions, strict=True)
            yield {name: self._value(cell) for name, cell in cells if not _is_default(cell)}

    def _claim(
        self,
        table: Table,
        unique: Unique,
        given: Mapping[str, Value | NotConstantError],
        keys: Mapping[str, Key],
    ) -> None:
        """Lock the new row's key in a unique index, where it can meet another."""
        for column in unique.columns:
            if column not in given and column not in table.defaults:
                return  # drawn from a sequence, or NULL, which meets nobody
            if given.get(column, "") is None:
                return
        known = {column: keys[column] for column in unique.columns if column in keys}
        rows = Rows(f"index {unique.name}", frozenset(known.items()))
        self._access(Verb.LOCK, rows, Mode.UPDATE)

    def _refer(
        self, table: Table, given: Mapping[str, Value | NotConstantError], omitted: bool
    ) -> None:
        """Lock the parents' rows that foreign keys refer to; unless omitted columns are NULL."""
        for foreign in table.foreign_keys:
            touched = [column for column in foreign.columns if column in given]
            absent = [c for c in foreign.columns if c not in given and c not in table.defaults]
            if any(given[column] is None for column in touched) or (omitted and absent):
                continue
            if not omitted and not touched:
                continue
            parent = self._tables.parent(foreign.parent)
            where: dict[str, Key] = {}
            for own, theirs in zip(foreign.columns, foreign.parent_columns, strict=True):
                value = given.get(own, NotConstantError())
                if not isinstance(value, NotConstantError):
                    found = key(value, parent.kinds.get(theirs))
                    where |= {} if found is None else {theirs: found}
            rows = Rows(parent.name, frozenset(where.items()))
            self._access(Verb.REFERENCE, rows)
            self._access(Verb.LOCK, rows, Mode.KEY_SHARE)

    def _on_conflict(self, insert: exp.Insert, table: Table) -> None:
        conflict = insert.args.get("conflict")
        if conflict is None:
            return
        self._access(Verb.READ, Rows(table.name))
        assigned = {name_of(e.this) for e in conflict.expressions if isinstance(e, exp.EQ)}
        if assigned & table.key_columns or assigned & {
            column for foreign in table.foreign_keys for column in foreign.columns
        }:
            raise _UnreadableError
        if conflict.expressions:
            self._access(Verb.LOCK, Rows(table.name), Mode.NO_KEY_UPDATE)
            self._change(Verb.CHANGE, Rows(table.name))

    # Parts of statements

    def _target(self, write: exp.Expr) -> tuple[Table, exp.Table]:
        node = write.this.this if isinstance(write.this, exp.Schema) else write.this
        if not isinstance(node, exp.Table):
            raise _UnreadableError
        return self._tables.table(node), node

    def _others(self, *parts: exp.Expr | None, target: exp.Table | None = None) -> None:
        """Read, without conditions, the further tables of an UPDATE or DELETE."""
        for part in parts:
            for node in part.find_all(exp.Table) if part else ():
                inside = node is target or node.find_ancestor(exp.Select)
                if not inside and self._stored(node):
                    self._access(Verb.READ, Rows(self._tables.table(node).name))

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
            if column.table not in ("", node.alias_or_name):
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

    def _surely(self, table: Table, where: Mapping[str, Key]) -> None:
        for unique in table.uniques:
            if unique.columns and where.keys() >= set(unique.columns):
                known = {column: where[column] for column in unique.columns}
                self.found.sure.add(Rows(table.name, frozenset(known.items())))

    def _access(self, verb: Verb, rows: Rows, mode: Mode | None = None) -> None:
        self.found.accesses.add(Access(verb, rows, mode))

    def _change(self, verb: Verb, rows: Rows) -> None:
        self.found.changes.add(Access(verb, rows))


def _sources(select: exp.Select) -> Iterable[exp.Expr]:
    """What stands in FROM and JOIN."""
    start = select.args.get("from_") or select.args.get("from")
    for part in [start, *(select.args.get("joins") or [])]:
        if part is not None:
            yield part.this
            yield from (join.this for join in part.this.args.get("joins") or [])


def _mode(lock: exp.Lock) -> Mode:
    if lock.args.get("update"):
        return Mode.NO_KEY_UPDATE if lock.args.get("key") else Mode.UPDATE
    return Mode.KEY_SHARE if lock.args.get("key") else Mode.SHARE


def _is_default(node: exp.Expr) -> bool:
    bare = isinstance(node, exp.Column | exp.Var) and node.name.upper() == "DEFAULT"
    return bare and not node.args.get("table")
