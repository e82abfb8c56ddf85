"""What each exercise's folder has, and what it must not tell."""

import ast

import pytest

from attack.grade.exercises import HINTS, STACKS, Exercise, exercises
from attack.grade.reasons import REASONS
from attack.grade.shown import stepper
from shared_db.catalogue import strategies
from shared_db.paths import CHECKOUT
from tests.exercises.cases import right_and_wrong, tricks

each = pytest.mark.parametrize("task", exercises(), ids=lambda task: task.name)


def test_they_are_numbered_without_a_gap() -> None:
    assert [task.number for task in exercises()] == list(range(1, 13))


@each
def test_it_has_all_its_files(task: Exercise) -> None:
    for stack in STACKS:
        for file in (task.repair(stack), task.solution(stack), *task.wrong(stack)):
            ast.parse(file.read_text("utf-8"))
        assert len(task.wrong(stack)) >= 3, f"{task.name}: too few wrong repairs on {stack}"
    assert len(task.hints) == HINTS
    assert len(task.others) >= 3
    assert task.holds.strip()


@each
def test_both_stacks_are_asked_the_same(task: Exercise) -> None:
    flask, django = (
        {
            node.name
            for node in ast.parse(task.repair(stack).read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        for stack in STACKS
    )
    assert flask == django


@each
def test_it_belongs_to_a_lesson(task: Exercise) -> None:
    assert task.lesson in {strategy.slug for strategy in strategies()}
    lesson = (CHECKOUT / "docs" / stepper(task).replace(".html", ".md")).read_text("utf-8")
    assert f"../exercises/{task.number:02d}.md" in lesson
    page = (CHECKOUT / f"docs/exercises/{task.number:02d}.md").read_text("utf-8")
    assert f"```{{exercise}} {task.number}\n" in page


@each
def test_a_repair_to_make_is_no_solution(task: Exercise) -> None:
    for stack in STACKS:
        given = ast.dump(ast.parse(task.repair(stack).read_text("utf-8")))
        assert given != ast.dump(ast.parse(task.solution(stack).read_text("utf-8")))


def test_each_reason_is_of_the_list() -> None:
    wanted = {case.reason for case in (*right_and_wrong(), *tricks()) if case.reason}
    assert wanted <= set(REASONS)
