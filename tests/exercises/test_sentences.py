"""The sentence of a verdict is true of the order that is shown for it."""

import re

import pytest

from attack.grade.exercises import exercise
from attack.grade.grader import grade
from attack.grade.lane import Lane
from attack.grade.task import Task


@pytest.mark.acceptance
@pytest.mark.parametrize("stack", ["flask", "django"])
def test_a_lost_update_is_not_called_a_payment_too_many(lane: Lane, stack: str) -> None:
    task = exercise(3)
    file = task.folder / "wrong" / stack / "lost_update.py"
    graded = grade(Task(task, stack, file), lane)

    assert graded.reason == "lost_update", graded.said
    assert "enough for one" not in graded.said
    had, *asked = (
        int(n) for n in re.findall(r"had (\d+) and asked for (\d+) and (\d+)", graded.said)[0]
    )
    assert sum(asked) <= had
