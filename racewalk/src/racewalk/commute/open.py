"""A transaction that is open: its level, what it holds, and what its end will do."""

from __future__ import annotations

from dataclasses import dataclass

from racewalk.commute.access import UNREADABLE, Access, Rows, Verb
from racewalk.commute.effects import Isolation


@dataclass(slots=True)
class Transaction:
    """The transaction that one connection is in; a copy of it goes another way.

    Attributes:
        explicit: whether it was begun by a statement, or goes on behind one.
        failed: whether it can only be rolled back, as a whole or to a savepoint.
        savepoints: whether there were any.
        has_snapshot: whether what it reads is fixed.
        serial: whether it has read or written under predicate locks.
        lost: whether something in it could not be read.
        at_once: whether SET CONSTRAINTS has moved checks.
        planned: whether plans told of something that it wrote.
        defers: whether it is DEFERRABLE.
        locks: what it holds.
        changes: what its COMMIT commits.
        late: what its COMMIT checks.
        movable: what SET CONSTRAINTS may make it check.
        sure: rows that it certainly holds.
    """

    isolation: Isolation = Isolation.READ_COMMITTED
    explicit: bool = False
    failed: bool = False
    savepoints: bool = False
    has_snapshot: bool = False
    serial: bool = False
    lost: bool = False
    at_once: bool = False
    planned: bool = False
    defers: bool = False
    locks: frozenset[Access] = frozenset()
    changes: frozenset[Access] = frozenset()
    late: frozenset[Access] = frozenset()
    movable: frozenset[Access] = frozenset()
    sure: frozenset[Rows] = frozenset()

    @property
    def explains(self) -> bool:
        """Whether all that its end has to check was read."""
        return bool(self.late | self.movable) and not self.planned

    def end(self, commits: bool) -> set[Access]:
        """What the end of the transaction does, one at COMMIT that fails too."""
        return self.releases() | self.late | (self.changes if commits else frozenset())

    def releases(self) -> set[Access]:
        """What a rollback does."""
        done = {
            Access(Verb.UNLOCK, lock.rows, lock.mode)
            for lock in self.locks | self.late
            if lock.verb is Verb.LOCK
        }
        done |= UNREADABLE if self.lost else set()
        done |= {Access(Verb.SERIAL_END)} if self.serial else set()
        return done | {Access(Verb.END)}
