"""A student's container: it is built, it installs what it needs, and a student can work in it."""

import json
import shutil
from collections.abc import Iterator

import pytest

from attack.grade import workbook
from attack.grade.exercises import STACKS, exercise
from shared_db.paths import CHECKOUT
from tests.compose.devcontainer import DevContainer, devcontainer

pytestmark = pytest.mark.compose

CHECK_THEN_PAY = exercise(1)


@pytest.fixture(scope="module")
def student(engine_with_images: None) -> Iterator[DevContainer]:
    """Return the container once its first command is done."""
    with devcontainer() as (container, first):
        code, output = container.attempt(first)
        assert code == 0, output
        yield container


def test_they_are_not_root(student: DevContainer) -> None:
    code, output = student.attempt("id -u; sudo -n true")
    assert code != 0
    assert int(output.splitlines()[0]) > 0


def test_they_have_what_a_student_needs_and_no_more(student: DevContainer) -> None:
    code, output = student.attempt(".venv/bin/python -m pip list --format=freeze")
    assert code == 0, output
    there = {line.partition("==")[0].lower() for line in output.splitlines()}
    assert {"flask", "django"} <= there
    assert not {"locust", "playwright", "scipy", "mypy"} & there


@pytest.mark.parametrize("stack", STACKS)
def test_they_are_graded(student: DevContainer, stack: str) -> None:
    code, output = student.attempt("make exercise N=1")
    assert code == 0, output
    code, output = student.attempt(f"make grade N=1 STACK={stack}")
    assert code == 0, output
    assert "not yet (pays_twice)" in output

    own = workbook.folder_of(CHECK_THEN_PAY).relative_to(CHECKOUT) / f"{stack}.py"
    shutil.copyfile(CHECK_THEN_PAY.solution(stack), student.checkout / own)
    code, output = student.attempt(f"make grade N=1 STACK={stack}")
    assert code == 0, output
    assert f"Exercise 1, {stack}: solved" in output


def test_they_attack(student: DevContainer) -> None:
    code, output = student.attempt("make attack STRATEGY=no_lock TRIALS=3 JSON=seen.json")
    assert code == 0, output
    seen = json.loads((student.checkout / "seen.json").read_text("utf-8"))
    assert {(cell["stack"], cell["verdict"]) for cell in seen["cells"]} == {
        (stack, "exploited") for stack in STACKS
    }


def test_nothing_of_it_runs_on(student: DevContainer) -> None:
    _, output = student.attempt("cat /proc/[0-9]*/comm")
    assert set(output.split()) <= {"sh", "sleep", "cat"}
