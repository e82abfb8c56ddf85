"""Plans as a watch over what was read, and in its place where nothing could be.

A statement that was read must not touch a table that its reading lacks. One that was not depends
by the tables in its plans: it is taken to read, and where the plan says so to lock and to change,
any row of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from racewalk.commute.access import Access, Mode, Rows, Verb
from racewalk.commute.calls import SEQUENCES, Known, Moment, calls
from racewalk.commute.effects import Effect, Reader
from racewalk.commute.plans import Plan, Touched
from racewalk.commute.schema import Table


def unread(
    reader: Reader, effects: Iterable[Effect], plans: Sequence[Plan], late: Iterable[Access]
) -> bool:
    """Return whether a step's plans touch a table that its statements were not read to touch.

    Args:
        reader: reads the tables' names.
        effects: what its statements were read to do.
        plans: what they did.
        late: what earlier ones left to the end of the transaction.
    """
    read = {access.rows.table for access in late}
    written = set(read)
    for effect in effects:
        found = effect.accesses | effect.changes | effect.late | effect.movable
        read |= {access.rows.table for access in found}
        locked = {Verb.LOCK, Verb.CHANGE, Verb.CREATE}
        written |= {access.rows.table for access in found if access.verb in locked}
    return any(
        _label(reader, touched) not in (written if touched.writes else read)
        for plan in plans
        for touched in plan.touched
    )


def by_plan(
    reader: Reader, effect: Effect, plans: Sequence[Plan], statements: int, error: str | None
) -> Effect | None:
    """Return the effect of a statement as its plans tell it, or None where they do not.

    They do not where it failed, for then its own plan is missing; where the message holds several
    statements; or where a function does what no plan shows.
    """
    readable = effect.readable
    whole = any(plan.text == effect.text for plan in plans) and statements == 1
    if not readable and (not whole or effect.known is Known.NOTHING or error):
        return None
    if not reader.catalog.tells_all:
        return None
    found = set(effect.accesses)
    changes = set(effect.changes)
    moments = set(effect.moments)
    late = set(effect.late)
    for plan in plans:
        for expression in plan.expressions:
            called = calls(reader.catalog, expression)
            if called.known is Known.NOTHING:
                return None
            found |= called.draws | called.locks
            moments |= called.moments
    for touched in {touched for plan in plans for touched in plan.touched}:
        table = reader.schema.find(touched.table, touched.namespace)
        label = _label(reader, touched)
        reader.tables.learn("order", label)
        found.add(Access(Verb.READ, Rows(label)))
        if touched.writes:
            more, then = _writes(reader, label, table)
            found |= more
            late |= then
            changes.add(Access(Verb.CREATE, Rows(label)))
    if reader.catalog.mentions("draws"):
        found.add(Access(Verb.DRAW, Rows(SEQUENCES)))
    if reader.catalog.mentions("clock"):
        moments |= {Moment.STATEMENT, Moment.TRANSACTION}
    reads = frozenset(access for access in found if access.verb is Verb.READ)
    return replace(
        effect,
        known=Known.ALL,
        accesses=frozenset(found),
        current=effect.current | (reads - effect.accesses),
        changes=frozenset(changes),
        late=frozenset(late),
        moments=frozenset(moments),
        sure=frozenset(),
    )


def _writes(reader: Reader, label: str, table: Table | None) -> tuple[set[Access], set[Access]]:
    """What writing any row of a table does: at once, and at the end of the transaction."""
    done = {Access(Verb.LOCK, Rows(label), Mode.UPDATE), Access(Verb.PLACE, Rows(label))}
    late: set[Access] = set()
    reader.tables.learn("keys", label)
    for unique in table.uniques if table else ():
        done.add(Access(Verb.LOCK, Rows(f"index {unique.name}"), Mode.UPDATE))
    for foreign in table.foreign_keys if table else ():
        parent = Rows(foreign.parent)
        asked = {Access(Verb.REFERENCE, parent), Access(Verb.LOCK, parent, Mode.KEY_SHARE)}
        done |= asked
        late |= asked if foreign.deferrable else set()
    return done, late


def _label(reader: Reader, touched: Touched) -> str:
    table = reader.schema.find(touched.table, touched.namespace)
    return table.name if table else f"{touched.namespace}.{touched.table}"
