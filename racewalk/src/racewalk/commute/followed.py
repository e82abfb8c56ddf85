"""What the steps of many runs touch, each connection followed once from every beginning.

What a step touches hangs on the steps of its connection up to it, and on what was learnt. Most of
what a connection does it has done in a run before, with the same answers: there it is looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from racewalk.commute.access import Footprint
from racewalk.commute.dependence import conflict
from racewalk.commute.effects import Reader
from racewalk.commute.held import granted
from racewalk.commute.plans import Plan, plans_of
from racewalk.commute.transactions import Follower, StepFootprint
from racewalk.schedule.record import Closing, Run, Step
from racewalk.wire.parameters import Settings
from racewalk.wire.statements import Statement

_Said = tuple[
    tuple[Statement, ...],
    tuple[str, ...],
    str | None,
    str,
    Settings,
    bool,
    bool | None,
    tuple[Plan, ...],
]
"""All of a step that what it touches hangs on: statements, tags, error, status, settings, whether
it waited, whether it was granted, plans."""


@dataclass(slots=True)
class _Place:
    """A connection as it stands after some steps, and what those touch that were seen to follow."""

    follower: Follower
    after: dict[_Said, tuple[StepFootprint, _Place]] = field(default_factory=dict)

    def take(self, step: Step, plans: Sequence[Plan]) -> tuple[StepFootprint, _Place]:
        """Return what a step touches, and where it leads."""
        waited = step.waited_for is not None
        ended = (step.tags, step.error, step.status)
        said = (step.statements, *ended, step.settings, waited, granted(step), tuple(plans))
        known = self.after.get(said)
        if known is None:
            follower = self.follower.copy()
            known = self.after[said] = follower.take(step, plans), _Place(follower)
        return known


class Followed:
    """The connections of the runs of one search.

    It keeps no more places than the runs have steps.

    Args:
        reader: reads their statements; whatever it learns anywhere, all is followed anew.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader, self._learnt = reader, reader.tables.learnt
        self._begun: dict[tuple[int, int], _Place] = {}

    def footprints(self, run: Run) -> list[StepFootprint]:
        """Return the footprint of each step of a run, in the order of `run.steps`."""
        return self._follow(run)[0]

    def learn(self, run: Run) -> list[StepFootprint]:
        """Read a run until nothing in it teaches the reader any more; return its footprints."""
        while True:
            found = self.footprints(run)
            if self._learnt is self._reader.tables.learnt:
                return found

    def closings(self, run: Run) -> list[tuple[Closing, Footprint]]:
        """Return what the end of each connection does that was closed during a run."""
        if not run.closings:
            return []
        prints, places = self._follow(run)
        found: list[tuple[Closing, Footprint]] = []
        for closing in run.closings:
            key = (closing.request, closing.connection)
            follower = (places.get(key) or self._start(key)).follower
            released = follower.close()
            if follower.keeps:
                self._doubt(run, prints, closing, released)
            found.append((closing, released))
        return found

    def _doubt(
        self, run: Run, prints: Sequence[StepFootprint], closing: Closing, released: Footprint
    ) -> None:
        """Doubt a close whose place among the steps of the others shows, for it is no choice.

        It comes right after a step of its request. What others do cannot come in between; where
        they commute with that step, or with the close, it is the same as before or after both.
        """
        steps = list(zip(run.steps, prints, strict=True))
        own = [step.completed for step, _ in steps if step.request == closing.request]
        if closing.completed > max(own, default=-1):
            self._reader.doubts.add(
                "a connection that holds locks is closed after its request is over"
            )
            return
        ends = [done.whole for step, done in steps if _ends_at(step, closing)]
        others = [done.whole for step, done in steps if step.request != closing.request]
        if any(conflict(end, other) for end in ends for other in others) and any(
            conflict(released, other) for other in others
        ):
            self._reader.doubts.add(
                "a connection is closed while it holds locks, right after a statement: what others "
                "do in between is not run; end the transaction, or give back the advisory locks, "
                "in a statement before the close"
            )

    def _follow(self, run: Run) -> tuple[list[StepFootprint], dict[tuple[int, int], _Place]]:
        """What each step touches, and where the connections stand after all of them."""
        if self._learnt is not self._reader.tables.learnt:
            self._learnt = self._reader.tables.learnt
            self._begun.clear()
        places: dict[tuple[int, int], _Place] = {}
        found: list[StepFootprint] = []
        for step, plans in zip(run.steps, plans_of(run.steps), strict=True):
            key = (step.request, step.connection)
            here = places.get(key) or self._start(key)
            footprint, places[key] = here.take(step, plans)
            found.append(footprint)
        return found, places

    def _start(self, key: tuple[int, int]) -> _Place:
        """A connection as it stands before its first step."""
        if key not in self._begun:
            self._begun[key] = _Place(Follower(self._reader, *key))
        return self._begun[key]


def _ends_at(step: Step, closing: Closing) -> bool:
    return step.request == closing.request and step.completed == closing.completed
