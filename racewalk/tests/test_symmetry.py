"""Requests that are alike: of schedules in which they have changed places one is run."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from racewalk.commute.initial import reader_of
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Facts, Outcome
from racewalk.schedule.record import Answer, Choice, Run, Waking
from racewalk.schedule.renamed import renamed
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule
from racewalk.search.strategy import Runner
from racewalk.search.symmetry import CHECKED, Symmetric
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets.session import Script, Scripted
from support.account import FACTS
from support.model import EMPTY, Model
from support.oracle import compare, every_schedule, one_per_class
from support.programs import Op, Program, programs
from support.readers import BEGINS, reader
from support.scenarios import racewalk, shop
from support.withdrawals import SCRIPTS, row_lock, transaction

MakeLab = Callable[[Sequence[Scripted]], LiveRunner]
WITHDRAW = Program("begin", (Op("read"), Op("set"), Op("insert")))


# What a run would have been under other names


def test_everything_of_a_run_is_renamed() -> None:
    waking = Waking((2, 1), 1)
    choice = Choice((0, 2), 2, ("first", "third"), (1,), (1,), (2,), (waking,))
    run = Run((choice,), (), (Answer("paid"), Answer("refused"), Answer("failed")))
    found = renamed(run, (1, 2, 0))
    assert found.answers == (Answer("failed"), Answer("paid"), Answer("refused"))
    expected = Choice((0, 1), 0, ("third", "first"), (2,), (2,), (0,), (Waking((0, 2), 2),))
    assert found.choices == (expected,)
    assert renamed(found, (2, 0, 1)) == run


# The same is found, with fewer runs


@given(programs(BEGINS, 3))
@settings(max_examples=30, deadline=None)
def test_two_that_are_alike(program: Program) -> None:
    model = Model([program] * 2, alike=True)
    compare(list(every_schedule(model)), Symmetric(model, 2, {}), 2, reader)


@given(programs((None,), 2))
@settings(max_examples=5, deadline=None)
def test_three_that_are_alike(program: Program) -> None:
    model = Model([program] * 3, alike=True)
    compare(list(every_schedule(model)), Symmetric(model, 3, {}), 3, reader)


@pytest.mark.acceptance
@given(programs(BEGINS, 3))
@settings(max_examples=600, deadline=None)
def test_many_that_are_alike(program: Program) -> None:
    model = Model([program] * 2, alike=True)
    compare(list(every_schedule(model)), Symmetric(model, 2, {}), 2, reader)


@pytest.mark.parametrize("requests", [2, 3])
def test_of_twins_one_is_run(requests: int) -> None:
    model = Model([WITHDRAW] * requests, alike=True)
    asked = one_per_class(model, requests, reader())
    ran = Counted(model)
    twins = Symmetric(ran, requests, {})
    found = one_per_class(twins, requests, reader())
    assert replace(found, examples=asked.examples) == replace(asked, seconds=found.seconds)
    assert twins.mirrored + len(ran.schedules) == asked.runs
    assert twins.compared == -(-twins.twins // CHECKED)
    assert len(ran.schedules) - twins.compared <= asked.runs / requests + 1


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_database_agrees(make_lab: MakeLab, observer: Observer, script: str) -> None:
    lab = make_lab([SCRIPTS[script]] * 2)
    asked = one_per_class(lab, 2, reader_of(observer, list(FACTS.values())))
    twins = Symmetric(lab, 2, lab.judges)
    found = one_per_class(twins, 2, reader_of(observer, list(FACTS.values())))
    assert (found.hash, found.outcomes) == (asked.hash, asked.outcomes)
    assert found.by_preemptions == asked.by_preemptions
    assert twins.mirrored


@pytest.mark.parametrize("asymmetric", [False, True])
def test_whoever_looks_at_an_example_sees_what_was_run(
    make_lab: MakeLab, observer: Observer, asymmetric: bool
) -> None:
    lab = make_lab([row_lock] * 2)
    if asymmetric:
        lab.judges = {"A is paid": lambda _facts, answers: answers[0].kind == "paid"}
    ran = Counted(lab)
    twins = Symmetric(ran, 2, lab.judges)
    found = one_per_class(twins, 2, reader_of(observer, list(FACTS.values())))
    told = twins.concluded(found)
    assert {end.answers for end in found.outcomes} == {("paid", "refused"), ("refused", "paid")}
    assert all(end.unsafe == (asymmetric and end.answers[0] == "refused") for end in found.outcomes)
    assert {run.schedule for run in told.examples.values()} <= set(ran.schedules)
    assert told.runs == len(ran.schedules) + told.mirrored
    assert {end for end in found.outcomes if end.unsafe} <= set(told.examples)
    assert told.mirrored


# Those that are not alike


class Counted:
    """Notes what is run."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.noise, self.masks = runner.noise, runner.masks
        self.schedules: list[Schedule] = []

    def run(self, schedule: Schedule = EMPTY, like: Run | None = None) -> tuple[Run, Outcome]:
        """Run one schedule."""
        run, outcome = self.runner.run(schedule, like)
        self.schedules.append(run.schedule)
        return run, outcome


class LeavesMore(Counted):
    """The second leaves more than the first, wherever it comes first."""

    def run(self, schedule: Schedule = EMPTY, like: Run | None = None) -> tuple[Run, Outcome]:
        """Run one schedule."""
        run, outcome = super().run(schedule, like)
        more = Facts((*outcome.facts.pairs, ("more", run.choices[0].chosen)))
        return run, replace(outcome, facts=more)


def test_one_that_says_something_else_is_met_at_once(make_lab: MakeLab, observer: Observer) -> None:
    def unlike(request: int) -> Script:
        if request == 1:
            yield "SELECT count(*) FROM payout"
        return (yield from transaction(request))

    lab = make_lab([unlike] * 2)
    twins = Symmetric(lab, 2, lab.judges)
    found = one_per_class(twins, 2, reader_of(observer, list(FACTS.values())))
    assert (found.verdict, found.diverged) == ("inconclusive", True)
    assert (twins.compared, twins.mirrored) == (0, 0)


def test_one_that_leaves_something_else_is_met_at_once() -> None:
    twins = Symmetric(LeavesMore(Model([WITHDRAW] * 2, alike=True)), 2, {})
    found = one_per_class(twins, 2, reader())
    assert found.diverged
    assert "sent alike" in str(found.inconclusive)
    assert twins.mirrored == 0


def test_who_was_compared_from_another_start_is_compared_later() -> None:
    twins = Symmetric(Model([WITHDRAW] * 2, alike=True), 2, {}, known=True)
    one_per_class(twins, 2, reader())
    assert twins.compared == twins.twins // CHECKED


@pytest.mark.parametrize("driver", ["one_off", "siblings"])
def test_processes_that_are_not_alike_run_every_class(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str
) -> None:
    monkeypatch.setenv("CLAIM", str(tmp_path / "claim"))
    file = tmp_path / "racewalk.toml"
    file.write_text(shop(server.url(), driver).replace('expected = "unsafe"\n', ""))
    told = [
        racewalk("run", file, "--race", "sold once", "--lanes", "1", "--json", "-", *more)
        for more in ([], ["--no-memory"])
    ]
    found, asked = (each.races["sold once"] for each in told)
    assert found["exhausted"], told[0].err
    same = ("verdict", "hash", "classes", "schedules", "unsafe", "by_preemptions")
    assert {name: found[name] for name in same} == {name: asked[name] for name in same}
    assert asked["mirrored"] == 0
    assert bool(found["mirrored"]) == (driver == "one_off")
