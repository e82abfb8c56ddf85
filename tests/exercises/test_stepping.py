"""The page on which one steps through the race that one's own repair fails in."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from attack.grade.exercises import STACKS, exercise
from attack.grade.grader import grade
from attack.grade.lane import Lane
from attack.grade.task import Task

pytestmark = pytest.mark.acceptance

# One for each door that can be asked.
RACES = [
    (1, "pays_twice"),
    (10, "pays_twice"),
    (11, "coupon_twice"),
    (11, "too_many_prizes"),
    (11, "points_below_zero"),
    (12, "write_skew"),
]


def recording(page: str) -> dict[str, Any]:
    """Return what a page was made of."""
    found = re.search(r"overdraft.recording\((\{.*\}), \"own\"\);", page)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(("number", "reason"), RACES)
def test_each_race_that_fails_has_a_page(lane: Lane, number: int, reason: str, stack: str) -> None:
    task = exercise(number)
    file = next(each for each in task.wrong(stack) if each.stem == reason)
    graded = grade(Task(task, stack, file, page=True), lane)

    assert graded.reason == reason, graded.said
    example = graded.counterexample
    assert example
    page = Path(example["page"])
    assert page.with_suffix(".svg") == Path(example["picture"])
    told = recording(page.read_text("utf-8"))
    assert reason in {outcome["bad"] for outcome in told["outcomes"]}
    assert told["cell"]["title"].endswith(example["trial"])
    assert [each["name"] for each in told["requests"]] == ["A", "B"]


def test_what_is_solved_leaves_no_page(lane: Lane) -> None:
    task = exercise(1)
    wrong = grade(Task(task, "flask", task.repair("flask"), page=True), lane)
    assert wrong.counterexample
    page = Path(wrong.counterexample["page"])
    assert page.exists()
    assert grade(Task(task, "flask", task.solution("flask"), page=True), lane).solved
    assert not page.exists()
