"""What each step of a run touches: its statements' effects, seen from inside its transaction.

A write shows when its transaction commits; locks go when it ends; at REPEATABLE READ and
SERIALIZABLE the first statement fixes what all later ones read. A step that fails outside a
savepoint ends its transaction at once, long before ROLLBACK. Each connection has a transaction of
its own, and the end of the connection is the end of it.

Where a statement cannot be read, its plans say which tables it touched, and where they do not
either, it conflicts with everything, as does all that follows it in its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from racewalk.commute.access import NOWHERE, UNREADABLE, Access, Footprint, Mode, Rows, Verb
from racewalk.commute.calls import ADVISORY, SEQUENCES, Known, Moment
from racewalk.commute.effects import Control, Effect, Isolation, Reader
from racewalk.commute.looks import shows_numbers
from racewalk.commute.open import Transaction
from racewalk.commute.plans import Plan, plans_of
from racewalk.commute.session import (
    blind,
    default_isolation,
    defers,
    ends_waits,
    is_misread,
    path,
    persists,
    timeouts,
)
from racewalk.commute.told import DEADLOCK, contradicts, is_unexplained
from racewalk.commute.watch import by_plan, unread
from racewalk.schedule.record import Closing, Run, Step

_AT_THE_END: Final = frozenset({Verb.CHANGE, Verb.CREATE, Verb.UNLOCK, Verb.SERIAL_END, Verb.END})


@dataclass(frozen=True, slots=True)
class StepFootprint:
    """One step.

    Attributes:
        whole: all that it does.
        asking: what it has done of that while it waits for a lock.
        unreadable: how many of its statements neither SQL nor plans could tell of.
        watched: how many the plans told of, in whole or in part.
        read: how many were read.
    """

    whole: Footprint
    asking: Footprint
    unreadable: int = 0
    watched: int = 0
    read: int = 0


def footprints(run: Run, reader: Reader) -> list[StepFootprint]:
    """Return the footprint of each step of a run, in the order of `run.steps`."""
    connections: dict[tuple[int, int], _Connection] = {}
    found: list[StepFootprint] = []
    for step, plans in zip(run.steps, plans_of(run.steps), strict=True):
        key = (step.request, step.connection)
        connection = connections.setdefault(key, _Connection(reader, *key))
        found.append(connection.take(step, plans))
    return found


def closings(run: Run, reader: Reader) -> list[tuple[Closing, Footprint]]:
    """Return what the end of each connection does that was closed during a run."""
    found: list[tuple[Closing, Footprint]] = []
    for closing in run.closings:
        connection = _Connection(reader, closing.request, closing.connection)
        last = -1
        for step, plans in zip(run.steps, plans_of(run.steps), strict=True):
            if step.request == closing.request:
                last = max(last, step.completed)
                if step.connection == closing.connection:
                    connection.take(step, plans)
        released = connection.close()
        if released > {Access(Verb.END)} and closing.completed > last:
            reader.doubts.add("a connection that holds locks is closed after its request is over")
        found.append((closing, released))
    return found


class _Connection:
    """Follows one connection of a request from step to step."""

    def __init__(self, reader: Reader, request: int, connection: int) -> None:
        self._reader, self._name = reader, f"{request} {connection}"
        self._in, self._number = Transaction(), 0
        self._lost = False
        self._session_locks: set[Access] = set()
        self._cursors: dict[str, Effect] = {}

    def take(self, step: Step, plans: Sequence[Plan]) -> StepFootprint:
        """Return what a step does."""
        self._look_at_settings(step)
        where = path(self._reader, step)
        effects = [effect for s in step.statements for effect in self._reader.read(s, where)]
        done: set[Access] = set()
        before = self._in if self._in.explicit else None
        unreadable = watched = 0
        misread = is_misread(self._reader.catalog.facts.settings, step)
        self._lost = self._lost or misread
        strange = unread(self._reader, effects, plans, self._in.late | self._in.movable)
        for index, effect in enumerate(effects):
            tag = step.tags[index] if index < len(step.tags) else ""
            known = effect.readable and not strange and not misread
            if step.error and not tag:
                effect = replace(effect, isolation=None)  # it sets none
            expected = self._in.failed or self._in.explains
            if contradicts(effect, tag) or is_unexplained(effect, step.error, expected):
                known, effect = False, replace(effect, known=Known.NOTHING)
            told = (
                None
                if known or misread
                else by_plan(self._reader, effect, plans, len(effects), step.error)
            )
            if told is not None:
                watched += 1
                effect = told
                self._in.planned |= bool(told.changes)
                if effect.control is not Control.NONE:
                    done |= self._work(replace(effect, control=Control.NONE), tag)
            elif not known:
                unreadable += 1
                effect = replace(effect, known=Known.NOTHING)
            done |= self._statement(effect, tag)
        if self._lost or self._in.lost:
            done |= UNREADABLE
        done |= self._status(step)
        if self._begins(before) and self._uses_clock:
            done.add(Access(Verb.CLOCK))  # a transaction begins, and takes its time
        if step.error == DEADLOCK:
            done.add(Access(Verb.DEADLOCK))
        if ("numbers", "") in self._reader.tables.learnt and any(map(_numbers, done)):
            done.add(Access(Verb.NUMBER))
        whole = frozenset(access for access in done if self._matters(access))
        if not whole and any(effect.snapshot or effect.fetches for effect in effects):
            whole = frozenset({Access(Verb.ASK)})
        asking = whole
        if len(effects) == 1 and Access(Verb.ANYTHING) not in whole:
            asking = frozenset(access for access in whole if access.verb not in _AT_THE_END)
        asking |= {Access(Verb.WAIT)}
        return StepFootprint(
            whole, asking, unreadable, watched, len(effects) - unreadable - watched
        )

    def close(self) -> Footprint:
        """Return what the end of the connection does: it rolls back and gives back all locks."""
        done = self._in.releases()
        done |= {Access(Verb.UNLOCK, lock.rows, lock.mode) for lock in self._session_locks}
        return frozenset(done | (UNREADABLE if self._lost else set()))

    def _matters(self, access: Access) -> bool:
        """Whether an access can be seen at all: places can where somebody reads them."""
        if access.verb is not Verb.PLACE:
            return True
        return ("order", access.rows.table) in self._reader.tables.learnt

    def _begins(self, before: Transaction | None) -> bool:
        """Whether a step began a transaction that goes on; `before` was open until then."""
        return self._in is not before and self._in.explicit and not self._in.failed

    @property
    def _transaction(self) -> str:
        """What the transaction is called, the same in all runs that begin alike."""
        return f"{self._name} {self._number}"

    @property
    def _uses_clock(self) -> bool:
        """Whether the transaction is known to use the time at which it began."""
        return ("clock", self._transaction) in self._reader.tables.learnt

    def _look_at_settings(self, step: Step) -> None:
        """Note what a wait may end by, and what the level of the next transaction is."""
        doubts, assumed = timeouts(self._reader.catalog.facts.settings, step)
        self._reader.doubts |= doubts
        if ends_waits(self._reader.catalog, step):
            self._reader.doubts.add(
                "a function of the application sets a timeout, which may end a wait"
            )
        self._reader.assumed |= assumed
        if not self._in.explicit:
            self._in.defers = defers(self._reader.catalog.facts.settings, step)
            found = default_isolation(self._reader, step)
            self._lost = self._lost or found is None
            self._in.isolation = found or self._in.isolation

    def _statement(self, effect: Effect, tag: str) -> set[Access]:
        now = self._in
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
                now.late.clear()
                return self._end(commits=False, chains=effect.chains)
            case Control.ROLLBACK_TO:
                now.failed = False
                now.sure.clear()  # but what else is still locked is not told: keep it all
                return now.releases()
            case Control.SAVEPOINT:
                now.savepoints = True
            case Control.CONSTRAINTS:
                now.at_once = True
                now.late |= now.movable
                self._hold(now.late)
                return now.late | self._deferred()
        if now.failed:
            return set()
        if not effect.readable:
            self._lost = self._lost or persists(self._reader, effect)
            return self._lose(effect, looks=not blind(effect))
        return self._work(effect, tag)

    def _lose(self, effect: Effect, looks: bool = True) -> set[Access]:
        """What cannot be read: anything, and it may have seen all that there is to see."""
        self._in.lost = True
        if looks:
            self._reader.tables.learn_all(self._transaction)
        if shows_numbers(effect.text) or self._reader.catalog.mentions("numbers"):
            self._reader.tables.learn("numbers")
        return set(UNREADABLE)

    def _deferred(self) -> set[Access]:
        """What triggers that were put off may do without a table, of which plans tell nothing."""
        done: set[Access] = set()
        if self._in.planned:
            if self._reader.catalog.mentions("draws"):
                done.add(Access(Verb.DRAW, Rows(SEQUENCES)))
            if self._reader.catalog.mentions("clock"):
                done.add(Access(Verb.CLOCK))
        return done

    def _work(self, effect: Effect, tag: str) -> set[Access]:
        """A statement that reads, locks or writes."""
        now = self._in
        if effect.opens:
            self._cursors[effect.opens] = effect
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
            done = self._by_snapshot(effect, done)
        now.locks |= locks - covered
        now.changes |= effect.changes
        now.late |= effect.late | (effect.movable if now.at_once else set())
        now.movable |= effect.movable
        self._session_locks |= effect.session_locks
        if _count(tag):
            now.sure |= effect.sure
        return done

    def _hold(self, accesses: Iterable[Access]) -> None:
        self._in.locks |= {access for access in accesses if access.verb is Verb.LOCK}

    def _fetch(self, effect: Effect) -> set[Access]:
        """Rows of a cursor: read when it was declared, but locked, drawn and computed now.

        At SERIALIZABLE it is noted now, too, that they are read.
        """
        declared = self._cursors.get(effect.fetches)
        if declared is None:
            return self._lose(effect)
        done = {access for access in declared.accesses if access.verb is not Verb.READ}
        if self._in.isolation is Isolation.SERIALIZABLE:
            done |= _under_predicate_locks(declared)
        self._hold(done)
        return done | declared.session_locks | declared.session_unlocks | self._moments(declared)

    def _moments(self, effect: Effect) -> set[Access]:
        """Taking the time: at once, or when the transaction began, which then mattered."""
        shows = self._reader.tables.shows
        shown = {moment for moment, *place in effect.stamps if shows(*place)}
        moments = effect.moments | shown
        if Moment.TRANSACTION in moments and self._in.explicit:
            self._reader.tables.learn("clock", self._transaction)
            moments -= {Moment.TRANSACTION}
        return {Access(Verb.CLOCK)} if moments else set()

    def _covers(self, lock: Access) -> bool:
        """Whether a foreign key's lock adds nothing to one that the transaction surely holds."""
        return lock.mode is Mode.KEY_SHARE and any(
            held.table == lock.rows.table and held.where <= lock.rows.where
            for held in self._in.sure
        )

    def _by_snapshot(self, effect: Effect, done: set[Access]) -> set[Access]:
        now = self._in
        reads = {access for access in done if access.verb is Verb.READ} - effect.current
        if now.isolation is Isolation.SERIALIZABLE and effect.snapshot:
            now.serial = True
            if now.defers:
                self._reader.doubts.add("SERIALIZABLE READ ONLY DEFERRABLE waits for a snapshot")
            done |= _under_predicate_locks(effect)
        if now.has_snapshot:
            return done - reads
        if effect.snapshot:
            now.has_snapshot = True
            return done - reads | {Access(Verb.SNAPSHOT)}
        return done

    def _status(self, step: Step) -> set[Access]:
        """What the end of the step does: a commit of its own, or a failure."""
        now = self._in
        if step.status == "I":
            return self._end(commits=step.error is None)
        now.explicit = True
        if step.error is None or now.failed:
            return set()
        if now.savepoints:
            now.failed = True
            return now.releases()
        done = self._end(commits=False)
        self._in.failed = self._in.explicit = True
        return done

    def _end(self, commits: bool, chains: bool = False) -> set[Access]:
        before = self._in
        done = before.end(commits)
        self._in, self._number = Transaction(), self._number + 1
        if chains:
            self._in.explicit, self._in.isolation = True, before.isolation
        return done


def _under_predicate_locks(effect: Effect) -> set[Access]:
    """What a statement reads and writes at SERIALIZABLE, where rows are not told apart."""
    asked = {a for a in effect.accesses if a.verb in (Verb.READ, Verb.REFERENCE)}
    done = {Access(Verb.SERIAL_READ, Rows(access.rows.table)) for access in asked}
    done |= {Access(Verb.SERIAL_WRITE, Rows(access.rows.table)) for access in effect.changes}
    return done | {Access(Verb.SERIAL_READ, NOWHERE)}


def _numbers(access: Access) -> bool:
    """Whether a transaction may be given its number then: who writes, locks or draws has one."""
    return access.verb in (Verb.PLACE, Verb.DRAW, Verb.ANYTHING) or (
        access.verb is Verb.LOCK and access.rows.table != ADVISORY
    )


def _count(tag: str) -> int:
    """The rows that a command tag such as 'UPDATE 1' counts."""
    last = tag.rpartition(" ")[2]
    return int(last) if last.isdecimal() else 0
