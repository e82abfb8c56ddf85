"""Which changes there are to be tried: by what the requests say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from racewalk.commute.syntax import name_of, parse
from racewalk.rewrite.changes import LEVELS, MODES, Change, Kind, Place
from racewalk.rewrite.control import Control, controls, level_in
from racewalk.rewrite.texts import legible, locks, query, shape
from racewalk.whatif.relations import Relations
from racewalk.whatif.said import Said, Saying
from racewalk.words import name

_READS: Final = re.compile(r"\(*\s*(?:SELECT|WITH)\b", re.IGNORECASE)
_STRONG: Final = re.compile(r"FOR\s+(?:NO\s+KEY\s+)?UPDATE\b", re.IGNORECASE)
_WRITES: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


@dataclass(frozen=True, slots=True)
class Site:
    """A change with the statement that it changes.

    Attributes:
        change: which.
        statement: as it was said; '' where the change is the transactions'.
    """

    change: Change
    statement: str = ""


@dataclass(frozen=True, slots=True)
class _Spot:
    """One statement of one request in one of the ways that it was heard."""

    request: int
    number: int
    statement: str
    later: Saying


def sites(said: Said, known: Relations, *, shared: bool = False) -> list[Site]:
    """Return all single changes: locks taken away, locks put in, levels, one transaction.

    Args:
        said: by the requests.
        known: of the database.
        shared: whether requests share connections, so that nobody tells whose a statement is.
    """
    found: dict[tuple[Kind, str, Place | None], Site] = {}
    counts = _occurrences(said) if not shared else Counter[str]()
    for spot in _spots(said):
        for change in (*_locks(spot), *_selects(spot, known)):
            for numbered in _numbered(change, spot, counts, said):
                key = (numbered.kind, numbered.text, numbered.place)
                found.setdefault(key, Site(numbered, spot.statement))
    order = list(Kind)
    listed = sorted(found.values(), key=lambda site: order.index(site.change.kind))
    levels = [Site(Change(Kind.LEVEL, level)) for level in _levels(said)]
    return [*listed, *levels, Site(Change(Kind.ONE_TRANSACTION, "BEGIN … COMMIT"))]


def _spots(said: Said) -> Iterator[_Spot]:
    for request, ways in enumerate(said.ways):
        for saying in ways.values():
            for at, statement in enumerate(saying):
                yield _Spot(request, at + 1, statement, saying[at + 1 :])


def _occurrences(said: Said) -> Counter[str]:
    """How often a request that comes alone says a statement of each shape, at the most."""
    found = Counter[str]()
    for saying in said.alone:
        found |= Counter(map(shape, saying))
    return found


def _numbered(change: Change, spot: _Spot, counts: Counter[str], said: Said) -> Iterator[Change]:
    """A change of a statement that is said several times: once for each of them."""
    place = change.place
    if place is None:
        return
    request = "" if said.alike else name(spot.request)
    times = counts[place.shape]
    if times <= 1:
        yield Change(change.kind, change.text, place, spot.number, request)
        return
    alone = said.alone[spot.request]
    numbers = [at for at, each in enumerate(alone, 1) if shape(each) == place.shape]
    if spot.number in numbers:
        nth = numbers.index(spot.number) + 1
        one = Place(place.shape, nth, place.part, place.of)
        yield Change(change.kind, change.text, one, spot.number, request)


def _locks(spot: _Spot) -> Iterator[Change]:
    found = shape(spot.statement)
    for part, lock in enumerate(locks(spot.statement)):
        yield Change(Kind.TAKE_AWAY, legible(lock.text), Place(found, part=part))


def _selects(spot: _Spot, known: Relations) -> Iterator[Change]:
    """Locks on rows that are written later, or that rows written later refer to."""
    text = query(spot.statement)
    strong = [lock for lock in locks(spot.statement) if _STRONG.match(lock.text)]
    if not _READS.match(text) or any(lock.depth or not lock.of for lock in strong):
        return
    found, tree = shape(spot.statement), parse(text)
    if tree is None:
        if written(spot.later):
            yield Change(Kind.LOCK, MODES[-1], Place(found))
        return
    if not isinstance(tree, exp.Query) or any(tree.find_all(*_WRITES)):
        return
    touched = known.touched(written(spot.later))
    read = [table for table in _tables(tree) if known.bases([name_of(table)]) & touched]
    if not read:
        return
    locked = {table for lock in strong for table in lock.of}
    of = _called(tree, read, locked)
    if of is None:
        return
    for mode in reversed(MODES):
        yield Change(Kind.LOCK, mode, Place(found, of=of))


def written(saying: Saying) -> set[str]:
    """Return the names of the tables that some statements write."""
    found = set[str]()
    for statement in saying:
        tree = parse(statement)
        for write in tree.find_all(*_WRITES) if tree else ():
            target = write.this
            table = target if isinstance(target, exp.Table) else target.find(exp.Table)
            if table is not None:
                found.add(name_of(table))
    return found


def _tables(tree: exp.Expr) -> list[exp.Table]:
    """The tables that a query reads, without those that it makes itself."""
    made = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    return [each for each in tree.find_all(exp.Table) if each.name not in made or each.db]


def _called(tree: exp.Expr, read: list[exp.Table], locked: set[str]) -> str | None:
    """How a query calls the tables whose rows are to be locked, where it reads others as well.

    Where it reads some by an outer join, that may find no row, and others are written too, these.
    None: all of them are locked already.
    """
    if not isinstance(tree, exp.Select):
        return None if locked else ""
    start = tree.args.get("from_") or tree.args.get("from")
    joins = tree.args.get("joins") or []
    sources = [
        *([(start.this, False)] if start else []),
        *((j.this, j.side == "LEFT") for j in joins),
    ]
    if len(sources) < 2:
        return None if locked else ""
    wanted = [each for each in sources if any(each[0] is table for table in read)]
    if not wanted:
        return None if locked else ""
    sure = [table for table, may_lack in wanted if not may_lack] or [table for table, _ in wanted]
    left = [called for table in sure if (called := _name(table)) not in locked]
    if locked or len(left) < len(sources):
        return ", ".join(left) or None
    return ""


def _name(table: exp.Table) -> str:
    alias = table.args.get("alias")
    called = alias.this if alias is not None and alias.this is not None else table.this
    return str(called.sql(dialect="postgres"))


def _levels(said: Said) -> list[str]:
    """The levels that not all transactions have already."""
    used = set[str]()
    for ways in said.ways:
        for saying in ways.values():
            used |= _levels_of(saying, said.defaults)
    return [level for level in LEVELS if (used or {LEVELS[0]}) != {level}]


def _levels_of(saying: Saying, defaults: set[str]) -> set[str]:
    found, now = set[str](), set[str]()
    for statement in saying:
        what = controls(statement)
        if what.control is Control.BEGIN:
            now = {what.level} if what.level else defaults or {LEVELS[0]}
        elif now and (named := level_in(statement)):
            now = {named}
        elif now and what.control in (Control.COMMIT, Control.ROLLBACK):
            found |= now
            now = set()
    return found | now
