"""A run as events: looked up by table, they are what comparing every pair would give; and why."""

import sys
from dataclasses import replace
from types import FrameType
from typing import Any

from hypothesis import given, settings

from racewalk.commute.access import Verb
from racewalk.commute.dependence import conflict
from racewalk.commute.trace import Trace, trace
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from support.model import Model
from support.oracle import every_schedule
from support.programs import Op, Program
from support.readers import PAIRS, reader


def pairwise(run: Run, found: Trace) -> list[tuple[int, ...]]:
    """The clocks of a run's events, from every pair of them."""
    clocks: list[tuple[int, ...]] = []
    for index, event in enumerate(found.events):
        clock = event.ready
        freed = [s.released for s in run.moments[index].ended if s.released < index]
        for earlier, other in enumerate(found.events[:index]):
            if other.request != event.request and (
                conflict(other.accesses, event.accesses) or earlier in freed
            ):
                before = list(clocks[earlier])
                before[other.request] += 1
                clock = tuple(map(max, clock, before))
        clocks.append(clock)
    return clocks


@given(PAIRS)
@settings(max_examples=25, deadline=None)
def test_events_are_those_of_comparing_every_pair(pair: tuple[Program, ...]) -> None:
    for run, _ in list(every_schedule(Model(pair)))[:20]:
        found = trace(run, reader())
        assert [event.clock for event in found.events] == pairwise(run, found)


def test_two_events_can_say_why_they_depend_on_one_another() -> None:
    reads = Program("begin", (Op("read"), Op("set")))
    run, _ = Model([reads] * 2).run(Schedule.of(0, 1, 0, 1, 0, 0, 1))
    found = trace(run, reader())
    chosen = [choice.chosen for choice in run.choices]
    assert chosen == [0, 1, 0, 1, 0, 0, 1, 1]
    assert found.why(0, 1) is None
    because = found.why(3, 5)
    assert because
    assert {access.verb for access in because} == {Verb.READ, Verb.CHANGE}
    assert {access.rows.table for access in because} == {"cell"}
    assert found.why(3, 5) == tuple(reversed(found.why(5, 3) or ()))


def test_what_could_not_be_chosen_at_first_comes_after_what_opened_it() -> None:
    run, _ = Model([long(0, 2), long(1, 2)]).run(Schedule.of(0, 0, 1))
    alone = replace(run.choices[0], enabled=(0,), pending=run.choices[0].pending[:1])
    for choices, ready in ((run.choices, (0, 0)), ((alone, *run.choices[1:]), (1, 0))):
        found = trace(replace(run, choices=choices), reader())
        assert next(event.ready for event in found.events if event.request == 1) == ready


def long(request: int, steps: int) -> Program:
    """Many statements, of which two requests touch different rows."""
    return Program("begin", tuple(Op("read", 1 + request) for _ in range(steps)))


def lines(steps: int) -> int:
    """Return how many lines of Python are run to trace a run of so many steps, once it is known."""
    run, _ = Model([long(0, steps), long(1, steps)]).run()
    known, count = reader(), [0]
    trace(run, known)

    def seen(_frame: FrameType, event: str, _value: object) -> Any:
        count[0] += event == "line"
        return seen

    before = sys.gettrace()
    sys.settrace(seen)
    try:
        trace(run, known)
    finally:
        sys.settrace(before)
    return count[0]


def test_a_long_run_costs_what_its_length_costs() -> None:
    fifty, hundred, two_hundred = map(lines, (50, 100, 200))
    assert 0 < two_hundred - hundred <= 2.1 * (hundred - fifty)
