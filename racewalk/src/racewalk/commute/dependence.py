"""When two steps of different requests do not commute: the whole relation, as one table.

Two steps commute if, done one right after the other, their order changes neither what either of
them sees, nor whether either waits, nor what the database holds in the end. The relation is
sound first: whatever is not certain to commute is dependent.

    READ          CHANGE, CREATE        a statement sees what is committed when it begins
    REFERENCE     CREATE                a foreign key asks for the row, not for its values
    SNAPSHOT      CHANGE, CREATE        of any table: what will be read is not known yet
    DRAW          DRAW                  a sequence gives another value to who comes second, and
                                        no rollback takes it back
    CLOCK         CLOCK                 the later one has the later time
    PLACE         PLACE                 rows come back in the order of their places
    NUMBER        NUMBER                the later transaction has the larger number
    LOCK          LOCK, UNLOCK          where the modes conflict; writing is locking
    SERIAL_READ   SERIAL_WRITE          PostgreSQL's SSI notes who comes second
    SERIAL_END    SERIAL_READ, SERIAL_WRITE, SERIAL_END      of any table: SSI's verdicts hang
                                        on who had committed when
    DEADLOCK      WAIT                  who closes the circle is the victim; the others wait on
    ANYTHING      everything            what could not be read. So ASK is a verb, of a step that
                                        does nothing else; and END, for what can be read locks its
                                        tables too, which only what cannot be read waits for

All others commute, and so do two accesses of rows that are certainly not the same. A write that
is not committed shows to nobody but through its lock, so WRITE is no verb: it is a LOCK now, and
a CHANGE or CREATE with an UNLOCK at the end of its transaction. Two INSERTs commute where neither
draws from a sequence of the other's; unique keys are locked as rows of their index, and those that
are drawn in mode SHARE: they meet only keys that were given by hand.

Sources: PostgreSQL documentation, 'Transaction Isolation' and table 'Conflicting Row-Level
Locks'; Mazurkiewicz, Trace Theory, 1986; Cahill, Röhm, Fekete, Serializable Isolation for
Snapshot Databases, 2008; Ports, Grittner, Serializable Snapshot Isolation in PostgreSQL, 2012.
"""

from __future__ import annotations

from typing import Final

from racewalk.commute.access import Access, Footprint, Mode, Verb

_TABLE: Final[dict[Verb, frozenset[Verb]]] = {
    Verb.READ: frozenset({Verb.CHANGE, Verb.CREATE}),
    Verb.REFERENCE: frozenset({Verb.CREATE}),
    Verb.SNAPSHOT: frozenset({Verb.CHANGE, Verb.CREATE}),
    Verb.DRAW: frozenset({Verb.DRAW}),
    Verb.CLOCK: frozenset({Verb.CLOCK}),
    Verb.PLACE: frozenset({Verb.PLACE}),
    Verb.NUMBER: frozenset({Verb.NUMBER}),
    Verb.LOCK: frozenset({Verb.LOCK, Verb.UNLOCK}),
    Verb.SERIAL_READ: frozenset({Verb.SERIAL_WRITE}),
    Verb.SERIAL_END: frozenset({Verb.SERIAL_READ, Verb.SERIAL_WRITE, Verb.SERIAL_END}),
    Verb.DEADLOCK: frozenset({Verb.WAIT}),
    Verb.ANYTHING: frozenset(Verb),
}
_ANY_ROWS: Final = frozenset(
    {Verb.SNAPSHOT, Verb.CLOCK, Verb.SERIAL_END, Verb.DEADLOCK, Verb.ANYTHING}
)
"""Verbs that concern every table."""

_PARTNERS: Final = {
    verb: _TABLE.get(verb, frozenset()) | {other for other in Verb if verb in _TABLE.get(other, ())}
    for verb in Verb
}
_CONFLICTS: Final[dict[Mode, frozenset[Mode]]] = {
    Mode.KEY_SHARE: frozenset({Mode.UPDATE}),
    Mode.SHARE: frozenset({Mode.NO_KEY_UPDATE, Mode.UPDATE}),
    Mode.NO_KEY_UPDATE: frozenset({Mode.SHARE, Mode.NO_KEY_UPDATE, Mode.UPDATE}),
    Mode.UPDATE: frozenset(Mode),
}


def dependent(first: Access, second: Access) -> bool:
    """Return whether two accesses of different requests do not commute; symmetric."""
    verbs = first.verb, second.verb
    if second.verb not in _TABLE.get(first.verb, ()) and first.verb not in _TABLE.get(
        second.verb, ()
    ):
        return False
    if not _ANY_ROWS.isdisjoint(verbs):
        return True
    if first.mode and second.mode and second.mode not in _CONFLICTS[first.mode]:
        return False
    return first.rows.overlaps(second.rows)


def conflict(first: Footprint, second: Footprint) -> bool:
    """Return whether two steps of different requests do not commute; symmetric."""
    return any(dependent(one, other) for one in first for other in second)


def partners(verb: Verb) -> frozenset[Verb]:
    """Return the verbs that one with this verb may depend on."""
    return _PARTNERS[verb]


def anywhere(verb: Verb) -> bool:
    """Return whether the verb concerns every table, rather than that of its rows."""
    return verb in _ANY_ROWS


def may_set_free(releasing: Footprint, waiting: Footprint) -> bool:
    """Return whether a step may give back a lock that a waiting one asks for."""
    return any(
        dependent(one, other)
        for one in releasing
        if one.verb in (Verb.UNLOCK, Verb.END, Verb.ANYTHING)
        for other in waiting
        if other.verb in (Verb.LOCK, Verb.ANYTHING)
    )
