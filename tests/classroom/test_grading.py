"""Repairs that students of a class hand in: two lanes, each in its room, and nothing lost."""

import pytest

from attack.grade.exercises import exercise
from classroom.queue import Job
from tests.classroom.conftest import OwnClass
from tests.classroom.test_class import over, wait_for
from tests.conftest import STACKS

pytestmark = pytest.mark.acceptance

# Tells whoever grades it what it can read.
CURIOUS = """\
from pathlib import Path


def withdraw(user, amount, *, key=""):
    raise RuntimeError(Path({path!r}).read_text())
"""


def hand_in(own_class: OwnClass, student: str, file: bytes, stack: str = "flask") -> Job:
    """Have a student hand a repair of the first exercise in."""
    return own_class.queue.ask(student, "grade", {"exercise": "1", "stack": stack}, file)


@pytest.mark.parametrize("stack", STACKS)
def test_a_right_and_a_wrong_repair_side_by_side(own_class: OwnClass, stack: str) -> None:
    task = exercise(1)
    wrong = task.wrong(stack)[0]
    jobs = [
        hand_in(own_class, "s01", task.solution(stack).read_bytes(), stack),
        hand_in(own_class, "s02", wrong.read_bytes(), stack),
    ]
    wait_for(lambda: all(own_class.queue.job(job.id).state != "waiting" for job in jobs))
    right, refused = (over(own_class, job).outcome for job in jobs)
    assert right is not None
    assert refused is not None
    assert (right["solved"], right["reason"]) == (True, None)
    assert (refused["solved"], refused["reason"]) == (False, wrong.stem)


def test_what_is_handed_in_reads_nobody_s_secrets(own_class: OwnClass) -> None:
    path = own_class.folder / "private" / "accounts.json"
    job = over(own_class, hand_in(own_class, "s03", CURIOUS.format(path=str(path)).encode()))
    assert job.outcome is not None
    assert job.outcome["solved"] is False
    assert not any(each in str(job.outcome) for each in own_class.passwords.values())


def test_a_grading_that_was_cut_off_is_done_again(own_class: OwnClass) -> None:
    job = hand_in(own_class, "s01", exercise(1).solution("flask").read_bytes())
    wait_for(lambda: own_class.queue.job(job.id).state == "running")
    own_class.kill("desk")
    assert own_class.queue.job(job.id).state == "running"
    up = own_class.run("up")
    assert up.returncode == 0, up.stderr
    again = over(own_class, job)
    assert again.tries == 2
    assert again.outcome is not None
    assert again.outcome["solved"] is True
