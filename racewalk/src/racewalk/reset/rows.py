"""What a schedule has written, in lines that are the same for two that did the same.

Keys that the database or the application makes up are left out, and a reference to a new row says
what that row holds; a moment is described by its distance from now, a UUID by its kind, and an
ignored column is left out. So two orders in which the same rows came about have the same lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from racewalk.reset.moments import Moments
from racewalk.reset.tables import Stored
from racewalk.schedule.masks import Masks

Row = Mapping[str, Any]
"""A row as JSON holds it."""
Names = Mapping[tuple[int, str, str], str]
"""By number of a table, column and value, what a new row is called."""
_ROUNDS: Final = 4
"""How far a reference to new rows is followed."""
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Change:
    """What was written in one table.

    Attributes:
        table: which.
        new: rows that were made or changed, as they are now.
        old: rows that were changed or deleted, as they were.
    """

    table: Stored
    new: Sequence[Row]
    old: Sequence[Row]


class Rows:
    """Tells changes.

    Args:
        masks: of the race.
        ignore: its columns that are not compared, as `table.column`.
    """

    def __init__(self, masks: Masks, ignore: Sequence[str]) -> None:
        self._masks, self._ignore, self._moments = masks, tuple(ignore), Moments()
        self._begun: dict[tuple[int, tuple[str, ...]], Row] = {}

    def tell(self, changes: Sequence[Change], begun: Sequence[Change] = ()) -> str:
        """Return one line for each row that was made, changed or deleted, sorted; or ''.

        What is told is what happened since it was asked last.

        Args:
            changes: against the rows that are put back.
            begun: rows that the schedule began with in place of some of these.
        """
        self._moments.passed()
        rows = ((each.table, row) for each in begun for row in each.new)
        self._begun = {(table.oid, _key(table, row)): row for table, row in rows}
        made: list[tuple[Stored, Row]] = []
        changed: list[tuple[Stored, Row, Row]] = []
        lines: list[str] = []
        for change in changes:
            table, old = change.table, {_key(change.table, row): row for row in change.old}
            for row in change.new:
                before = old.pop(_key(table, row), None) if table.key else None
                if before is None:
                    made.append((table, row))
                else:
                    changed.append((table, before, row))
            lines += self._gone(table, list(old.values()) if table.key else change.old, made)
        names = self._names(made)
        lines += filter(None, (self._changed(*each, names) for each in changed))
        told = ((table, self._told(table, row, names)) for table, row in made)
        lines += [f"+ {table.name}: {words}" for table, words in told if words]
        return "\n".join(sorted(lines))

    def _names(self, made: Sequence[tuple[Stored, Row]]) -> Names:
        """What new rows are called where others refer to them: by what they hold."""
        names: dict[tuple[int, str, str], str] = {}
        for _ in range(_ROUNDS):
            found = {}
            for table, row in made:
                digest = hashlib.sha256(self._told(table, row, names).encode()).hexdigest()[:6]
                for column in {*table.key, *table.made_up}:
                    found[table.oid, column, str(row[column])] = f"<new {table.name} {digest}>"
            if found == names:
                break
            names = found
        return names

    def _told(self, table: Stored, row: Row, names: Names) -> str:
        """The values of a new row that say something."""
        words: list[str] = []
        start = self._begun.get((table.oid, _key(table, row)), {})
        for column, value in row.items():
            referred = _referred(table, column, value, names)
            if self._ignored(table, column) or (column in table.made_up and not referred):
                continue
            moved = self._moved(table, column, start.get(column), value)
            told = referred or moved or self._value(table, column, value, new=True)
            words.append(f"{column} = {told}")
        return ", ".join(words)

    def _changed(self, table: Stored, old: Row, new: Row, names: Names) -> str:
        words, start = [], self._begun.get((table.oid, _key(table, old)), old)
        for column, value in new.items():
            if old.get(column) == value or self._ignored(table, column):
                continue
            before = self._before(table, column, old.get(column))
            after = (
                _referred(table, column, value, names)
                or self._moved(table, column, start.get(column), value)
                or self._value(table, column, value)
            )
            words.append(f"{column}: {before} → {after}")
        key = ", ".join(f"{each} {new[each]}" for each in table.key)
        return f"  {table.name} ({key}): {', '.join(words)}" if words else ""

    def _gone(self, table: Stored, old: Sequence[Row], made: list[tuple[Stored, Row]]) -> list[str]:
        """Lines of deleted rows; without a key, one that is there again was only touched."""
        lines = []
        for row in old:
            again = next((each for each in made if each[0] is table and each[1] == row), None)
            if again and not table.key:
                made.remove(again)
                continue
            words = ", ".join(
                f"{column} = {self._before(table, column, value)}"
                for column, value in row.items()
                if not self._ignored(table, column)
            )
            lines += [f"- {table.name}: {words}"] if words else []
        return lines

    def _ignored(self, table: Stored, column: str) -> bool:
        for pattern in self._ignore:
            its_table, _, its_column = pattern.partition(".")
            if fnmatchcase(table.name, its_table) and fnmatchcase(column, its_column):
                self._masks.met.add(pattern)
                return True
        return False

    def _before(self, table: Stored, column: str, value: Any) -> str:
        """A value of the start; by its kind only where the row's key is told beside it."""
        known = table.key and column not in table.key
        if value is not None and known and column in table.moments:
            return self._approximate(table, column, self._moments.before, value)
        return self._value(table, column, value)

    def _moved(self, table: Stored, column: str, start: Any, new: Any) -> str:
        """How far a moment of the start was moved, or ''."""
        return self._moments.moved(start, new) if column in table.moments else ""

    def _value(self, table: Stored, column: str, value: Any, *, new: bool = False) -> str:
        if value is None:
            return "NULL"
        if column in table.moments:
            return self._approximate(table, column, self._moments.describe, value)
        if column in table.uuids and new and column not in (table.parents or {}):
            self._masks.approximated.add((f"{table.name}.{column}", "any UUID is as good"))
            return "<uuid>"
        # Texts are masked before they are quoted, which escapes their characters.
        text = _json(self._masked(value))
        return _short(text if isinstance(value, str) else self._masks.text(text))

    def _masked(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._masks.text(value)
        if isinstance(value, list):
            return [self._masked(each) for each in value]
        if isinstance(value, dict):
            return {key: self._masked(each) for key, each in value.items()}
        return value

    def _approximate(
        self, table: Stored, column: str, describe: Callable[[Any, str], str], moment: Any
    ) -> str:
        """The description of a moment; its column is noted where that is less than its value."""
        text = describe(moment, f"{table.name}.{column}")
        if text != str(moment):
            self._masks.approximated.add((f"{table.name}.{column}", "times to the minute"))
        return text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _key(table: Stored, row: Row) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in table.key)


def _referred(table: Stored, column: str, value: Any, names: Names) -> str:
    """The name of the new row that a column refers to, or ''."""
    parent = (table.parents or {}).get(column)
    return names.get((*parent, str(value)), "") if parent else ""


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return f"{text[:60]}… ({len(text)} characters, {digest})"
