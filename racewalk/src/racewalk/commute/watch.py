"""Plans as a watch over what was read, and in its place where nothing could be.

A statement that was read must not touch a table that its reading lacks. One that was not depends
by the tables in its plans: it is taken to read, and where the plan says so to lock and to change,
any row of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from racewalk.commute.access import Access, Mode, Rows, Verb
from racewalk.commute.calls import SEQUENCES, Known, Moment, calls
from racewalk.commute.effects import Effect, Reader
from racewalk.commute.looks import shows_numbers
from racewalk.commute.plans import OWN, Plan, Touched
from racewalk.commute.schema import Table
from racewalk.commute.session import changes_schema
from racewalk.commute.syntax import assigned


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
    if changes_schema(effect.text):
        return None
    if not reader.catalog.tells_all or any(t.namespace in OWN for p in plans for t in p.touched):
        return None
    found = set(effect.accesses)
    changes = set(effect.changes)
    moments = set(effect.moments)
    session_locks = set(effect.session_locks)
    session_unlocks = set(effect.session_unlocks)
    late = set(effect.late)
    peeks = any(shows_numbers(expression) for plan in plans for expression in plan.expressions)
    if peeks:
        reader.tables.learn("numbers")
    for plan in plans:
        for expression in plan.expressions:
            called = calls(reader.catalog, expression)
            if called.known is Known.NOTHING:
                return None
            found |= called.draws | called.locks
            session_locks |= called.session_locks
            session_unlocks |= called.session_unlocks
            if called.sets:
                reader.tables.learn("sequence")
            moments |= called.moments
    for plan in plans:
        _note_writes(reader, plan)
    for touched in {touched for plan in plans for touched in plan.touched}:
        label = _label(reader, touched)
        tables = reader.schema.kin(label)
        reader.tables.learn("order", label)
        found.add(Access(Verb.READ, Rows(label)))
        if touched.writes or peeks:  # xmax tells of locks too, before anything is committed
            more, then = _writes(reader, label, tables)
            found |= more
            late |= then
            for sql in _computed(tables, touched):
                called = calls(reader.catalog, sql)
                if called.known is Known.NOTHING:
                    return None
                found |= called.draws | called.locks
                session_locks |= called.session_locks
                session_unlocks |= called.session_unlocks
                moments |= called.moments
        if touched.writes:
            changes.add(Access(Verb.CREATE, Rows(label)))
    if reader.catalog.mentions("draws"):
        found.add(Access(Verb.DRAW, Rows(SEQUENCES)))
    if reader.catalog.mentions("sets"):
        reader.tables.learn("sequence")
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
        session_locks=frozenset(session_locks),
        session_unlocks=frozenset(session_unlocks),
        moments=frozenset(moments),
        looks=reader.tables.timed,
        sure=frozenset(),
    )


def _computed(tables: Iterable[Table], touched: Touched) -> Iterator[str]:
    """What writing a row of a table computes, and no plan says."""
    for table in tables:
        yield from table.checks
        if touched.merges:
            yield from table.defaults.values()


def _note_writes(reader: Reader, plan: Plan) -> None:
    """Note which columns of a table a plan's statement gives other values; all that may be."""
    written = {_label(reader, touched) for touched in plan.touched if touched.writes}
    if not written:
        return
    columns = assigned(plan.text)
    for label in written:
        if columns is None or not all(map(reader.schema.table, written)):
            reader.tables.learn("moves", label)
        for column in columns or ():
            reader.tables.learn("moves", f"{label}.{column}")


def _writes(reader: Reader, label: str, tables: Iterable[Table]) -> tuple[set[Access], set[Access]]:
    """What writing any row of a table does: at once, and at the end of the transaction."""
    done = {Access(Verb.LOCK, Rows(label), Mode.UPDATE), Access(Verb.PLACE, Rows(label))}
    late: set[Access] = set()
    reader.tables.learn("keys", label)
    for unique in (unique for table in tables for unique in table.uniques):
        key = Access(Verb.LOCK, Rows(f"index {unique.name}"), Mode.UPDATE)
        done.add(key)
        late |= {key} if unique.deferrable else set()
    for foreign in (foreign for table in tables for foreign in table.foreign_keys):
        parent = Rows(foreign.parent)
        asked = {Access(Verb.REFERENCE, parent), Access(Verb.LOCK, parent, Mode.KEY_SHARE)}
        done |= asked
        late |= asked if foreign.deferrable else set()
    return done, late


def _label(reader: Reader, touched: Touched) -> str:
    table = reader.schema.find(touched.table, touched.namespace)
    return table.name if table else f"{touched.namespace}.{touched.table}"
