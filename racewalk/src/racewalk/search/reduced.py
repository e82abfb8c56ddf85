"""One schedule for each class, the ones with the fewest preemptions first.

Every schedule is a path through the unfolding (see `unfolding`). The search walks it from the
start and looks at each request that can go on at each configuration; where that edge is missing,
it runs the schedule that takes it, which completes the class of that schedule in the graph. When
no edge is missing, every schedule is of a class that was run. No class is run twice, since its
first run drew all its edges: as many runs as classes, which is optimal in the sense of Abdulla,
Aronis, Jonsson, Sagonas, Optimal Dynamic Partial Order Reduction, POPL 2014.

Positions are walked in order of the preemptions that they need, 0, 1, 2, … (iterative context
bounding: Musuvathi, Qadeer, PLDI 2007). A search that is cut short has therefore seen every
schedule up to so many preemptions, and the first unsafe run has as few as any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Protocol

from racewalk.commute.effects import Reader
from racewalk.commute.footprint import unreadable_statements
from racewalk.commute.trace import trace
from racewalk.errors import DivergenceError, ExploreError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.brute_force import UNLIMITED, Budget
from racewalk.search.certificate import Certificate
from racewalk.search.counting import Position, weights
from racewalk.search.reduction import Reduction
from racewalk.search.unfolding import Configuration, Unfolding


class Runner(Protocol):
    """What the search needs of a lab."""

    def run(self, prefix: Sequence[int] = (), like: Run | None = None) -> tuple[Run, Outcome]:
        """Run the choices of `prefix`, then on without a preemption; see `Lab.run`."""


Seen = Callable[[Run, Outcome], None]
Edge = tuple[Position, int]
"""A position, and the request that goes on from there."""


def reduced(
    lab: Runner,
    requests: int,
    reader: Reader | None,
    budget: Budget = UNLIMITED,
    seen: Seen = lambda _run, _outcome: None,
) -> Certificate:
    """Run one schedule of each class and return the certificate.

    Args:
        lab: where schedules run; of no further use where the certificate is inconclusive for
            another reason than the budget.
        requests: how many race.
        reader: reads the statements; without one no two steps commute.
        budget: when to stop.
        seen: called with every run and its outcome.
    """
    search = _Search(lab, requests, reader, budget, seen)
    certificate = search.certificate
    try:
        search.walk()
        if certificate.exhausted:
            search.weigh()
    except ExploreError as error:
        certificate.inconclusive = f"{type(error).__name__.lower()}: {error}"
        certificate.diverged = isinstance(error, DivergenceError)
        search.reduction.bound = None
    certificate.seconds = monotonic() - search.begun
    return certificate


class _Search:
    """The state of one search."""

    def __init__(
        self, lab: Runner, requests: int, reader: Reader | None, budget: Budget, seen: Seen
    ) -> None:
        self._lab, self._reader, self._budget, self._seen = lab, reader, budget, seen
        self._unfolding = Unfolding(requests)
        self._ends: dict[Configuration, tuple[Run, Outcome]] = {}
        self._came_from: dict[Position, Position | None] = {}
        self._last: Run | None = None
        self.begun = monotonic()
        self.reduction = Reduction()
        self.certificate = Certificate(requests, reduction=self.reduction)

    def walk(self) -> None:
        """Follow all edges, level by level of preemptions, or until the budget is spent."""
        start: Position = (self._unfolding.start, -1)
        if self._is_spent():
            return
        self._run([])
        level = self._arrive(start, None)[0]
        while level:
            later: list[Edge] = []
            while level:
                position, request = level.pop()
                if not self._is_known(position, request):
                    if self._is_spent():
                        return
                    self._take(position, request)
                there = self._unfolding.nodes[position[0]].after[request]
                if (there, request) not in self._came_from:
                    free, preempting = self._arrive((there, request), position)
                    level += free
                    later += preempting
            self.reduction.bound = 0 if self.reduction.bound is None else self.reduction.bound + 1
            level = later

    def weigh(self) -> None:
        """Count all schedules of the classes that were run."""
        found = weights(self._unfolding)
        if found.keys() != self._ends.keys():
            raise DivergenceError("the classes that were run are not those that there are")
        self.certificate.weigh((self._ends[end][1], found[end]) for end in found)

    def _arrive(self, at: Position, came_from: Position | None) -> tuple[list[Edge], list[Edge]]:
        """Return the edges that lead on from a new position: without a preemption, and with."""
        self._came_from[at] = came_from
        here, last = at
        enabled = self._unfolding.nodes[here].enabled
        if last in enabled:
            return [(at, last)], [(at, request) for request in enabled if request != last]
        return [(at, request) for request in reversed(enabled)], []

    def _is_known(self, position: Position, request: int) -> bool:
        return request in self._unfolding.nodes[position[0]].after

    def _take(self, position: Position, request: int) -> None:
        """Run a schedule through an edge that no run has drawn yet."""
        prefix = [*self._schedule(position), request]
        way = self._run(prefix)
        if way[len(prefix) - 1] != position[0] or not self._is_known(position, request):
            raise DivergenceError(f"the schedule {prefix} is not of the class that it should be")

    def _schedule(self, position: Position) -> list[int]:
        """The choices that lead to a position."""
        choices: list[int] = []
        before = self._came_from[position]
        while before is not None:
            choices.append(position[1])
            position, before = before, self._came_from[before]
        return choices[::-1]

    def _run(self, prefix: Sequence[int]) -> list[Configuration]:
        run, outcome = self._lab.run(prefix, self._like(prefix))
        self._last = run
        way = self._unfolding.add(trace(run, self._reader))
        if way[-1] in self._ends:
            raise DivergenceError(f"the schedule {run.schedule} is of a class that was run before")
        self._ends[way[-1]] = run, outcome
        self.certificate.add(run, outcome)
        self.reduction.add(outcome)
        self._seen(run, outcome)
        if self._reader:
            self.reduction.unreadable.update(unreadable_statements(run, self._reader))
            if table := self._reader.contradiction:
                raise ExploreError(f"the keys of table {table} are not constant")
        return way

    def _like(self, prefix: Sequence[int]) -> Run | None:
        """The last run, where the schedule to come begins as it did."""
        before = tuple(prefix[:-1])
        same = self._last and self._last.schedule[: len(before)] == before
        return self._last if same else None

    def _is_spent(self) -> bool:
        spent = self._budget.spent(self.reduction.runs, monotonic() - self.begun)
        self.certificate.inconclusive = spent
        return spent is not None
