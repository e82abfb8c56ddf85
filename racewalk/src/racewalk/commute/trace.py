"""A run as events: what each touched, what happened before it, and why.

Two schedules are of one class if exchanging neighbouring steps that commute leads from one to the
other; nothing in the world can tell them apart. The events of a run are its choices. What an
event does is what happened between its choice and the next: its own step, or so much of it as is
done while it waits for a lock, and the steps that it set free.

An event happens before a later one of the same request, before one that it conflicts with, and
before the steps of the requests that it set free (Mazurkiewicz, Trace Theory, 1986; Mattern,
Virtual Time and Global States of Distributed Systems, 1989).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from racewalk.commute.access import UNREADABLE, Access, Footprint
from racewalk.commute.dependence import dependent, may_set_free
from racewalk.commute.effects import Reader
from racewalk.commute.followed import Followed
from racewalk.commute.last import Last
from racewalk.commute.reading import Reading, reading
from racewalk.commute.transactions import StepFootprint
from racewalk.errors import RacewalkError
from racewalk.schedule.masks import Masks
from racewalk.schedule.record import Closing, Moment, Run, Step
from racewalk.schedule.schedule import Item
from racewalk.words import name

Clock = tuple[int, ...]
"""For each request, how many of its events come before."""

Move = tuple[Item, ...]
"""One choice with those that follow from it: a step, and who was woken first of those it freed."""

Name = tuple[tuple[tuple[Clock, Move], ...], ...]
"""For each request its events, by clock and move: equal for two schedules of one class only."""

_NOTHING: Final[Footprint] = frozenset()


class InsideError(RacewalkError):
    """A request waited for another inside the application, where nobody sees what commutes."""

    kind = "a wait that nobody sees"
    cure = "have all requests in one process ([app] shared = true), where such waits are explored"


@dataclass(frozen=True, slots=True)
class Event:
    """One choice of a run.

    Attributes:
        request: whose step was released.
        move: the choice.
        others: beginnings of moves that were open in its place, with the same step.
        clock: which events happen before it.
        ready: which events have to be over so that it can be chosen at all; at most `clock`.
        accesses: what happened then, of this request and of those that it set free.
        seen: what it showed: its step or that this one waits, and the steps that it set free.
    """

    request: int
    move: Move
    others: tuple[Move, ...]
    clock: Clock
    ready: Clock
    accesses: Footprint
    seen: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The events of one run, in order, and how its statements were read."""

    requests: int
    events: tuple[Event, ...]
    reading: Reading = field(default_factory=Reading)

    @property
    def name(self) -> Name:
        """The class of the run."""
        return tuple(
            tuple((e.clock, e.move) for e in self.events if e.request == request)
            for request in range(self.requests)
        )

    def why(self, first: int, second: int) -> tuple[Access, Access] | None:
        """Return an access of each of two events that do not commute, or None where all do.

        Args:
            first, second: numbers of the events, from 0. Those of one request are in order
                whatever they touch.
        """
        one, other = self.events[first].accesses, self.events[second].accesses
        pairs = ((a, b) for a in one for b in other if dependent(a, b))
        return min(pairs, key=repr, default=None)


class Tracer:
    """Tells the events of the runs of one search.

    Args:
        reader: reads their statements; without one, no two steps commute.
    """

    def __init__(self, reader: Reader | None) -> None:
        self._followed = Followed(reader) if reader else None

    def trace(self, run: Run) -> Trace:
        """Return the events of a run.

        Args:
            run: a complete schedule.

        Raises:
            InsideError: a request waited inside the application, and there is a reader.
        """
        requests, followed = len(run.answers), self._followed
        if followed is None:
            return Trace(requests, _events(run, [UNREADABLE] * len(run.choices), blind=True))
        prints = followed.learn(run)
        done = _done(run, prints, followed.closings(run))
        return Trace(requests, _events(run, done), reading(run, prints))


def trace(run: Run, reader: Reader | None) -> Trace:
    """Return the events of one run alone; see `Tracer`."""
    return Tracer(reader).trace(run)


def _events(run: Run, done: Sequence[Footprint], *, blind: bool = False) -> tuple[Event, ...]:
    """The events of a run, of which it is known what they did.

    Args:
        run: the run.
        done: what happened after each choice.
        blind: whether it is known of no statement.

    Raises:
        InsideError: a request waited inside the application, and it is known.
    """
    requests = len(run.answers)
    last, clocks = Last(requests), list[Clock]()
    found: list[Event] = []
    for moment, ready_after in zip(run.moments, _ready_after(run, inside=blind), strict=True):
        index, choice = moment.index, moment.choice
        request = choice.chosen
        ready = (0,) * requests
        for before in ready_after:
            ready = _join(ready, _after(clocks, run, before))
        clock = ready
        for earlier in last.dependent(done[index], clock):
            clock = _join(clock, _after(clocks, run, earlier))
        for step in moment.ended:
            if step.released < index:
                clock = _join(clock, _after(clocks, run, step.released))
        last.add(index, request, clock[request], done[index])
        clocks.append(clock)
        seen = _seen(moment, run.masks)
        found.append(Event(request, choice.move, choice.others, clock, ready, done[index], seen))
    return tuple(found)


def _ready_after(run: Run, inside: bool) -> Iterator[list[int]]:
    """For each choice, those that had to be over so that it could be made.

    Args:
        run: the run.
        inside: whether requests may wait inside the application.

    Raises:
        InsideError: one did, and may not.
    """
    previous: dict[int, Moment] = {}
    for moment, opened in zip(run.moments, _opened(run), strict=True):
        request = moment.choice.chosen
        before = previous.get(request)
        if before and not inside and before.released and opened != before.released.completed:
            raise InsideError(f"request {name(request)} waits inside the application")
        yield ([before.index] if before else []) + ([opened] if opened >= 0 else [])
        previous[request] = moment


def _done(
    run: Run, prints: Sequence[StepFootprint], closings: Sequence[tuple[Closing, Footprint]]
) -> list[Footprint]:
    """What happened after each choice."""
    done: list[Footprint] = [_NOTHING] * len(run.choices)
    waiting: list[tuple[Step, StepFootprint]] = []
    for step, footprint in zip(run.steps, prints, strict=True):
        done[step.completed] |= footprint.whole
        if step.completed > step.released:
            done[step.released] |= footprint.asking
            waiting.append((step, footprint))
    for closing, released in closings:
        done[closing.completed] |= released
    for index, choice in enumerate(run.choices):
        if choice.chosen in choice.unbegun:  # what an application does before it speaks is unknown
            done[index] |= UNREADABLE
    if waiting:
        for index in range(len(done)):
            _let_go_on(index, done, waiting)
    return done


def _let_go_on(
    index: int, done: list[Footprint], waiting: Sequence[tuple[Step, StepFootprint]]
) -> None:
    """Add the waiting steps that may have come further at an event, without being over."""
    left = [asking for step, asking in waiting if step.released < index < step.completed]
    while freed := [asking for asking in left if may_set_free(done[index], asking.asking)]:
        for asking in freed:
            done[index] |= asking.asking
            left.remove(asking)


def _seen(moment: Moment, masks: Masks) -> tuple[object, ...]:
    """What was seen between a choice and the next."""
    seen: list[object] = []
    seen.extend(map(masks.equivalent, moment.ended))
    if moment.waits and (asking := moment.released):
        seen.append((asking.request, masks.shapes(asking)))
    return tuple(sorted(seen, key=repr) if len(seen) > 1 else seen)


def _opened(run: Run) -> list[int]:
    """For each choice, the one after which it could be made; -1: from the start."""
    opened: list[int] = []
    since: dict[int, int] = {}
    for index, choice in enumerate(run.choices):
        for request in choice.enabled:
            since.setdefault(request, index - 1)
        opened.append(since.pop(choice.chosen))
    return opened


def _after(clocks: Sequence[Clock], run: Run, index: int) -> Clock:
    """The clock of what comes after this event."""
    return _including(clocks[index], run.choices[index].chosen)


def _including(clock: Clock, request: int) -> Clock:
    """The clock of what comes after an event of this request that has the given clock."""
    return (*clock[:request], clock[request] + 1, *clock[request + 1 :])


def _join(first: Clock, second: Clock) -> Clock:
    return tuple(map(max, first, second))
