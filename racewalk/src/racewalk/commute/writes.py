"""What INSERT, UPDATE and DELETE lock and change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlglot import exp

from racewalk.commute.access import Access, Key, Mode, Rows, Verb
from racewalk.commute.queries import Found, Query
from racewalk.commute.schema import Table, Unique
from racewalk.commute.syntax import NotConstantError, key, name_of
from racewalk.commute.tables import Tables, UnreadableError
from racewalk.wire.statements import Value

_WRITES: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


def accesses(tables: Tables, tree: exp.Expr, params: tuple[Value, ...]) -> Found | None:
    """Return what a statement does, or None where that is not certain."""
    try:
        if any(node is not tree for node in tree.find_all(*_WRITES)):
            return None
        if isinstance(tree, exp.Query):
            return Query(tables, tree, params).complete()
        if isinstance(tree, exp.Insert | exp.Update | exp.Delete):
            return _Write(tables, tree, params).complete()
    except UnreadableError:
        pass
    return None


class _Write(Query):
    """The reading of a statement that writes."""

    def __init__(
        self, tables: Tables, tree: exp.Insert | exp.Update | exp.Delete, params: tuple[Value, ...]
    ) -> None:
        super().__init__(tables, tree, params)
        match tree:
            case exp.Insert():
                self._insert(tree)
            case exp.Update():
                self._update(tree)
            case exp.Delete():
                self._delete(tree)

    def _update(self, update: exp.Update) -> None:
        table, node = self._target(update)
        others = update.args.get("from_") or update.args.get("from")
        assigned: dict[str, Value | NotConstantError] = {}
        for assignment in update.expressions:
            column = assignment.this
            if not isinstance(assignment, exp.EQ) or not isinstance(column, exp.Column):
                raise UnreadableError
            assigned[name_of(column)] = self._value(assignment.expression)
        self._others(others, target=node)
        where = {} if others else self._where(update.args.get("where"), table, node)
        fixed = {column: value for column, value in where.items() if column not in assigned}
        rows = Rows(table.name, frozenset(fixed.items()))
        changed = {
            column
            for column in assigned.keys() & table.key_columns
            if self._changes_key(table, fixed, column, assigned[column])
        }
        if changed and self._tables.is_parent(table):
            raise UnreadableError
        self._access(Verb.READ, rows)
        self._access(Verb.LOCK, rows, Mode.UPDATE if changed else Mode.NO_KEY_UPDATE)
        self._change(Verb.CREATE if changed else Verb.CHANGE, rows)
        self._surely(table, where)
        for unique in table.uniques:
            if not unique.columns or changed & set(unique.columns):
                self._access(Verb.LOCK, Rows(f"index {unique.name}"), Mode.UPDATE)
        self._refer(table, assigned, omitted=False)

    def _changes_key(
        self, table: Table, where: Mapping[str, Key], column: str, value: Value | NotConstantError
    ) -> bool:
        if isinstance(value, NotConstantError):
            self._tables.rekeys(table)
            return True
        return self._tables.changes_key(table, where, column, value)

    def _delete(self, delete: exp.Delete) -> None:
        table, node = self._target(delete)
        if self._tables.is_parent(table):
            raise UnreadableError
        self._others(*(delete.args.get("using") or []), target=node)
        self._tables.rekeys(table)
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
            raise UnreadableError  # without names, the columns are those of the table's order
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
        self.found.current.add(Access(Verb.READ, Rows(table.name)))
        if not all(
            isinstance(each, exp.EQ) and isinstance(each.this, exp.Column | exp.Identifier)
            for each in conflict.expressions
        ):
            raise UnreadableError
        assigned = {name_of(each.this) for each in conflict.expressions}
        if assigned & table.key_columns or assigned & {
            column for foreign in table.foreign_keys for column in foreign.columns
        }:
            raise UnreadableError
        if conflict.expressions:
            self._access(Verb.LOCK, Rows(table.name), Mode.NO_KEY_UPDATE)
            self._change(Verb.CHANGE, Rows(table.name))

    def _target(self, write: exp.Expr) -> tuple[Table, exp.Table]:
        node = write.this.this if isinstance(write.this, exp.Schema) else write.this
        if not isinstance(node, exp.Table):
            raise UnreadableError
        self._accounted.add(id(node))
        return self._tables.table(node), node

    def _others(self, *parts: exp.Expr | None, target: exp.Table | None = None) -> None:
        """Read, without conditions, the further tables of an UPDATE or DELETE."""
        for part in parts:
            for node in part.find_all(exp.Table) if part else ():
                inside = node is target or node.find_ancestor(exp.Select)
                if not inside and self._stored(node):
                    self._accounted.add(id(node))
                    self._access(Verb.READ, Rows(self._tables.table(node).name))


def _is_default(node: exp.Expr) -> bool:
    bare = isinstance(node, exp.Column | exp.Var) and node.name.upper() == "DEFAULT"
    return bare and not node.args.get("table")
