"""What INSERT, UPDATE and DELETE lock and change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlglot import exp

from racewalk.commute.access import Access, Key, Mode, Rows, Verb
from racewalk.commute.order import PLACES
from racewalk.commute.queries import Found, Query
from racewalk.commute.schema import Table, Unique
from racewalk.commute.syntax import NotConstantError, find_all, has, key, name_of
from racewalk.commute.tables import Tables, UnreadableError
from racewalk.wire.statements import Value

Given = Mapping[str, Value | NotConstantError]
"""The columns that a statement gives a value, with the value where it is constant."""


def accesses(tables: Tables, tree: exp.Expr, params: tuple[Value, ...]) -> Found | None:
    """Return what a statement does, functions aside, or None where that is not certain."""
    try:
        if has(tree, exp.Merge):
            return None
        if isinstance(tree, exp.Query | exp.Insert | exp.Update | exp.Delete):
            return _Write(tables, tree, params).complete()
    except UnreadableError:
        pass
    return None


class _Write(Query):
    """The reading of a statement that may write, in its WITH too."""

    def __init__(self, tables: Tables, tree: exp.Expr, params: tuple[Value, ...]) -> None:
        super().__init__(tables, tree, params)
        for insert in find_all(tree, exp.Insert):
            self._insert(insert)
        for update in find_all(tree, exp.Update):
            self._update(update)
        for delete in find_all(tree, exp.Delete):
            self._delete(delete)

    def _update(self, update: exp.Update) -> None:
        table, node = self._target(update)
        others = update.args.get("from_") or update.args.get("from")
        assigned: dict[str, Value | NotConstantError] = {}
        for assignment in update.expressions:
            column = assignment.this
            if not isinstance(assignment, exp.EQ) or not isinstance(column, exp.Column):
                raise UnreadableError
            assigned[name_of(column)] = self._value(assignment.expression)
            if _is_default(assignment.expression):
                self._default(table, name_of(column))
        self._others(others, target=node)
        where = {} if others else self._where(update.args.get("where"), table, node)
        fixed = {column: value for column, value in where.items() if column not in assigned}
        rows = Rows(table.name, frozenset(fixed.items()))
        changed = {
            column
            for column in assigned.keys() & table.key_columns
            if self._changes_key(table, fixed, column, assigned[column])
        }
        for column in (assigned.keys() - table.key_columns) | changed:
            self._tables.note_write(table, fixed, column, assigned[column])
        if changed & self._tables.referred(table):
            raise UnreadableError
        held = Rows(table.name, frozenset(self._lasting(table, fixed).items()))
        self._access(Verb.READ, rows)
        self._access(Verb.LOCK, held, Mode.UPDATE if changed else Mode.NO_KEY_UPDATE)
        self._change(Verb.CREATE if changed else Verb.CHANGE, rows)
        self._writes(table, one=self._is_one(table, where))
        if update is self._tree:
            self._surely(table, where)
        for unique in table.uniques:
            touched = unique.deferrable and assigned.keys() & set(unique.columns)
            if not unique.columns or touched or changed & set(unique.columns):
                self._index(unique, Rows(f"index {unique.name}"), Mode.UPDATE)
            else:  # who inserts this key has to wait until it is known which version stays
                keys = {column: fixed[column] for column in fixed.keys() & set(unique.columns)}
                self._index(
                    unique, Rows(f"index {unique.name}", frozenset(keys.items())), Mode.SHARE
                )
        self._refer(table, assigned, omitted=False)

    def _changes_key(
        self, table: Table, where: Mapping[str, Key], column: str, value: Value | NotConstantError
    ) -> bool:
        if isinstance(value, NotConstantError):
            self._tables.learn("keys", table.name)
            return True
        return self._tables.changes_key(table, where, column, value)

    def _writes(self, table: Table, one: bool = True) -> None:
        """Take the new versions' places, and do what the table's CHECKs do.

        Several rows are locked one after the other, as they lie.
        """
        self._access(Verb.PLACE, Rows(table.name))
        for check in table.checks:
            self._calls(check)
        if not one or self._shows_places():
            self._tables.learn("order", table.name)

    def _shows_places(self) -> bool:
        """Whether it tells where its rows lie."""
        return any(name_of(column) in PLACES for column in find_all(self._tree, exp.Column))

    def _delete(self, delete: exp.Delete) -> None:
        table, node = self._target(delete)
        if self._tables.referred(table):
            raise UnreadableError
        self._others(*(delete.args.get("using") or []), target=node)
        self._tables.learn("keys", table.name)
        alone = not delete.args.get("using")
        where = self._where(delete.args.get("where"), table, node) if alone else {}
        if not self._is_one(table, where) or self._shows_places():
            self._tables.learn("order", table.name)
        rows = Rows(table.name, frozenset(where.items()))
        self._access(Verb.READ, rows)
        self._lock(table, where, Mode.UPDATE)
        self._change(Verb.CREATE, rows)
        for unique in table.uniques:
            self._index(unique, Rows(f"index {unique.name}"), Mode.UPDATE)

    def _index(self, unique: Unique, rows: Rows, mode: Mode) -> None:
        """Lock keys of an index, for a deferrable constraint at the end once more."""
        self._access(Verb.LOCK, rows, mode)
        if unique.deferrable:
            self.found.late.add(Access(Verb.LOCK, rows, mode))

    def _insert(self, insert: exp.Insert) -> None:
        table, _ = self._target(insert)
        self._writes(table)
        for given in self._inserted(insert, table):
            keys = {
                column: found
                for column, value in given.items()
                if not isinstance(value, NotConstantError)
                and (found := key(value, table.kinds.get(column))) is not None
            }
            self._change(Verb.CREATE, Rows(table.name, frozenset(keys.items())))
            for column in table.defaults.keys() - given.keys():
                self._default(table, column)
            for unique in table.uniques:
                self._claim(table, unique, given, keys)
            self._refer(table, given, omitted=True)
        self._on_conflict(insert, table)

    def _inserted(self, insert: exp.Insert, table: Table) -> Iterator[Given]:
        """The columns of each row with their values."""
        target, source = insert.this, insert.expression
        columns = list(table.columns)  # without names, the first of the table's
        if isinstance(target, exp.Schema):
            columns = [name_of(column) for column in target.expressions]
        if source is None:
            yield {}  # DEFAULT VALUES
            return
        if not isinstance(source, exp.Values):
            if not isinstance(target, exp.Schema):
                raise UnreadableError  # how many columns it gives is not known
            yield dict.fromkeys(columns, NotConstantError())
            return
        for row in source.expressions:
            cells = row.expressions if isinstance(row, exp.Tuple) else [row]
            if len(cells) > len(columns):
                raise UnreadableError
            pairs = zip(columns, cells, strict=False)
            yield {name: self._value(cell) for name, cell in pairs if not _is_default(cell)}

    def _default(self, table: Table, column: str) -> None:
        """Do what a column's default does; a time in it may be kept there and nowhere else."""
        called = self._called(table.defaults.get(column, ""))
        if called.moments and not _decides(table, column):
            self.found.stamps |= {(moment, table.name, column) for moment in called.moments}
            called.moments.clear()
        self.found.take(called)

    def _claim(self, table: Table, unique: Unique, given: Given, keys: Mapping[str, Key]) -> None:
        """Lock the new row's key in a unique index, where it can meet another.

        Keys that are drawn from the column's own sequence never meet one another, only those that
        are given by hand; unless the sequence is set by hand as well.
        """
        mode = Mode.UPDATE
        for column in unique.columns:
            if column in given:
                if given[column] is None and not unique.nulls:
                    return  # NULL meets nobody
            elif column in table.drawn and ("sequence", "") not in self._tables.learnt:
                mode = Mode.SHARE
            elif column not in table.defaults and not unique.nulls:
                return
        known = {column: keys[column] for column in unique.columns if column in keys}
        rows = Rows(f"index {unique.name}", frozenset(known.items()))
        self._index(unique, rows, mode)

    def _refer(self, table: Table, given: Given, omitted: bool) -> None:
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
            held = Rows(parent.name, frozenset(self._lasting(parent, where).items()))
            asked = {
                Access(Verb.REFERENCE, Rows(parent.name, frozenset(where.items()))),
                Access(Verb.LOCK, held, Mode.KEY_SHARE),
            }
            if foreign.deferred:
                self.found.late |= asked
            else:
                self.found.accesses |= asked
            if foreign.deferrable:
                self.found.movable |= asked

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
        for each in conflict.expressions:
            self._tables.learn("moves", f"{table.name}.{name_of(each.this)}")
            if _is_default(each.expression):
                self._calls(table.defaults.get(name_of(each.this), ""))
        if conflict.expressions:
            for unique in table.uniques:  # the other keys of the row that is updated
                self._access(Verb.LOCK, Rows(f"index {unique.name}"), Mode.SHARE)
            self._access(Verb.LOCK, Rows(table.name), Mode.NO_KEY_UPDATE)
            self._change(Verb.CHANGE, Rows(table.name))

    def _target(self, write: exp.Expr) -> tuple[Table, exp.Table]:
        node = write.this.this if isinstance(write.this, exp.Schema) else write.this
        if not isinstance(node, exp.Table):
            raise UnreadableError
        self._accounted.add(id(node))
        table = self._tables.table(node, writes=True)
        if table.sequence:
            raise UnreadableError
        return table, node

    def _others(self, *parts: exp.Expr | None, target: exp.Table | None = None) -> None:
        """Read, without conditions, the further tables of an UPDATE or DELETE."""
        for part in parts:
            for node in find_all(part, exp.Table) if part else ():
                inside = node is target or node.find_ancestor(exp.Select)
                if not inside and self._stored(node):
                    self._accounted.add(id(node))
                    table = self._tables.table(node)
                    self._access(Verb.READ, Rows(table.name))
                    self._tables.learn("order", table.name)


def _decides(table: Table, column: str) -> bool:
    """Whether a write can fail or wait because of a column's value."""
    words = re.compile(rf"\b{re.escape(column)}\b")
    keys = any(not unique.columns or column in unique.columns for unique in table.uniques)
    refers = any(column in foreign.columns for foreign in table.foreign_keys)
    return keys or refers or any(words.search(check) for check in table.checks)


def _is_default(node: exp.Expr) -> bool:
    bare = isinstance(node, exp.Column | exp.Var) and node.name.upper() == "DEFAULT"
    return bare and not node.args.get("table")
