"""One connection from statement to statement: the transaction that it is in, and what outlives it.

A write shows when its transaction commits; locks go when it ends. A step that fails outside a
savepoint ends its transaction at once, long before ROLLBACK. Each connection has a transaction of
its own, and the end of the connection is the end of it. Locks of the session and cursors are the
connection's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace

from racewalk.commute.access import UNREADABLE, Access, Footprint, Mode, Rows, Verb
from racewalk.commute.calls import SEQUENCES, Moment
from racewalk.commute.effects import Control, Effect, Isolation, Reader
from racewalk.commute.held import held
from racewalk.commute.looks import shows_numbers
from racewalk.commute.open import Transaction
from racewalk.commute.session import blind, persists
from racewalk.commute.snapshots import by_snapshot, under_predicate_locks
from racewalk.schedule.record import Step


class Connection:
    """Follows one connection of a request from statement to statement.

    Args:
        reader: of its database.
        name: what the connection is called.

    Attributes:
        now: the transaction that it is in.
        lost: whether what it does can be read no more.
        held: how many advisory locks of the session it holds.
    """

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader, self._name = reader, name
        self.now, self._number = Transaction(), 0
        self.lost = False
        self.held = 0.0
        self._session_locks: frozenset[Access] = frozenset()
        self._asked: frozenset[Access] = frozenset()
        self._given_back: frozenset[Access] = frozenset()
        self._cursors: Mapping[str, Effect] = {}

    def copy(self) -> Connection:
        """Return one that has come as far, and goes on without this one."""
        twin = copy(self)
        twin.now = replace(self.now)
        return twin

    @property
    def uses_clock(self) -> bool:
        """Whether the transaction is known to use the time at which it began."""
        return ("clock", self._transaction) in self._reader.tables.learnt

    def statement(self, effect: Effect, tag: str) -> set[Access]:
        """Return what a statement does here; `tag` is the server's answer to it."""
        now = self.now
        now.isolation = effect.isolation or now.isolation
        now.defers = now.defers or effect.defers
        if not effect.readable and effect.control is not Control.NONE:
            self._lose(effect)
        match effect.control:
            case Control.BEGIN:
                now.explicit = True
            case Control.COMMIT:
                done = self._deferred()
                return done | self._end(commits=tag == "COMMIT", chains=effect.chains)
            case Control.ROLLBACK:
                now.late = frozenset()
                return self._end(commits=False, chains=effect.chains)
            case Control.ROLLBACK_TO:
                now.failed = False
                now.sure = frozenset()  # but what else is still locked is not told: keep it all
                return now.releases()
            case Control.SAVEPOINT:
                now.savepoints = True
            case Control.CONSTRAINTS:
                now.at_once = True
                now.late |= now.movable
                self._hold(now.late)
                return self._deferred() | now.late
        if now.failed:
            return set()
        if not effect.readable:
            lasts = persists(self._reader, effect)  # it doubts, also where all is lost already
            self.lost = self.lost or lasts
            return self._lose(effect, looks=not blind(effect))
        return self.work(effect, tag)

    def work(self, effect: Effect, tag: str) -> set[Access]:
        """Return what a statement does that reads, locks or writes."""
        now = self.now
        if effect.opens:
            self._cursors = {**self._cursors, effect.opens: effect}
        if effect.fetches:
            return self._fetch(effect)
        locks = {access for access in effect.accesses if access.verb is Verb.LOCK}
        covered = {lock for lock in locks if self._covers(lock)}
        done = set(effect.accesses - covered) | effect.session_locks | effect.session_unlocks
        self._reader.tables.look(effect.looks)
        done |= self._moments(effect)
        if now.at_once:
            done |= effect.movable
            self._hold(effect.movable)
        if now.isolation is not Isolation.READ_COMMITTED:
            if now.isolation is Isolation.SERIALIZABLE and effect.snapshot and now.defers:
                self._reader.doubts.add("SERIALIZABLE READ ONLY DEFERRABLE waits for a snapshot")
            done = by_snapshot(effect, done, now)
        now.locks |= locks - covered
        now.changes |= effect.changes
        now.late |= effect.late | (effect.movable if now.at_once else frozenset())
        now.movable |= effect.movable
        self._note_session(effect)
        if _count(tag):
            now.sure |= effect.sure
        return done

    def finish(self, step: Step) -> set[Access]:
        """Return what the end of a step does: a commit of its own, or a failure."""
        now = self.now
        self.held = held(self.held, step, self._asked, self._given_back)
        self._asked = self._given_back = frozenset()
        if step.status == "I":
            return self._end(commits=step.error is None)
        now.explicit = True
        if step.error is None or now.failed:
            return set()
        if now.savepoints:
            now.failed = True
            return now.releases()
        done = self._end(commits=False)
        self.now.failed = self.now.explicit = True
        return done

    def close(self) -> Footprint:
        """Return what the end of the connection does: it rolls back and gives back all locks."""
        done = self.now.releases()
        done |= {Access(Verb.UNLOCK, lock.rows, lock.mode) for lock in self._session_locks}
        return frozenset(done | (UNREADABLE if self.lost else set()))

    @property
    def keeps(self) -> bool:
        """Whether the end of the connection gives back a lock, or ends what others may wait for."""
        return bool(self.held) or self.now.releases() != {Access(Verb.END)}

    @property
    def _transaction(self) -> str:
        """What the transaction is called, the same in all runs that begin alike."""
        return f"{self._name} {self._number}"

    def _lose(self, effect: Effect, looks: bool = True) -> set[Access]:
        """What cannot be read: anything, and it may have seen all that there is to see."""
        self.now.lost = True
        if looks:
            self._reader.tables.learn_all(self._transaction)
        if shows_numbers(effect.text) or self._reader.catalog.mentions("numbers"):
            self._reader.tables.learn("numbers")
        return set(UNREADABLE)

    def _deferred(self) -> set[Access]:
        """What triggers that were put off may do without a table, of which plans tell nothing."""
        done: set[Access] = set()
        if self.now.planned:
            if self._reader.catalog.mentions("draws"):
                done.add(Access(Verb.DRAW, Rows(SEQUENCES)))
            if self._reader.catalog.mentions("clock"):
                done.add(Access(Verb.CLOCK))
        return done

    def _note_session(self, effect: Effect) -> None:
        self._session_locks |= effect.session_locks
        self._asked |= effect.session_locks
        self._given_back |= effect.session_unlocks

    def _hold(self, accesses: Iterable[Access]) -> None:
        self.now.locks |= {access for access in accesses if access.verb is Verb.LOCK}

    def _fetch(self, effect: Effect) -> set[Access]:
        """Rows of a cursor: read when it was declared, but locked, drawn and computed now.

        At SERIALIZABLE it is noted now, too, that they are read.
        """
        declared = self._cursors.get(effect.fetches)
        if declared is None:
            return self._lose(effect)
        done = {access for access in declared.accesses if access.verb is not Verb.READ}
        if self.now.isolation is Isolation.SERIALIZABLE:
            done |= under_predicate_locks(declared)
        self._hold(done)
        self._note_session(declared)
        return done | declared.session_locks | declared.session_unlocks | self._moments(declared)

    def _moments(self, effect: Effect) -> set[Access]:
        """Taking the time: at once, or when the transaction began, which then mattered."""
        shows = self._reader.tables.shows
        shown = {moment for moment, *place in effect.stamps if shows(*place)}
        moments = effect.moments | shown
        if Moment.TRANSACTION in moments and self.now.explicit:
            self._reader.tables.learn("clock", self._transaction)
            moments -= {Moment.TRANSACTION}
        return {Access(Verb.CLOCK)} if moments else set()

    def _covers(self, lock: Access) -> bool:
        """Whether a foreign key's lock adds nothing to one that the transaction surely holds."""
        return lock.mode is Mode.KEY_SHARE and any(
            held.table == lock.rows.table and held.where <= lock.rows.where
            for held in self.now.sure
        )

    def _end(self, commits: bool, chains: bool = False) -> set[Access]:
        before = self.now
        done = before.end(commits)
        self.now, self._number = Transaction(), self._number + 1
        if chains:
            self.now.explicit, self.now.isolation = True, before.isolation
        return done


def _count(tag: str) -> int:
    """The rows that a command tag such as 'UPDATE 1' counts."""
    last = tag.rpartition(" ")[2]
    return int(last) if last.isdecimal() else 0
