"""A third of all repairs is graded: three runs in a row grade each of them once."""

import pytest

from attack.grade.grader import grade
from attack.grade.lane import Lane
from attack.grade.task import Task
from tests.exercises.cases import Case, sample
from tests.exercises.sentences import unfounded

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize("case", sample(), ids=str)
def test_the_reason_is_the_named_one(lane: Lane, case: Case) -> None:
    graded = grade(Task(case.exercise, case.stack, case.file), lane)

    assert graded.reason in case.reasons, graded.said
    assert graded.solved is (case.reason is None)
    assert not unfounded(case, graded), graded.said
