"""Which columns a story has to show: those that one request wrote and another one read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from racewalk.schedule.record import Run
from racewalk.wire.plain import spaced
from racewalk.wire.statements import Statement

_MOST: Final = 3
Column = tuple[str, str]
"""Table and column."""


def shared_columns(run: Run) -> tuple[str, ...]:
    """Return the columns that one request of a run wrote and another read, the foremost first.

    Args:
        run: a complete schedule, in whatever order.
    """
    return _shared(run)[:_MOST]


def changing_columns(run: Run) -> tuple[str, ...]:
    """Return those of them whose values differ, or all where none does: an ORM writes whole rows.

    Args:
        run: a complete schedule, in whatever order.
    """
    shared, seen = _shared(run), dict[str, set[str]]()
    for step in run.steps:
        for row in step.rows:
            for column, value in zip(step.columns, row, strict=False):
                seen.setdefault(column, set()).add(str(value))
        for statement in step.statements:
            for column, value in _set(statement):
                seen.setdefault(column, set()).add(value)
    changing = [column for column in shared if len(seen.get(column, ())) > 1]
    return tuple(changing or shared)[:_MOST]


def _set(statement: Statement) -> Iterator[tuple[str, str]]:
    """The columns that an UPDATE sets, each with its value; one that is computed as its SQL."""
    tree = _parsed(statement.sql)
    for each in tree.expressions if isinstance(tree, exp.Update) else ():
        if not isinstance(each, exp.EQ):
            continue
        value = each.expression.unnest()
        value = value.this if isinstance(value, exp.Cast) else value
        index = int(value.name) - 1 if isinstance(value, exp.Parameter) else -1
        if 0 <= index < len(statement.params):
            yield each.this.name, str(statement.params[index])
        elif isinstance(value, exp.Literal):
            yield each.this.name, value.name
        elif isinstance(value, exp.Null):
            yield each.this.name, str(None)
        else:
            yield each.this.name, value.sql().lower()


def _shared(run: Run) -> tuple[str, ...]:
    changed: dict[Column, set[int]] = {}
    made: dict[Column, set[int]] = {}
    read: dict[Column, set[int]] = {}
    shown: Counter[Column] = Counter()
    for step in run.steps:
        for statement in step.statements:
            tree = _parsed(statement.sql)
            if tree is None:
                continue
            for column in _written(tree):
                into = made if isinstance(tree, exp.Insert) else changed
                into.setdefault(column, set()).add(step.request)
            for column in _read(tree):
                read.setdefault(column, set()).add(step.request)
                shown[column] += 1
    for written in (changed, made):
        met = [
            column
            for column, writers in written.items()
            if any(writer != reader for writer in writers for reader in read.get(column, ()))
        ]
        if met:
            names = dict.fromkeys(name for _, name in sorted(met, key=lambda each: -shown[each]))
            return tuple(names)
    return ()


def _parsed(sql: str) -> exp.Expression | None:
    try:
        return cast(exp.Expression, sqlglot.parse_one(spaced(sql), dialect="postgres"))
    except (SqlglotError, RecursionError):
        return None


def _written(tree: exp.Expression) -> Iterator[Column]:
    if isinstance(tree, exp.Update) and isinstance(tree.this, exp.Table):
        for each in tree.expressions:
            if isinstance(each, exp.EQ):
                yield tree.this.name, each.this.name
    if isinstance(tree, exp.Insert) and isinstance(tree.this, exp.Schema):
        for column in tree.this.expressions:
            yield tree.this.this.name, column.name


def _read(tree: exp.Expression) -> Iterator[Column]:
    """The columns that a statement looks at: shown, compared, or part of a new value."""
    tables = {each.alias_or_name: each.name for each in tree.find_all(exp.Table)}
    for column in tree.find_all(exp.Column):
        parent = column.parent
        if isinstance(parent, exp.EQ) and isinstance(parent.parent, exp.Update):
            if parent.this is not column:  # the one that is set is written alone
                yield from _of(column, tables)
            continue
        yield from _of(column, tables)


def _of(column: exp.Column, tables: Mapping[str, str]) -> Iterator[Column]:
    """The table of a column, if that is plain, with its name."""
    if column.table in tables:
        yield tables[column.table], column.name
    elif len(set(tables.values())) == 1:
        yield next(iter(tables.values())), column.name
