"""The reduced search against brute force, on a model of the database."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racewalk.commute.effects import Reader
from racewalk.commute.tables import Lesson
from racewalk.commute.trace import InsideError, Name, Trace, Tracer, trace
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Answer, Choice, Run, Step
from racewalk.schedule.schedule import Schedule
from racewalk.search.budget import Budget
from racewalk.search.one_per_class import OnePerClass
from racewalk.wire.statements import Statement
from support.model import EMPTY, Model
from support.oracle import agree, every_schedule, one_per_class
from support.programs import Op, Program, programs
from support.readers import BEGINS, PAIRS, reader

TRIPLES = st.one_of(
    st.tuples(programs(BEGINS, 2), programs(BEGINS, 1), programs(BEGINS, 1)),
    st.tuples(*[programs((None,), 2)] * 3),
)


@given(PAIRS)
@settings(max_examples=30, deadline=None)
def test_two_programs(pair: tuple[Program, ...]) -> None:
    agree(Model(pair), 2, reader)


@given(TRIPLES)
@settings(max_examples=2, deadline=None)
def test_three_programs(triple: tuple[Program, ...]) -> None:
    agree(Model(triple), 3, reader)


@pytest.mark.acceptance
@given(PAIRS)
@settings(max_examples=600, deadline=None)
def test_many_pairs(pair: tuple[Program, ...]) -> None:
    agree(Model(pair), 2, reader)


@pytest.mark.acceptance
@given(TRIPLES)
@settings(max_examples=60, deadline=None)
def test_many_triples(triple: tuple[Program, ...]) -> None:
    agree(Model(triple), 3, reader)


WITHDRAW = Program("begin", (Op("read"), Op("set"), Op("insert")))


def test_without_a_reader_nothing_commutes() -> None:
    model = Model([WITHDRAW] * 2)
    certificate = one_per_class(model, 2, None)
    assert certificate.reduction
    assert certificate.reduction.classes == len(list(every_schedule(model))) == 92


@pytest.mark.parametrize("runs", range(1, 57, 5))
def test_a_spent_budget_tells_up_to_how_many_preemptions_nothing_broke(runs: int) -> None:
    model = Model([WITHDRAW] * 3)
    ran: set[Name] = set()

    def seen(run: Run, _outcome: Outcome) -> None:
        ran.add(trace(run, reader()).name)

    certificate = one_per_class(model, 3, reader(), Budget(schedules=runs), seen)
    assert certificate.reduction
    assert certificate.reduction.runs == runs
    bound = certificate.reduction.bound
    if bound is None:
        assert certificate.verdict == "inconclusive"
        return
    told = f"no invariant broke up to {bound} preemption{'s' * (bound != 1)}"
    assert certificate.told == told
    assert f"not exhausted: the budget of {runs} schedules is spent" in str(certificate)
    for schedule in all_up_to(model, bound):
        assert trace(schedule, reader()).name in ran


def all_up_to(model: Model, bound: int) -> list[Run]:
    """Return every schedule with at most so many preemptions."""
    return [run for run, _ in every_schedule(model, lambda run: run.preemptions <= bound)]


def test_a_class_is_first_run_with_its_fewest_preemptions() -> None:
    model = Model([WITHDRAW] * 2)
    fewest: dict[Name, int] = {}
    for run, _ in every_schedule(model):
        name = trace(run, reader()).name
        fewest[name] = min(run.preemptions, fewest.get(name, 99))

    def seen(run: Run, _outcome: Outcome) -> None:
        assert run.preemptions == fewest.pop(trace(run, reader()).name)

    one_per_class(model, 2, reader(), seen=seen)
    assert not fewest


class Moody:
    """A model whose first request sees something else in every other schedule."""

    def __init__(self) -> None:
        self.model = Model([WITHDRAW] * 2)
        self.runs = 0
        self.noise, self.masks = self.model.noise, self.model.masks

    def run(self, schedule: Schedule = EMPTY, like: Run | None = None) -> tuple[Run, Outcome]:
        """Run one schedule."""
        run, outcome = self.model.run(schedule, like)
        self.runs += 1
        steps = tuple(replace(step, rows=((self.runs % 2,),)) for step in run.steps)
        return replace(run, steps=steps), outcome


def test_equivalent_schedules_that_differ_are_a_divergence() -> None:
    certificate = one_per_class(Moody(), 2, reader())
    assert (certificate.verdict, certificate.diverged) == ("inconclusive", True)


def test_a_wait_inside_the_application_is_not_reduced() -> None:
    enabled = ((0, 1), (0,), (0,), (1,))
    chosen = (1, 0, 0, 1)  # between its two steps, request 1 waits for both of the other's
    read = Statement("SELECT value FROM cell WHERE id = 1")
    run = Run(
        tuple(Choice(able, one, (), ()) for able, one in zip(enabled, chosen, strict=True)),
        tuple(
            Step(request, (read,), (), (), ("SELECT 1",), None, "I", None, index, index)
            for index, request in enumerate(chosen)
        ),
        (Answer("refused"), Answer("refused")),
    )
    with pytest.raises(InsideError, match="request B waits inside the application"):
        trace(run, reader())
    assert [event.clock for event in trace(run, None).events] == [(0, 0), (0, 1), (1, 1), (2, 1)]


class Teaching(Tracer):
    """Learns something more whenever it has told so many runs."""

    def __init__(self, known: Reader, *lessons: int) -> None:
        super().__init__(known)
        self._known, self._lessons = known, lessons
        self.told: list[tuple[Run, frozenset[Lesson]]] = []

    def trace(self, run: Run) -> Trace:
        if len(self.told) in self._lessons:
            self._known.tables.learn("order", str(len(self.told)))
        self.told.append((run, self._known.tables.learnt))
        return super().trace(run)


@pytest.mark.parametrize("lessons", [(2,), (2, 4), (2, 3, 5, 8)])
def test_all_runs_of_a_graph_are_read_by_the_same_lessons(
    lessons: tuple[int, ...],
) -> None:
    model, known = Model([WITHDRAW] * 2), reader()
    strategy, tracer = OnePerClass(2, known), Teaching(known, *lessons)
    strategy._tracer = tracer
    runs = []
    for _ in range(3):
        schedule = strategy.next()
        assert schedule is not None
        runs.append(model.run(schedule)[0])
        strategy.saw(*model.run(schedule))
    told, learnt = zip(*tracer.told[-3:], strict=True)
    assert list(told) == runs
    assert set(learnt) == {known.tables.learnt}
