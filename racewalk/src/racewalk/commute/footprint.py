"""What each step of a run touches: its statements' effects, seen from inside its transaction.

A write shows when its transaction commits; locks go when it ends; at REPEATABLE READ and
SERIALIZABLE the first statement fixes what all later ones read. A step that fails outside a
savepoint ends its transaction at once, long before ROLLBACK.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from racewalk.commute.access import UNREADABLE, Access, Footprint, Mode, Rows, Verb
from racewalk.commute.effects import Control, Effect, Isolation, Reader
from racewalk.schedule.record import Run, Step

_DEADLOCK: Final = "40P01"
_AT_THE_END: Final = frozenset({Verb.CHANGE, Verb.CREATE, Verb.UNLOCK, Verb.SERIAL_END})


@dataclass(frozen=True, slots=True)
class StepFootprint:
    """One step.

    Attributes:
        whole: all that it does.
        asking: what it has done of that while it waits for a lock.
        unreadable: how many of its statements could not be read.
    """

    whole: Footprint
    asking: Footprint
    unreadable: int


@dataclass(slots=True)
class _Transaction:
    """The transaction that one request is in."""

    isolation: Isolation = Isolation.READ_COMMITTED
    failed: bool = False
    savepoints: bool = False
    has_snapshot: bool = False
    serial: bool = False
    locks: set[Access] = field(default_factory=set)
    changes: set[Access] = field(default_factory=set)
    sure: set[Rows] = field(default_factory=set)

    def end(self, commits: bool) -> set[Access]:
        """What the end of the transaction does."""
        done = self.releases()
        if commits:
            done |= self.changes
        return done

    def releases(self) -> set[Access]:
        """What a rollback does."""
        done = {Access(Verb.UNLOCK, lock.rows, lock.mode) for lock in self.locks}
        return done | {Access(Verb.SERIAL_END)} if self.serial else done


def footprints(run: Run, reader: Reader) -> list[StepFootprint]:
    """Return the footprint of each step of a run, in the order of `run.steps`.

    A request is taken to have one transaction at a time.
    """
    requests = {step.request: _Request(reader) for step in run.steps}
    return [requests[step.request].take(step) for step in run.steps]


class _Request:
    """Follows one request from step to step."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._in = _Transaction()
        # After a statement that could not be read nobody knows what transaction this is in, at
        # which level, with which settings.
        self._lost = False

    def take(self, step: Step) -> StepFootprint:
        done: set[Access] = set()
        unreadable = 0
        effects = [effect for s in step.statements for effect in self._reader.read(s)]
        for index, effect in enumerate(effects):
            tag = step.tags[index] if index < len(step.tags) else ""
            unreadable += effect.unknown
            done |= self._statement(effect, tag)
            self._lost = self._lost or effect.unknown
        if self._lost:
            done |= UNREADABLE
        done |= self._status(step)
        if step.error == _DEADLOCK:
            done.add(Access(Verb.DEADLOCK))
        whole = frozenset(done)
        asking = whole
        if len(effects) == 1 and not self._lost:
            asking = frozenset(access for access in whole if access.verb not in _AT_THE_END)
        return StepFootprint(whole, asking | {Access(Verb.WAIT)}, unreadable)

    def _statement(self, effect: Effect, tag: str) -> set[Access]:
        now = self._in
        now.isolation = effect.isolation or now.isolation
        match effect.control:
            case Control.COMMIT:
                return self._end(commits=tag == "COMMIT")
            case Control.ROLLBACK:
                return self._end(commits=False)
            case Control.ROLLBACK_TO:
                now.failed = False
                now.sure.clear()  # but what else is still locked is not told: keep it all
                return now.releases()
            case Control.SAVEPOINT:
                now.savepoints = True
        if now.failed:
            return set()
        if effect.unknown:
            return set(UNREADABLE)
        return self._work(effect, tag)

    def _work(self, effect: Effect, tag: str) -> set[Access]:
        """A statement that reads, locks or writes."""
        now = self._in
        locks = {access for access in effect.accesses if access.verb is Verb.LOCK}
        covered = {lock for lock in locks if self._covers(lock)}
        done = set(effect.accesses - covered) | effect.session_locks | effect.session_unlocks
        if now.isolation is not Isolation.READ_COMMITTED:
            done = self._by_snapshot(effect, done)
        now.locks |= locks - covered
        now.changes |= effect.changes
        if _count(tag):
            now.sure |= effect.sure
        return done

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
            asked = {a for a in effect.accesses if a.verb in (Verb.READ, Verb.REFERENCE)}
            done |= {Access(Verb.SERIAL_READ, Rows(access.rows.table)) for access in asked}
            done |= {Access(Verb.SERIAL_WRITE, Rows(a.rows.table)) for a in effect.changes}
            done |= {Access(Verb.SERIAL_READ)}
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
        if step.error is None or now.failed:
            return set()
        if now.savepoints:
            now.failed = True
            return now.releases()
        done = self._end(commits=False)
        self._in.failed = True
        return done

    def _end(self, commits: bool) -> set[Access]:
        done = self._in.end(commits)
        self._in = _Transaction()
        return done


def _count(tag: str) -> int:
    """The rows that a command tag such as 'UPDATE 1' counts."""
    last = tag.rpartition(" ")[2]
    return int(last) if last.isdecimal() else 0


def unreadable_statements(run: Run, reader: Reader) -> Counter[str]:
    """Count the statements of a run that could not be read, by their shape."""
    return Counter(
        statement.shape
        for step in run.steps
        for statement in step.statements
        if any(effect.unknown for effect in reader.read(statement))
    )
