"""Which changes there are to be tried: by what the requests say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from racewalk.commute.syntax import alias_of, name_of, parse
from racewalk.rewrite.changes import LEVELS, MODES, Change, Kind, Place
from racewalk.rewrite.control import Control, controls, level_in
from racewalk.rewrite.texts import locks, shape
from racewalk.whatif.relations import Relations
from racewalk.whatif.said import Said, Saying
from racewalk.words import name

_READS: Final = re.compile(r"\(*\s*(?:SELECT|WITH)\b", re.IGNORECASE)
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
        yield Change(Kind.TAKE_AWAY, lock.text, Place(found, part=part))


def _selects(spot: _Spot, known: Relations) -> Iterator[Change]:
    """Locks on rows that are written later, or that rows written later refer to."""
    if not _READS.match(spot.statement) or any(
        lock.text.upper().startswith("FOR") and "SHARE" not in lock.text.upper()
        for lock in locks(spot.statement)
    ):
        return
    found, tree = shape(spot.statement), parse(spot.statement)
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
    of = _called(tree, read)
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


def _called(tree: exp.Expr, read: list[exp.Table]) -> str:
    """How a query calls the table whose rows are to be locked, where it reads several."""
    if not isinstance(tree, exp.Select):
        return ""
    start = tree.args.get("from_") or tree.args.get("from")
    joined = [join.this for join in tree.args.get("joins") or ()]
    sources = [*([start.this] if start else []), *joined]
    if len(sources) < 2:
        return ""
    for table in sources:
        if any(table is each for each in read):
            alias = table.args.get("alias")
            called = alias.this if alias is not None and alias.this is not None else table.this
            return called.sql(dialect="postgres") if alias_of(table) else ""
    return ""


def _levels(said: Said) -> list[str]:
    """The levels that not all transactions have already."""
    used = set[str]()
    for ways in said.ways:
        for saying in ways.values():
            used |= _levels_of(saying)
    return [level for level in LEVELS if (used or {LEVELS[0]}) != {level}]


def _levels_of(saying: Saying) -> set[str]:
    found, now = set[str](), None
    for statement in saying:
        what = controls(statement)
        if what.control is Control.BEGIN:
            now = what.level or LEVELS[0]
        elif now and (named := level_in(statement)):
            now = named
        elif now and what.control in (Control.COMMIT, Control.ROLLBACK):
            found.add(now)
            now = None
    return found | ({now} if now else set())
