"""The exercises as a student gets them: the task, and the file to repair."""

from functools import cache

from attack.grade import workbook
from attack.grade.exercises import STACKS, exercises
from shared_db.errors import LabError


@cache
def tasks() -> dict[str, dict[str, str]]:
    """Return what a student reads of each exercise, by its number and by stack."""
    return {
        str(each.number): {
            stack: f"{workbook.story(each)}\n----- {each.repair(stack).name} -----\n"
            f"{each.repair(stack).read_text('utf-8')}"
            for stack in STACKS
        }
        for each in exercises()
    }


def known(number: str) -> str:
    """Return an exercise's number as the grader takes it.

    Raises:
        LabError: there is no such exercise.
    """
    if number not in tasks():
        raise LabError(f"there is no exercise {number[:20]!r}: they are 1 to {len(tasks())}")
    return number


def task(number: str, stack: str) -> str:
    """Return what a student reads: the task, and the file to repair on this stack.

    Raises:
        LabError: there is no such exercise.
    """
    return tasks()[known(number)][stack]
