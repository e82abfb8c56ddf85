"""A verdict does not hang on how fast the machine is, nor on what goes otherwise each time."""

from collections.abc import Sequence
from itertools import accumulate, chain, cycle
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest

from attack.grade import exploring, in_turn, salvo
from attack.grade.grader import grade
from attack.grade.grading import Grading
from attack.grade.lane import Lane
from attack.grade.reasons import TURNED_AWAY
from attack.grade.stop import Failed
from attack.grade.task import Task
from attack.grade.trial import Ask, Fault, Trial, worst
from racewalk import Certificate, Facts, Outcome, Run
from tests.exercises.cases import Case, tricks

NEVER, AT_ONCE = 1000.0, 0.0
WAITS = [case for case in tricks() if case.name == "waits_to_be_told"]


@pytest.mark.acceptance
@pytest.mark.parametrize("enough", [NEVER, AT_ONCE], ids=["fast", "slow"])
@pytest.mark.parametrize("case", WAITS, ids=str)
def test_what_was_paid_twice_was_paid_twice_however_long_it_took(
    lane: Lane, case: Case, enough: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exploring, "_ENOUGH", enough)
    graded = grade(Task(case.exercise, case.stack, case.file), lane)

    assert graded.reason == "pays_twice", graded.said


def trial_of(reason: str) -> Trial:
    """Return one in which an answer is bad for a reason."""

    def judged(_facts: Facts, answers: Sequence[str]) -> Fault | None:
        return Fault(reason) if "bad" in answers else None

    ask = Ask("withdraw", 1)
    return Trial("any", (ask, ask), (), {}, judged, "money")


def explored(reason: str, *, diverged: bool) -> tuple[Fault, Run, Outcome] | None:
    """Return what is told of an exploration in which one run showed a fault."""

    good, bad = (Outcome(Facts(()), (said,), (), ()) for said in ("good", "bad"))
    run = Run((), (), (), ())
    certificate = Certificate(
        2,
        outcomes={good: 1, bad: 1},
        inconclusive="it went another way" if diverged else None,
        diverged=diverged,
        examples={good: run, bad: run},
    )
    return worst(trial_of(reason), certificate)


@pytest.mark.parametrize("reason", ["pays_twice", "below_zero", "waits_for_strangers"])
@pytest.mark.parametrize("diverged", [False, True])
def test_what_a_run_has_done_is_done(reason: str, diverged: bool) -> None:
    found = explored(reason, diverged=diverged)
    assert found
    assert found[0].reason == reason


@pytest.mark.parametrize("reason", TURNED_AWAY)
def test_who_was_turned_away_may_have_been_by_the_time_that_it_took(reason: str) -> None:
    assert explored(reason, diverged=False)
    assert explored(reason, diverged=True) is None


def certificate(*, diverged: bool, fault: bool) -> Certificate:
    """Return an exploration of one run."""
    end, run = Outcome(Facts(()), ("bad" if fault else "good",), (), ()), Run((), (), (), ())
    why = "it went another way" if diverged else None
    return Certificate(
        2, outcomes={end: 1}, inconclusive=why, diverged=diverged, examples={end: run}
    )


@pytest.mark.parametrize(
    ("second", "refused", "told"),
    [
        (certificate(diverged=False, fault=False), False, "it went another way"),
        (certificate(diverged=True, fault=False), False, "it went another way"),
        (certificate(diverged=False, fault=True), True, None),
    ],
    ids=["good the second time", "another way again", "bad the second time"],
)
def test_who_went_another_way_is_not_right_for_going_the_right_way_once(
    second: Certificate, refused: bool, told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([certificate(diverged=True, fault=False), second])
    monkeypatch.setattr(exploring, "_explore", lambda *_, **__: next(looks))
    grading = cast("Grading", SimpleNamespace(refuse_noted=lambda *_: None))
    found = exploring.looked_for_a_fault(grading, trial_of("pays_twice"), shared=False)
    assert (found[1] is not None, found[0].inconclusive) == (refused, told)


def slow(monkeypatch: pytest.MonkeyPatch, *rounds: tuple[float, float]) -> bool:
    """Return whether a repair is refused as slow.

    Args:
        monkeypatch: puts a clock in place of the machine's.
        rounds: for each, what two of its requests and two for nothing take, in seconds; the last
            goes on for ever.
    """
    each = chain(rounds, cycle(rounds[-1:]))
    spans = (span for taken, nothing in each for span in (0.0, taken, nothing))
    clock = accumulate(spans)
    told: dict[str, object] = {"monotonic": lambda: next(clock)}
    told |= {"_run": lambda *_: None, "_run_idle": lambda *_: None}
    for name, stand_in in told.items():
        monkeypatch.setattr(in_turn, name, stand_in)
    grading = SimpleNamespace(refuse_noted=lambda *_: None)
    try:
        in_turn._refuse_slow(cast("Grading", grading), trial_of("any"))
    except Failed as failed:
        return failed.stop.fault.reason == "sleeps"
    return False


def test_a_pause_is_a_pause_on_a_busy_machine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert slow(monkeypatch, (2.2, 0.3))
    assert slow(monkeypatch, (2.2, 0.9), (2.2, 0.1))


def test_a_machine_that_is_busy_for_a_while_is_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not slow(monkeypatch, (0.05, 0.01))
    assert not slow(monkeypatch, (3.0, 0.1), (3.0, 0.1), (3.0, 0.1), (0.2, 0.1))
    assert not slow(monkeypatch, (0.9, 0.2))


class Waiting:
    """A connection that tells how many wait; the last number is told for ever."""

    def __init__(self, *numbers: int) -> None:
        self.left = list(numbers)

    def execute(self, query: str | bytes) -> SimpleNamespace:
        """Answer a look; pauses are not made."""
        assert "pg_sleep" in str(query) or "wait_event_type = 'Lock'" in str(query)
        told = self.left.pop(0) if isinstance(query, bytes) and self.left[1:] else self.left[0]
        return SimpleNamespace(fetchone=lambda: (told,))


@pytest.mark.parametrize("numbers", [(1, *[2] * 20, 16), (16,), (0, 0, 16)])
def test_an_attack_begins_when_all_have_come_however_late(numbers: tuple[int, ...]) -> None:
    admin = Waiting(*numbers)
    salvo._wait_until_all_stand(cast("psycopg.Connection[tuple[object, ...]]", admin), 16)
    assert admin.left == [16]


def test_an_attack_does_not_wait_for_those_who_never_come() -> None:
    admin = Waiting(*range(1, 4), *[4] * 30)
    salvo._wait_until_all_stand(cast("psycopg.Connection[tuple[object, ...]]", admin), 16)
    assert admin.left == [4]
