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

from collections.abc import Iterator

from racewalk.commute.effects import Reader
from racewalk.commute.reading import Reading
from racewalk.commute.tables import Lesson
from racewalk.commute.trace import Move, Trace, Tracer
from racewalk.errors import DivergenceError, DoubtError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.search.certificate import Reduction
from racewalk.search.counting import Position, weights
from racewalk.search.strategy import Weighed
from racewalk.search.unfolding import Configuration, Unfolding

Edge = tuple[Position, int]
"""A position, and the request that goes on from there."""


class OnePerClass:
    """One schedule of each class; a `Strategy`.

    What a run teaches the reader may split classes that seemed one: then the graph is drawn anew
    from the runs that there are, and walked from the start. None of them is run again.

    Args:
        requests: how many race.
        reader: reads the statements; without one no two steps commute.
    """

    def __init__(self, requests: int, reader: Reader | None) -> None:
        self._reader, self._tracer = reader, Tracer(reader)
        self._unfolding = Unfolding(requests)
        self._ends: dict[Configuration, Outcome] = {}
        self._came_from: dict[Position, tuple[Position, Move] | None] = {}
        self._walk = self._all_edges()
        self._asked: Schedule | None = None
        self._way: list[Configuration] = []
        self._last: Run | None = None
        self._runs: list[tuple[Run, Outcome]] = []
        self._reading = Reading()
        self._bound: int | None = None

    @property
    def unfolding(self) -> Unfolding:
        """The graph as far as it is drawn: all of it, once nothing is left to run."""
        return self._unfolding

    def next(self) -> Schedule | None:
        """Walk on to the next edge that no run has drawn."""
        if self._asked is None:
            self._asked = next(self._walk, None)
        return self._asked

    @property
    def like(self) -> Run | None:
        """The last run, where the schedule to come begins as it did."""
        if self._last is None or self._asked is None:
            return None
        before = Schedule(self._asked.items[:-1])
        return self._last if self._last.schedule.begins_with(before) else None

    def saw(self, run: Run, outcome: Outcome) -> None:
        """Draw the run's class in the graph."""
        self._last, self._asked = run, None
        learnt = self._learnt
        found = self._tracer.trace(run)
        self._runs.append((run, outcome))
        self._reading += found.reading
        if self._learnt == learnt or len(self._runs) == 1:
            self._add(run, outcome, found)
            return
        self._unfolding, self._ends = Unfolding(len(run.answers)), {}
        for (earlier, its_outcome), its_trace in zip(self._runs, self._traces(), strict=True):
            self._add(earlier, its_outcome, its_trace)
        self._walk = self._levels()

    def _traces(self) -> list[Trace]:
        """The events of all runs, once none of them teaches what another is to be read by."""
        while True:
            learnt = self._learnt
            found = [self._tracer.trace(run) for run, _ in self._runs]
            if self._learnt == learnt:
                return found

    @property
    def _learnt(self) -> frozenset[Lesson]:
        return self._reader.tables.learnt if self._reader else frozenset()

    def _add(self, run: Run, outcome: Outcome, found: Trace) -> None:
        self._way = self._unfolding.add(found)
        end = self._way[-1]
        if end in self._ends:
            raise DivergenceError(f"the schedule {run.schedule} is of a class that was run before")
        self._ends[end] = outcome

    @property
    def assumed(self) -> frozenset[str]:
        """What was met and taken not to happen, in words."""
        return frozenset(self._reader.assumed if self._reader else ())

    @property
    def bound(self) -> int | None:
        """Up to so many preemptions every schedule is of a class that was run."""
        return self._bound

    @property
    def cut(self) -> bool:
        """Nothing is left out."""
        return False

    def reduction(self) -> Reduction:
        """Return how many classes were run."""
        return Reduction(
            runs=len(self._runs),
            unsafe_classes=sum(outcome.unsafe for _, outcome in self._runs),
            read=self._reading.read,
            watched=self._reading.watched,
            unreadable=self._reading.unreadable,
            bound=self._bound,
        )

    def weigh(self) -> Weighed:
        """Return all schedules of the classes that were run."""
        if self._reader and self._reader.doubts:
            raise DoubtError("; ".join(sorted(self._reader.doubts)))
        found = weights(self._unfolding)
        if found.keys() != self._ends.keys():
            raise DivergenceError("the classes that were run are not those that there are")
        return [(self._ends[end], found[end]) for end in found]

    def _all_edges(self) -> Iterator[Schedule]:
        """Follow all edges, level by level of preemptions; yield where one is missing."""
        yield Schedule()
        yield from self._levels()

    def _levels(self) -> Iterator[Schedule]:
        start: Position = (self._unfolding.start, -1)
        self._bound, self._came_from = None, {}
        level = self._arrive(start, None)[0]
        while level:
            later: list[Edge] = []
            while level:
                position, request = level.pop()
                yield from self._draw(position, request)
                node = self._unfolding.node(position[0])
                for move, there in list(node.after.items()):
                    new = (there, request)
                    if move[0].request == request and new not in self._came_from:
                        free, preempting = self._arrive(new, (position, move))
                        level += free
                        later += preempting
            self._bound = 0 if self._bound is None else self._bound + 1
            level = later

    def _draw(self, position: Position, request: int) -> Iterator[Schedule]:
        """Yield schedules until every way in which the request can go on is drawn."""
        here = position[0]
        while (missing := self._unfolding.node(here).missing(request)) is not None:
            asked = Schedule((*self._schedule(position).items, *missing))
            yield asked
            if here not in self._way or self._unfolding.node(here).missing(request) == missing:
                raise DivergenceError(f"the schedule {asked} is not of the class that it should be")

    def _arrive(
        self, at: Position, came_from: tuple[Position, Move] | None
    ) -> tuple[list[Edge], list[Edge]]:
        """Return the edges that lead on from a new position: without a preemption, and with."""
        self._came_from[at] = came_from
        here, last = at
        enabled = self._unfolding.node(here).enabled
        if last in enabled:
            return [(at, last)], [(at, request) for request in enabled if request != last]
        return [(at, request) for request in reversed(enabled)], []

    def _schedule(self, position: Position) -> Schedule:
        """The choices that lead to a position."""
        moves: list[Move] = []
        before = self._came_from[position]
        while before is not None:
            position, move = before
            moves.append(move)
            before = self._came_from[position]
        return Schedule(tuple(item for move in reversed(moves) for item in move))
