"""The class of a schedule: its Mazurkiewicz trace, told by vector clocks.

Two schedules are of one class if exchanging neighbouring steps that commute leads from one to the
other; nothing in the world can tell them apart. The events of a run are its choices. What an
event does is what happened between its choice and the next: its own step, or so much of it as is
done while it waits for a lock, and the steps that it set free.

An event happens before a later one of the same request, before one that it conflicts with, and
before the steps of the requests that it set free (Mazurkiewicz, Trace Theory, 1986; Mattern,
Virtual Time and Global States of Distributed Systems, 1989).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from racewalk.commute.access import UNREADABLE, Footprint
from racewalk.commute.dependence import conflict, may_set_free
from racewalk.commute.effects import Reader
from racewalk.commute.footprint import StepFootprint, footprints
from racewalk.errors import ExploreError
from racewalk.schedule.record import Run, Step
from racewalk.wire.statements import mask

Clock = tuple[int, ...]
"""For each request, how many of its events come before."""

Trace = tuple[tuple[Clock, ...], ...]
"""For each request, the clocks of its events: equal for two schedules of one class only."""


class InsideError(ExploreError):
    """A request waited for another inside the application, where nobody sees what commutes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One choice of a run.

    Attributes:
        request: whose step was released.
        clock: which events happen before it.
        ready: which events have to be over so that it can be chosen at all; at most `clock`.
        observed: what it showed: its step or that this one waits, and the steps that it set free.
    """

    request: int
    clock: Clock
    ready: Clock
    observed: tuple[object, ...]


def events(run: Run, reader: Reader | None) -> list[Event]:
    """Return the events of a run, in order.

    Args:
        run: a complete schedule.
        reader: reads its statements; without one, no two steps commute.

    Raises:
        InsideError: a request waited inside the application, and there is a reader.
    """
    requests = len(run.answers)
    done = _done(run, reader)
    released = {step.released: step for step in run.steps}
    clocks: list[Clock] = []
    found: list[Event] = []
    previous: dict[int, int] = {}
    for index, choice in enumerate(run.choices):
        request = choice.chosen
        ready = (0,) * requests
        if request in previous:
            step = released[previous[request]]
            opened = _opened(run, step)
            if reader and opened != step.completed:
                raise InsideError(f"request {request} waits inside the application")
            ready = _after(clocks, run, previous[request], opened)
        clock = ready
        for earlier in range(index - 1, -1, -1):
            other = run.choices[earlier].chosen
            if clocks[earlier][other] >= clock[other] and conflict(done[earlier], done[index]):
                clock = _join(clock, _including(clocks[earlier], other))
        for step in run.steps:
            if step.completed == index > step.released:
                clock = _join(clock, _after(clocks, run, step.released))
        clocks.append(clock)
        found.append(Event(request, clock, ready, _observed(run, index)))
        previous[request] = index
    return found


def trace(found: Sequence[Event], requests: int) -> Trace:
    """Return the class of a run, given its events."""
    return tuple(
        tuple(event.clock for event in found if event.request == request)
        for request in range(requests)
    )


def _done(run: Run, reader: Reader | None) -> list[Footprint]:
    """What happened after each choice."""
    if reader is None:
        return [UNREADABLE] * len(run.choices)
    prints = footprints(run, reader)
    done: list[Footprint] = [frozenset()] * len(run.choices)
    waiting: list[tuple[Step, StepFootprint]] = []
    for step, footprint in zip(run.steps, prints, strict=True):
        done[step.completed] |= footprint.whole
        if step.completed > step.released:
            done[step.released] |= footprint.asking
            waiting.append((step, footprint))
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


def _observed(run: Run, index: int) -> tuple[object, ...]:
    """What was seen between a choice and the next, without the keys that an INSERT generates."""
    seen: list[object] = []
    for step in run.steps:
        shapes = tuple(statement.shape for statement in step.statements)
        if step.completed == index:
            inserts = any(shape.upper().startswith("INSERT") for shape in shapes)
            rows = "" if inserts else mask(repr(step.rows))
            waited = step.waited_for is not None
            seen.append((step.request, shapes, rows, step.tags, step.error, step.status, waited))
        elif step.released == index:
            seen.append((step.request, shapes))
    return tuple(sorted(seen, key=repr))


def _opened(run: Run, step: Step) -> int:
    """The event after which the request of a step, which goes on, could be chosen again."""
    later = range(step.released + 1, len(run.choices))
    return next(index for index in later if step.request in run.choices[index].enabled) - 1


def _after(clocks: Sequence[Clock], run: Run, *indices: int) -> Clock:
    """The clock of what comes after the given events and no others."""
    joined: Clock = (0,) * len(run.answers)
    for index in indices:
        joined = _join(joined, _including(clocks[index], run.choices[index].chosen))
    return joined


def _including(clock: Clock, request: int) -> Clock:
    """The clock of what comes after an event of this request that has the given clock."""
    return (*clock[:request], clock[request] + 1, *clock[request + 1 :])


def _join(first: Clock, second: Clock) -> Clock:
    return tuple(map(max, first, second))
