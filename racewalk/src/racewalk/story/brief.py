"""A statement as a person wants to read it: values put in, long lists out, one column kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from racewalk.schedule.masks import Masks
from racewalk.schedule.record import Step
from racewalk.wire.plain import masked, spaced
from racewalk.wire.statements import Opaque, Statement, Value
from racewalk.words import shown

_TYPE: Final = (
    r"(?:DOUBLE PRECISION|(?:CHARACTER|BIT) VARYING|(?:\w+\.)?(?:\w+|\"[^\"]*\"))"
    r"(?:\(\d+(?:, ?\d+)?\))?(?: WITH(?:OUT)? TIME ZONE)?(?:\[\])*"
)
_PARAMETER: Final = re.compile(rf"\$(\d+)(?:::{_TYPE})?", re.IGNORECASE)
"""A parameter with the cast behind it."""
_CONTROL: Final = re.compile(
    r"(BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|SHOW|LOCK)\b", re.IGNORECASE
)
_RESERVED: Final = frozenset({"user", "order", "group", "table"})
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Brief:
    """What a step says, and what it read or wrote of the column, each '' where it did not."""

    sql: str
    reads: str = ""
    writes: str = ""


Columns = str | tuple[str, ...]
"""Name of the column that matters, or the names of several."""


def brief(step: Step, column: Columns, masks: Masks | None = None) -> Brief:
    """Return a step in brief.

    Args:
        step: with the rows that it read.
        column: what matters.
        masks: of its run; by default what varies anywhere.
    """
    told, columns = masks or Masks(), (column,) if isinstance(column, str) else column
    parts = [_brief(statement, step, columns, told) for statement in step.statements]
    return Brief(
        "; ".join(part.sql for part in parts),
        next((part.reads for part in parts if part.reads), ""),
        next((part.writes for part in parts if part.writes), ""),
    )


def _brief(statement: Statement, step: Step, columns: tuple[str, ...], masks: Masks) -> Brief:
    kept = masks.said(statement)
    plain = _with_values(kept.sql, kept.params)
    said = None if _CONTROL.match(plain) else _said(plain, columns)
    if said is None:
        return Brief(_shortened(masks.text(plain)))
    reads, writes = masks.text(_read(said, masks.kept(step), columns)), masks.text(said.writes)
    return Brief(_shortened(masks.text(said.text)), reads, writes)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the text of a statement says: in brief, what it writes, and of a SELECT its columns."""

    text: str
    writes: str
    names: tuple[str, ...]
    sums: bool


@lru_cache(maxsize=1024)
def _said(plain: str, columns: tuple[str, ...]) -> _Said | None:
    """Read a statement; None where it is not understood.

    An example is told more than once, and most statements are those of others, so what a text says
    is remembered: it hangs on the text alone.
    """
    try:
        tree = cast(exp.Expression, sqlglot.parse_one(spaced(plain), dialect="postgres"))
    except (SqlglotError, RecursionError):
        return None
    given = tree.expressions if isinstance(tree, exp.Select) else []
    names = tuple(each.alias_or_name for each in given)
    sums = bool(given) and tree.find(exp.Sum if len(columns) == 1 else exp.AggFunc) is not None
    return _Said(_text(_pruned(tree, columns)), _written(tree, columns), names, sums)


def _with_values(sql: str, params: tuple[Value, ...]) -> str:
    """Put the values in place of $1, $2 … and of the casts behind them; never within a text."""
    if not params:
        return sql
    signs = masked(sql)

    def value(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        if signs[match.start()] != "$" or index not in range(len(params)):
            return match[0]
        found = params[index]
        if found is None or found in (Opaque("true"), Opaque("false")):
            return shown(found)
        return str(found) if isinstance(found, int) else "'" + found.replace("'", "''") + "'"

    return _PARAMETER.sub(value, sql)


def _read(said: _Said, rows: Sequence[Sequence[Value]], columns: tuple[str, ...]) -> str:
    """What a SELECT gave of the columns, or the one number that it computed."""
    if not said.names or not rows:
        return ""
    row = rows[0]
    found = [
        f"{column} = {shown(row[said.names.index(column)])}"
        for column in columns
        if column in said.names and said.names.index(column) < len(row)
    ]
    return str(row[0]) if not found and len(row) == 1 and said.sums else ", ".join(found)


def _written(tree: exp.Expression, columns: tuple[str, ...]) -> str:
    if not isinstance(tree, exp.Update):
        return ""
    found = {
        each.this.name: _text(each.expression.unnest())
        for each in tree.expressions
        if isinstance(each, exp.EQ)
    }
    return ", ".join(f"{column} = {found[column]}" for column in columns if column in found)


def _pruned(tree: exp.Expression, columns: tuple[str, ...]) -> exp.Expression:
    """Leave out what does not matter here."""
    tree = tree.copy()
    tree.set("returning", None)
    if isinstance(tree, exp.Select):
        if not _picks(tree):
            tree.set("limit", None)
        if len(tree.expressions) > 2:
            kept = [each for each in tree.expressions if each.alias_or_name in columns]
            tree.set("expressions", [*kept, exp.Var(this="...")])
    elif isinstance(tree, exp.Update) and len(tree.expressions) > 2:
        kept = [each for each in tree.expressions if each.this.name in columns]
        tree.set("expressions", [*kept, exp.Var(this="...")])
    elif isinstance(tree, exp.Insert):
        _prune_insert(tree)
    return tree


def _picks(tree: exp.Select) -> bool:
    """Whether a LIMIT decides which rows are met; a key's is but what an ORM adds to be sure."""
    skips = any(lock.args.get("wait") is False for lock in tree.args.get("locks") or ())
    return skips or bool(tree.args.get("order") or tree.args.get("offset"))


def _prune_insert(tree: exp.Insert) -> None:
    """Leave out the columns that the request gives no value."""
    columns, rows = tree.this.expressions, tree.expression.expressions if tree.expression else []
    if len(rows) != 1 or len(rows[0].expressions) != len(columns):
        return
    kept = [
        (column, value)
        for column, value in zip(columns, rows[0].expressions, strict=True)
        if not isinstance(value, exp.Null) and value.sql() != "DEFAULT"
    ]
    tree.this.set("expressions", [column for column, _ in kept])
    rows[0].set("expressions", [value for _, value in kept])


def _text(tree: exp.Expression) -> str:
    """Generate SQL with as few quotes and qualifiers as it takes."""
    tree = tree.transform(_constant)  # which copies it
    for column in tree.find_all(exp.Column):
        column.set("table", None)
    for name in tree.find_all(exp.Identifier):
        name.set("quoted", name.name in _RESERVED)
    return tree.sql(dialect="postgres", normalize_functions=False)


def _constant(node: exp.Expression) -> exp.Expression:
    """A constant as it is told everywhere: one that is bound has no cast, and no capitals."""
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        return node.this
    if isinstance(node, exp.Boolean):
        return exp.Var(this="true" if node.this else "false")
    return node


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
