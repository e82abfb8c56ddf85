"""The exercises as a student gets them: the task, and the file to repair."""

from functools import cache

from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

FOLDER = CHECKOUT / "exercises"
STACKS = ("flask", "django")


@cache
def tasks() -> dict[str, dict[str, str]]:
    """Return what is read of each exercise, by its number and by stack: 01_<name> is '1'."""
    return {
        str(int(folder.name[:2])): {
            stack: f"{(folder / 'README.md').read_text('utf-8')}\n"
            f"----- repair_{stack}.py -----\n"
            f"{(folder / f'repair_{stack}.py').read_text('utf-8')}"
            for stack in STACKS
        }
        for folder in sorted(FOLDER.glob("[0-9][0-9]_*"))
    }


def known(number: str) -> str:
    """Return an exercise's number as the grader takes it.

    Raises:
        LabError: there is no such exercise.
    """
    if number not in tasks():
        raise LabError(f"there is no exercise {number[:20]!r}; there is {', '.join(tasks())}")
    return number


def task(number: str, stack: str) -> str:
    """Return what a student reads: the task, and the file to repair on this stack.

    Raises:
        LabError: there is no such exercise.
    """
    return tasks()[known(number)][stack]
