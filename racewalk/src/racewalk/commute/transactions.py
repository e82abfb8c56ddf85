"""What each step of a run touches: its statements' effects, seen from inside its transaction.

Where a statement cannot be read, its plans say which tables it touched, and where they do not
either, it conflicts with everything, as does all that follows it in its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Final

from racewalk.commute.access import UNREADABLE, Access, Footprint, Verb
from racewalk.commute.calls import ADVISORY, Known
from racewalk.commute.connection import Connection
from racewalk.commute.effects import Control, Effect, Reader
from racewalk.commute.open import Transaction
from racewalk.commute.plans import Plan
from racewalk.commute.session import (
    commits_within,
    default_isolation,
    defers,
    ends_waits,
    is_misread,
    path,
    timeouts,
)
from racewalk.commute.told import DEADLOCK, contradicts, is_unexplained
from racewalk.commute.watch import by_plan, unread
from racewalk.schedule.record import Step

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


class Follower:
    """Follows one connection of a request from step to step.

    Args:
        reader: reads its statements.
        request: whose it is.
        connection: which of the request's; see `Step.connection`.
    """

    def __init__(self, reader: Reader, request: int, connection: int) -> None:
        self._reader = reader
        self._on = Connection(reader, f"{request} {connection}")

    def copy(self) -> Follower:
        """Return one that has come as far, and goes on without this one."""
        twin = copy(self)
        twin._on = self._on.copy()
        return twin

    def take(self, step: Step, plans: Sequence[Plan]) -> StepFootprint:
        """Return what a step does.

        It hangs on the statements, the settings, how it ended, whether it waited, and whether it
        was granted: `followed` tells steps apart by these.
        """
        self._look_at_settings(step)
        where = path(self._reader, step)
        effects = [effect for s in step.statements for effect in self._reader.read(s, where)]
        before = self._on.now if self._on.now.explicit else None
        done, unreadable, watched = self._statements(step, effects, plans)
        done |= self._around(step, before)
        if ("numbers", "") in self._reader.tables.learnt and any(map(_numbers, done)):
            done.add(Access(Verb.NUMBER))
        whole = frozenset(access for access in done if self._matters(access))
        if not whole and any(effect.snapshot or effect.fetches for effect in effects):
            whole = frozenset({Access(Verb.ASK)})
        asking = whole
        if len(effects) == 1 and Access(Verb.ANYTHING) not in whole:
            asking = frozenset(access for access in whole if access.verb not in _AT_THE_END)
        asking |= {Access(Verb.WAIT)}
        read = len(effects) - unreadable - watched
        return StepFootprint(whole, asking, unreadable, watched, read)

    def close(self) -> Footprint:
        """Return what the end of the connection does."""
        return self._on.close()

    @property
    def keeps(self) -> bool:
        """Whether the connection holds locks, or is in a transaction that does."""
        return self._on.keeps

    def _statements(
        self, step: Step, effects: Sequence[Effect], plans: Sequence[Plan]
    ) -> tuple[set[Access], int, int]:
        """What the statements do; how many nobody could tell of; and how many the plans did."""
        on, done = self._on, set[Access]()
        unreadable = watched = 0
        misread = is_misread(self._reader.catalog.facts.settings, step)
        on.lost = on.lost or misread
        strange = unread(self._reader, effects, plans, on.now.late | on.now.movable)
        for index, effect in enumerate(effects):
            tag = step.tags[index] if index < len(step.tags) else ""
            known = effect.readable and not strange and not misread
            if step.error and not tag:
                effect = replace(effect, isolation=None)  # it sets none
            expected = on.now.failed or on.now.explains
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
                on.now.planned |= bool(told.changes)
                if effect.control is not Control.NONE:
                    done |= on.work(replace(effect, control=Control.NONE), tag)
            elif not known:
                unreadable += 1
                effect = replace(effect, known=Known.NOTHING)
            done |= on.statement(effect, tag)
        if on.lost or on.now.lost:
            done |= UNREADABLE
        return done, unreadable, watched

    def _around(self, step: Step, before: Transaction | None) -> set[Access]:
        """What the step does beside its statements; `before` was open until then."""
        done = self._on.finish(step)
        if self._begins(before) and self._on.uses_clock:
            done.add(Access(Verb.CLOCK))  # a transaction begins, and takes its time
        if step.error == DEADLOCK:
            done.add(Access(Verb.DEADLOCK))
        return done

    def _begins(self, before: Transaction | None) -> bool:
        """Whether a step began a transaction that goes on; `before` was open until then."""
        return self._on.now is not before and self._on.now.explicit and not self._on.now.failed

    def _matters(self, access: Access) -> bool:
        """Whether an access can be seen at all: places can where somebody reads them."""
        if access.verb is not Verb.PLACE:
            return True
        return ("order", access.rows.table) in self._reader.tables.learnt

    def _look_at_settings(self, step: Step) -> None:
        """Note what a wait may end by, and what the level of the next transaction is."""
        on, now = self._on, self._on.now
        doubts, assumed = timeouts(self._reader.catalog.facts.settings, step)
        self._reader.doubts |= doubts
        self._reader.doubts |= commits_within(self._reader.catalog.facts.commits, step)
        if ends_waits(self._reader.catalog, step):
            self._reader.doubts.add(
                "a function of the application sets a timeout, which may end a wait"
            )
        self._reader.assumed |= assumed
        if not now.explicit:
            now.defers = defers(self._reader.catalog.facts.settings, step)
            found = default_isolation(self._reader, step)
            on.lost = on.lost or found is None
            now.isolation = found or now.isolation


def _numbers(access: Access) -> bool:
    """Whether a transaction may be given its number then: who writes, locks or draws has one."""
    return access.verb in (Verb.PLACE, Verb.DRAW, Verb.ANYTHING) or (
        access.verb is Verb.LOCK and access.rows.table != ADVISORY
    )
