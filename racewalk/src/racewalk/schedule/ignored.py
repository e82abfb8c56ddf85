"""Columns whose values are not compared between runs: where they stand in a statement and its rows.

A statement that can't be parsed is compared as it is, so that what it hides from this page shows as
a difference and never as the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from racewalk.wire.plain import spaced
from racewalk.wire.statements import Value

IGNORED: Final = "<ignored>"
_REMEMBERED: Final = 4096
"""Statements that are remembered before all are forgotten."""
_COMPARES: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is ignored of one statement.

    Attributes:
        sql: with the literals that belong to ignored columns replaced.
        params: indexes of the parameters that do, each with the pattern that it falls under.
        columns: what its rows show: for each place its pattern or '', None where '*' is selected.
        tables: those that it names.
        met: the patterns of replaced literals.
    """

    sql: str
    params: Mapping[int, str] = field(default_factory=dict)
    columns: Sequence[str] | None = ()
    tables: frozenset[str] = frozenset()
    met: frozenset[str] = frozenset()


class Ignored:
    """Columns, told by patterns.

    Args:
        patterns: `table.column` each; * stands for any name, or for any part of one.

    Raises:
        ValueError: a pattern is none.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        for pattern in patterns:
            if pattern.count(".") != 1 or not all(pattern.split(".")):
                raise ValueError(f"{pattern!r} names no column: expected table.column")
        self._patterns = tuple(patterns)
        self._known: dict[str, _Reading] = {}

    def statement(
        self, sql: str, params: tuple[Value, ...]
    ) -> tuple[str, tuple[Value, ...], frozenset[str]]:
        """Return a statement and its values without what is ignored, and the patterns that hit."""
        reading = self._reading(sql)
        values = tuple(
            IGNORED if index in reading.params else value for index, value in enumerate(params)
        )
        return reading.sql, values, reading.met | frozenset(reading.params.values())

    def columns(self, sql: str, names: Sequence[str]) -> dict[int, str]:
        """Return which columns of a statement's rows are ignored, each with its pattern."""
        reading = self._reading(sql)
        found = reading.columns
        if found is None or len(found) != len(names):
            found = [self._pattern(reading.tables, name) for name in names]
        return {index: pattern for index, pattern in enumerate(found) if pattern}

    def of_table(self, table: str, columns: Iterable[str]) -> frozenset[str]:
        """Return which of a table's columns are ignored."""
        here = frozenset({table})
        return frozenset(column for column in columns if self._pattern(here, column))

    def _reading(self, sql: str) -> _Reading:
        if sql not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[sql] = self._read(sql)
        return self._known[sql]

    def _read(self, sql: str) -> _Reading:
        try:
            tree = sqlglot.parse_one(spaced(sql), dialect="postgres")
        except (SqlglotError, RecursionError):
            return _Reading(sql)
        if not isinstance(tree, exp.Expression):
            return _Reading(sql)
        tables = {each.alias_or_name: each.name for each in tree.find_all(exp.Table)}
        params: dict[int, str] = {}
        met = set[str]()
        columns = self._shown(tree, tables)
        for value, pattern in list(self._values(tree, tables)):
            if isinstance(value, exp.Parameter):
                if value.name.isdigit():
                    params[int(value.name) - 1] = pattern
            else:
                value.replace(exp.Literal.string(IGNORED))
                met.add(pattern)
        text = tree.sql(dialect="postgres") if met else sql
        return _Reading(text, params, columns, frozenset(tables.values()), frozenset(met))

    def _pattern(self, tables: frozenset[str], column: str) -> str:
        """The first pattern that a column of one of these tables falls under, or ''."""
        for pattern in self._patterns:
            table, _, name = pattern.partition(".")
            if fnmatchcase(column, name) and any(fnmatchcase(each, table) for each in tables):
                return pattern
        return ""

    def _of(self, node: exp.Expression | None, tables: Mapping[str, str]) -> str:
        """The pattern that a column falls under; '' for what is no such column."""
        if not isinstance(node, exp.Column):
            return ""
        named = [tables[node.table]] if node.table in tables else tables.values()
        return self._pattern(frozenset(named), node.name)

    def _shown(self, tree: exp.Expression, tables: Mapping[str, str]) -> list[str] | None:
        """For each column of the rows the pattern that it falls under, or ''."""
        returning = tree.args.get("returning")
        shown = returning.expressions if returning else getattr(tree, "selects", [])
        if any(each.is_star for each in shown):
            return None
        return [
            next(filter(None, (self._of(c, tables) for c in each.find_all(exp.Column))), "")
            for each in shown
        ]

    def _values(
        self, tree: exp.Expression, tables: Mapping[str, str]
    ) -> Iterator[tuple[exp.Expression, str]]:
        """The values that are put into ignored columns, or compared with them."""
        for each in cast(Iterator[exp.Expression], tree.find_all(*_COMPARES)):
            columns = (self._of(child, tables) for child in each.iter_expressions())
            if pattern := next(filter(None, columns), ""):
                yield from ((value, pattern) for value in _constants(each))
        for insert in tree.find_all(exp.Insert):
            yield from self._inserted(insert)

    def _inserted(self, insert: exp.Insert) -> Iterator[tuple[exp.Expression, str]]:
        rows = insert.expression
        if not isinstance(insert.this, exp.Schema) or not isinstance(rows, exp.Values):
            return
        table = frozenset({insert.this.this.name})
        patterns = [self._pattern(table, column.name) for column in insert.this.expressions]
        for row in rows.expressions:
            for pattern, value in zip(patterns, row.expressions, strict=False):
                if pattern:
                    yield from ((each, pattern) for each in _constants(value))


def _constants(node: exp.Expression) -> Iterator[exp.Expression]:
    """The literals and parameters in an expression, itself included."""
    for each in node.find_all(exp.Literal, exp.Parameter):
        if not isinstance(each.parent, exp.Parameter):
            yield each
