"""What the grader says of why a repair held: what the orders that were run show."""

from pathlib import Path

import pytest

from attack.grade.exercises import exercises
from attack.grade.grader import grade
from attack.grade.held import Held, condition
from attack.grade.lane import Lane
from attack.grade.task import Task
from tests.exercises.cases import Case, all_cases


@pytest.mark.parametrize(
    ("sqlstate", "name"),
    [
        ("23505", "unique_violation"),
        ("40001", "serialization_failure"),
        ("40P01", "deadlock_detected"),
        ("55P03", "lock_not_available"),
        ("57014", "query_canceled"),
        ("XYZ99", ""),
    ],
)
def test_a_condition_has_the_name_of_the_manual(sqlstate: str, name: str) -> None:
    assert condition(sqlstate) == name


def test_nothing_is_said_where_no_order_was_run() -> None:
    assert Held().sentences() == []


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, ("a request waited at", "until the transaction of the other one had ended")),
        (7, ("until the other one had released its advisory lock",)),
        (8, ("23514 (check_violation), and that request was not paid",)),
    ],
)
def test_a_solution_is_followed_by_what_held_it(
    lane: Lane, number: int, shown: tuple[str, ...]
) -> None:
    (exercise,) = [each for each in exercises() if each.number == number]
    graded = grade(Task(exercise, "flask", Path(exercise.solution("flask"))), lane)
    assert all(part in " ".join(graded.held) for part in shown), graded.held


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("case", "read", "write"),
    [
        ("1-flask-pays_twice", "refresh(user)", "begin_nested()"),
        ("1-django-pays_twice", "refresh_from_db()", "save()"),
        ("11-flask-too_many_prizes", "scalar(", "commit()"),
    ],
)
def test_a_refusal_names_the_lines_of_the_stale_read_and_the_write(
    lane: Lane, case: str, read: str, write: str
) -> None:
    found: Case = next(each for each in all_cases() if str(each) == case)
    graded = grade(Task(found.exercise, found.stack, found.file), lane)
    source = found.file.read_text("utf-8").splitlines()
    (first, *_, last) = [
        int(part.split()[0].strip(".,")) for part in graded.said.split(" in line ")[1:]
    ]
    assert read in source[first - 1], graded.said
    assert write in source[last - 1], graded.said
