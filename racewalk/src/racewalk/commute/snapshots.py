"""What a statement sees, by the level of its transaction.

At REPEATABLE READ and SERIALIZABLE the first statement fixes what all later ones read; at
SERIALIZABLE predicate locks note what is read and written, and there rows are not told apart.
"""

from __future__ import annotations

from racewalk.commute.access import NOWHERE, Access, Rows, Verb
from racewalk.commute.effects import Effect, Isolation
from racewalk.commute.open import Transaction


def by_snapshot(effect: Effect, done: set[Access], now: Transaction) -> set[Access]:
    """Return what a statement does in a transaction whose snapshot lasts; note that it has one.

    Args:
        effect: of the statement.
        done: what it would do with a snapshot of its own.
        now: the transaction.
    """
    reads = {access for access in done if access.verb is Verb.READ} - effect.current
    if now.isolation is Isolation.SERIALIZABLE and effect.snapshot:
        now.serial = True
        done |= under_predicate_locks(effect)
    if now.has_snapshot:
        return done - reads
    if effect.snapshot:
        now.has_snapshot = True
        return done - reads | {Access(Verb.SNAPSHOT)}
    return done


def under_predicate_locks(effect: Effect) -> set[Access]:
    """Return what a statement reads and writes at SERIALIZABLE, where rows are not told apart."""
    asked = {a for a in effect.accesses if a.verb in (Verb.READ, Verb.REFERENCE)}
    done = {Access(Verb.SERIAL_READ, Rows(access.rows.table)) for access in asked}
    done |= {Access(Verb.SERIAL_WRITE, Rows(access.rows.table)) for access in effect.changes}
    return done | {Access(Verb.SERIAL_READ, NOWHERE)}
