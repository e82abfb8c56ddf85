"""A verdict does not hang on how fast the machine is, nor on what goes otherwise each time."""

from collections.abc import Sequence

import pytest

from attack.grade import grader
from attack.grade.grader import Task, grade
from attack.grade.lane import Lane
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
    monkeypatch.setattr(grader, "_ENOUGH", enough)
    graded = grade(Task(case.exercise, case.stack, case.file), lane)

    assert graded.reason == "pays_twice", graded.said


def explored(reason: str, *, diverged: bool) -> tuple[Fault, Run, Outcome] | None:
    """Return what is told of an exploration in which one run showed a fault."""

    def judged(_facts: Facts, answers: Sequence[str]) -> Fault | None:
        return Fault(reason) if "bad" in answers else None

    ask = Ask("withdraw", 1)
    trial = Trial("any", (ask, ask), (), {}, judged, "money")
    good, bad = (Outcome(Facts(()), (said,), (), ()) for said in ("good", "bad"))
    run = Run((), (), (), ())
    certificate = Certificate(
        2,
        outcomes={good: 1, bad: 1},
        inconclusive="it went another way" if diverged else None,
        diverged=diverged,
        examples={good: run, bad: run},
    )
    return worst(trial, certificate)


@pytest.mark.parametrize("reason", ["pays_twice", "below_zero", "waits_for_strangers"])
@pytest.mark.parametrize("diverged", [False, True])
def test_what_a_run_has_done_is_done(reason: str, diverged: bool) -> None:
    found = explored(reason, diverged=diverged)
    assert found
    assert found[0].reason == reason


@pytest.mark.parametrize("reason", ["gives_up", "starves", "fails", "deadlock"])
def test_who_was_turned_away_may_have_been_by_the_time_that_it_took(reason: str) -> None:
    assert explored(reason, diverged=False)
    assert explored(reason, diverged=True) is None
