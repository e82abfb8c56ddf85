"""The versions of rows, as they lie on the pages: committed, open, undone, replaced; and row locks.

PostgreSQL keeps a row's lock in the row, not in pg_locks, and what nobody may see yet can be seen
nowhere else than on the page: pageinspect shows both. Whose a transaction is, the locks tell: each
holds the lock of its own number until it ends. One that begins and ends within a single step never
shows that; it is the step's.

A page may lose a version that was rolled back as soon as somebody reads it. So what was once seen
in a schedule is kept, and what became of its transactions is asked again. One that was replaced
stays as long as somebody's snapshot may need it; the eye sees to that.

Source: PostgreSQL documentation, 'pageinspect'; src/include/access/htup_details.h.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from racewalk.errors import RacewalkError
from racewalk.record.state import Made, Version
from racewalk.record.view import Table
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Fact
from racewalk.wire.statements import Value

Rows = Sequence[tuple[Value, ...]]
Name = tuple[int, str, int]

_COLUMNS: Final = """
SELECT attname::text, attnum, atttypid FROM pg_attribute
WHERE attrelid = {table}::regclass AND attnum > 0
"""
_START: Final = """
SELECT ctid::text FROM {table} WHERE {match} IN ({values}) ORDER BY ctid
"""
_NEXT_TRANSACTION: Final = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# Bits of t_infomask: 2048 nobody ends it, 4096 several transactions, 128 it is only locked,
# 16 and 64 how; 8192 of t_infomask2: the key too.
_ITEMS: Final = """
PREPARE {name} (bigint, text[]) AS
SELECT format('(%s,%s)', block, lp), after, made::text::bigint, ended::text::bigint, lockers,
       {values} FROM (
  SELECT items.lp, block, t_ctid::text AS after, t_xmin AS made, t_attrs,
    CASE WHEN t_infomask & 2048 <> 0 OR t_xmax = '0' OR t_infomask & 128 <> 0 THEN NULL
         WHEN t_infomask & 4096 <> 0 THEN (
           SELECT xid FROM pg_get_multixact_members(t_xmax) WHERE mode IN ('nokeyupd', 'upd'))
         ELSE t_xmax END AS ended,
    CASE WHEN t_infomask & 2048 <> 0 OR t_xmax = '0' THEN NULL
         WHEN t_infomask & 4096 <> 0 THEN (
           SELECT string_agg(xid || ':' || mode, ',') FROM pg_get_multixact_members(t_xmax))
         ELSE t_xmax || ':' || CASE
           WHEN t_infomask & 128 = 0 THEN CASE WHEN t_infomask2 & 8192 <> 0 THEN 'upd'
                                               ELSE 'nokeyupd' END
           WHEN t_infomask & 80 = 80 THEN 'sh'
           WHEN t_infomask & 16 <> 0 THEN 'keysh'
           WHEN t_infomask2 & 8192 <> 0 THEN 'forupd'
           ELSE 'fornokeyupd' END END AS lockers
  FROM generate_series(0, (pg_relation_size({table}::regclass)
                           / current_setting('block_size')::int)::int - 1) AS block,
       heap_page_item_attrs(get_raw_page({table}, block), {table}::regclass, true) AS items
  WHERE t_xmin IS NOT NULL AND (t_xmin::text::bigint >= $1
                                OR format('(%s,%s)', block, items.lp) = ANY ($2))
) AS versions ORDER BY block, lp
"""
_SEE: Final = "EXECUTE {name} ({since}, {start})"
_STATUS: Final = """
SELECT number, pg_xact_status(number::text::xid8) FROM unnest({numbers}::bigint[]) AS number
"""
_INTEGERS: Final = {20, 21, 23, 26}
_TEXTS: Final = {25, 1042, 1043}
_BOOLEAN: Final = 16
_MADE: Final[dict[str, Made]] = {
    "committed": "committed",
    "in progress": "open",
    "aborted": "undone",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A version as it was last seen on its page.

    Attributes:
        table: number of its table.
        place: where it lies.
        after: where the version lies that has replaced it, or itself.
        key: the value by which its row is followed.
        value: of its columns.
        made, ended: numbers of transactions; `ended` is None where none has replaced it.
        lockers: who holds its row's lock, and how: '731:fornokeyupd,732:keysh'.
    """

    table: int
    place: str
    after: str
    key: Fact
    value: tuple[Fact, ...]
    made: int
    ended: int | None
    lockers: str

    @property
    def name(self) -> Name:
        """What it is known again by: a place may be used again."""
        return self.table, self.place, self.made

    def follows(self, other: Item) -> bool:
        """Return whether it has replaced another one."""
        return (other.table, other.after, other.ended) == self.name and other.place != self.place


@dataclass(frozen=True, slots=True)
class _Birth:
    """When a version was seen first, and of which row it is: the row's first version."""

    look: int
    row: Name


class _Column:
    """Reads a value of one column from the bytes on a page."""

    def __init__(self, name: str, known: dict[str, tuple[int, int]]) -> None:
        if name not in known:
            raise RacewalkError(f"there is no column {name!r} to follow")
        self.number, self._type = known[name]

    def read(self, told: Value) -> Fact:
        """Return what the bytes are, as \\x…; None for NULL and for a type that is not read."""
        if not isinstance(told, str):
            return None
        raw = bytes.fromhex(told.removeprefix("\\x"))
        if self._type in _INTEGERS:
            return int.from_bytes(raw, sys.byteorder, signed=True)
        if self._type == _BOOLEAN:
            return raw != b"\0"
        if self._type in _TEXTS:
            return raw.decode("utf-8", "backslashreplace")  # the page was asked without lengths
        return None


class Followed:
    """The rows of one table that are followed.

    Args:
        observer: a direct connection, by a superuser.
        number: of the table among those that are followed.
        table: which.

    Raises:
        RacewalkError: the table, or a column, is not there.
    """

    def __init__(self, observer: Observer, number: int, table: Table) -> None:
        self._number, self._table = number, table
        self._name = sql.Literal(table.name).as_string()
        found = observer.results(_COLUMNS.format(table=self._name))[0].rows
        known = {str(name): (int(str(n)), int(str(oid))) for name, n, oid in found}
        self._match = _Column(table.match, known)
        self._columns = [_Column(name, known) for name in table.columns]
        (wanted,) = observer.results(table.values)
        self._wanted = {row[0] for row in wanted.rows}
        self._start: list[str] = []
        numbers = (self._match.number, *(column.number for column in self._columns))
        values = ", ".join(f"t_attrs[{number}]" for number in numbers)
        observer.run(_ITEMS.format(name=self._query, table=self._name, values=values))

    @property
    def start(self) -> str:
        """SQL that tells where the rows lie at the start."""
        table = self._table
        return _START.format(table=table.name, match=table.match, values=table.values)

    @property
    def _query(self) -> str:
        return f"versions_{self._number}"

    def begin(self, places: Rows) -> None:
        """Take what that told."""
        self._start = [str(place) for (place,) in places]

    def question(self, since: int) -> str:
        """SQL that tells the versions which were there at the start, or have come since.

        Args:
            since: number of the first transaction after the start.
        """
        start = f"{sql.Literal(self._start).as_string()}::text[]"
        return _SEE.format(name=self._query, since=since, start=start)

    def read(self, rows: Rows) -> list[Item]:
        """Return the versions of rows that are followed."""
        found = []
        for place, after, made, ended, lockers, key, *values in rows:
            if self._match.read(key) not in self._wanted:
                continue
            value = tuple(c.read(v) for c, v in zip(self._columns, values, strict=True))
            found.append(
                Item(
                    self._number,
                    str(place),
                    str(after),
                    self._match.read(key),
                    value,
                    int(str(made)),
                    None if ended is None else int(str(ended)),
                    str(lockers or ""),
                )
            )
        return found


class Pages:
    """All rows that are followed, through one schedule after the other.

    Args:
        observer: a direct connection, by a superuser.
        tables: whose rows.

    Raises:
        RacewalkError: a table is not there.
    """

    def __init__(self, observer: Observer, tables: Sequence[Table]) -> None:
        self._tables = [Followed(observer, number, each) for number, each in enumerate(tables)]
        self._since = 0
        self._items: dict[Name, Item] = {}
        self._births: dict[Name, _Birth] = {}
        self._looks = 0
        self._owners: dict[int, int] = {}
        self._open: dict[int, int] = {}

    @property
    def start(self) -> list[str]:
        """Questions to ask at the start of a schedule."""
        return [_NEXT_TRANSACTION, *(each.start for each in self._tables)]

    def begin(self, answers: Sequence[Rows]) -> None:
        """Take the answers to them; forget the last schedule."""
        (((since,),), *places) = answers
        self._since = int(str(since))
        for table, rows in zip(self._tables, places, strict=True):
            table.begin(rows)
        self._items, self._births, self._looks, self._owners = {}, {}, 0, {}

    @property
    def questions(self) -> list[str]:
        """What to ask at each look."""
        return [each.question(self._since) for each in self._tables]

    def look(self, answers: Sequence[Rows], moved: Collection[int], holders: dict[int, int]) -> str:
        """Take the answers; return a question to ask thereupon: what became of whom.

        Args:
            answers: to `questions`.
            moved: the requests that did something since the last look.
            holders: whose each open transaction is, by its number.
        """
        self._looks += 1
        self._owners |= holders
        self._open = holders
        for table, rows in zip(self._tables, answers, strict=True):
            self._items |= {item.name: item for item in table.read(rows)}
        for name, item in self._items.items():
            if name not in self._births:
                self._births[name] = _Birth(self._looks, self._row(item))
        unknown = {n for n in self._transactions if n >= self._since and n not in self._owners}
        if unknown:
            if len(moved) != 1:
                raise RacewalkError("nobody can tell which request has written a row's version")
            self._owners |= dict.fromkeys(unknown, next(iter(moved)))
        numbers = sql.Literal(sorted(self._transactions)).as_string()
        return _STATUS.format(numbers=numbers)

    @property
    def _transactions(self) -> set[int]:
        made = {item.made for item in self._items.values()}
        return made | {item.ended for item in self._items.values() if item.ended is not None}

    def _row(self, item: Item) -> Name:
        before = (each for each in self._items.values() if item.follows(each))
        parent = next(before, None)
        if parent is None:
            return item.name
        known = self._births.get(parent.name)
        return known.row if known else self._row(parent)

    def versions(self, statuses: Rows) -> tuple[Version, ...]:
        """Return the versions: by table and row, in the order in which they were written."""
        status = {int(str(number)): _MADE.get(str(told), "committed") for number, told in statuses}
        found: list[tuple[tuple[int, str, int, int, int], Version]] = []
        for item in self._items.values():
            ended = None
            if item.ended is not None and status[item.ended] != "undone":
                ended = (self._owners[item.ended], status[item.ended])
            made = status[item.made]
            version = Version(item.table, self._by(item.made), item.value, made, ended)
            found.append((self._order(item), version))
        return tuple(version for _, version in sorted(found, key=lambda each: each[0]))

    def _by(self, transaction: int) -> int | None:
        return self._owners.get(transaction) if transaction >= self._since else None

    def _order(self, item: Item) -> tuple[int, str, int, int, int]:
        """Rows by who made them, for nobody can tell in which order two requests inserted."""
        birth = self._births[item.name]
        by = self._by(birth.row[2])
        first = self._births[birth.row].look
        return item.table, str(item.key), -1 if by is None else by, first, birth.look

    @property
    def lockers(self) -> list[tuple[int, int, str]]:
        """Whose open transaction holds a lock in a row: number of the table, request, how."""
        return [
            (item.table, self._open[int(number)], mode)
            for item in self._items.values()
            for number, _, mode in (each.partition(":") for each in item.lockers.split(",") if each)
            if int(number) in self._open
        ]
