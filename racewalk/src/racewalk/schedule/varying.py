"""The columns whose values differ between two runs: what `ignore` has to name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from racewalk.schedule.ignored import Ignored
from racewalk.wire.plain import spaced
from racewalk.wire.statements import Statement, Value


def made_up(before: Sequence[Statement], after: Sequence[Statement]) -> list[str]:
    """Return each column, as table.column, to which two runs gave different values.

    Args:
        before, after: the same statements in the one run and in the other.

    Returns:
        The columns, in order; none where the statements differ in more than such values.
    """
    found: dict[str, None] = {}
    for one, other in zip(before, after, strict=False):
        pairs = list(zip(_COLUMNS.values_in(one), _COLUMNS.values_in(other), strict=False))
        found.update((here[0], None) for here, there in pairs if here != there)
    return list(found)


def read_otherwise(
    statement: Statement,
    names: Sequence[str],
    before: Sequence[Sequence[Value]],
    after: Sequence[Sequence[Value]],
) -> list[str]:
    """Return each column, as table.column, of which two runs read different values.

    Args:
        statement: that read them.
        names: of its columns.
        before, after: its rows in the one run and in the other.
    """
    columns = _COLUMNS.columns(statement.sql, names)
    cells = (
        (columns.get(index), here != there)
        for row, other in zip(before, after, strict=False)
        for index, (here, there) in enumerate(zip(row, other, strict=False))
    )
    return list(dict.fromkeys(column for column, differs in cells if column and differs))


class _EveryColumn(Ignored):
    """Reads which column each value belongs to, by the same rules as `ignore`."""

    def values_in(self, statement: Statement) -> Iterator[tuple[str, Value]]:
        """Yield each value of a statement that belongs to a column, with that column."""
        try:
            tree = sqlglot.parse_one(spaced(statement.sql), dialect="postgres")
        except (SqlglotError, RecursionError):
            return
        if not isinstance(tree, exp.Expression):
            return
        tables = {each.alias_or_name: each.name for each in tree.find_all(exp.Table)}
        for value, column in self._values(tree, tables):
            if not isinstance(value, exp.Parameter):
                yield column, value.sql()
            elif value.name.isdigit() and int(value.name) <= len(statement.params):
                yield column, statement.params[int(value.name) - 1]

    def _pattern(self, tables: frozenset[str], column: str) -> str:
        return f"{next(iter(tables))}.{column}" if len(tables) == 1 else f"*.{column}"


_COLUMNS: Final = _EveryColumn(())
