"""Every repair is graded: right, wrong and meant to fool."""

import pytest

from attack.grade.grader import grade
from attack.grade.lane import Lane
from attack.grade.task import Task
from tests.exercises.cases import Case, all_cases
from tests.exercises.sentences import unfounded

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_reason_is_the_named_one(lane: Lane, case: Case) -> None:
    graded = grade(Task(case.exercise, case.stack, case.file), lane)

    assert graded.reason in case.reasons, graded.said
    assert graded.solved is (case.reason is None)
    assert not unfounded(case, graded), graded.said
