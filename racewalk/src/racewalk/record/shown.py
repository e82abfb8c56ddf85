"""What to show of a race that nobody has said it of: what one request writes and another reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from psycopg import sql

from racewalk.record.view import Table, View
from racewalk.reset.rows import Change, Row
from racewalk.reset.tables import Stored
from racewalk.schedule.ignored import Ignored
from racewalk.schedule.record import Run
from racewalk.story.columns import shared_columns

_MOST_TABLES: Final = 6
_MOST_COLUMNS: Final = 5
_PLAIN: Final = (int, str, bool)


def view_of(run: Run, seen: Mapping[int, Change], ignore: Sequence[str] = ()) -> View:
    """Return what to show.

    Args:
        run: a complete schedule.
        seen: by number of each table what was ever written in it.
        ignore: columns that are not shown, since nobody compares them, as `table.column`.
    """
    columns = shared_columns(run)
    ignored = Ignored(ignore)
    tables = [table for change in seen.values() if (table := _table(change, columns, ignored))]
    tables.sort(key=lambda table: not set(columns) & set(table.columns))
    return View(columns, tuple(tables[:_MOST_TABLES]))


def _table(change: Change, columns: tuple[str, ...], ignored: Ignored) -> Table | None:
    """The rows that were changed, by their key; or those that were made, by whom they refer to."""
    table, old = change.table, {tuple(row[key] for key in change.table.key) for row in change.old}
    if len(table.key) != 1:
        return None
    (key,) = table.key
    changed = [row for row in change.new if (row[key],) in old]
    made = [row for row in change.new if (row[key],) not in old]
    match = key if changed else _parent(table, made)
    if not match:
        return None
    values = sorted({str(row[match]) for row in changed or made if row[match] is not None})
    # A list, not a query of the table: a row need not be there at the start.
    rows = sql.SQL(", ").join(sql.SQL("({})").format(sql.Literal(value)) for value in values)
    kind = sql.SQL("SELECT value::{} FROM (VALUES {}) AS given (value)").format(
        sql.SQL("bigint" if isinstance((changed or made)[0][match], int) else "text"), rows
    )
    found = _columns(table, changed or made, change, columns, match)
    left_out = ignored.of_table(table.name, found)
    shown = tuple(name for name in found if name not in left_out)[:_MOST_COLUMNS]
    named = table.relation.removeprefix("public.")  # where nothing else is searched first
    return Table(named, shown, match, kind.as_string()) if shown and values else None


def _parent(table: Stored, made: list[Row]) -> str | None:
    parents = [name for name in table.parents or {} if any(row[name] is not None for row in made)]
    return next(iter(parents), None)


def _columns(
    table: Stored, rows: list[Row], change: Change, columns: tuple[str, ...], match: str
) -> tuple[str, ...]:
    """Those that matter, then those that changed; of a new row those that say something."""
    old = {tuple(row[key] for key in table.key): row for row in change.old}
    differ = []
    for row in rows:
        before = old.get(tuple(row[key] for key in table.key), {})
        differ += [name for name, value in row.items() if before.get(name) != value]
    plain = [
        name
        for name in dict.fromkeys([*(c for c in columns if c in table.columns), *differ])
        if name not in table.moments
        and name not in table.made_up
        and name != match
        and all(row[name] is None or isinstance(row[name], _PLAIN) for row in rows)
    ]
    return tuple(plain)
