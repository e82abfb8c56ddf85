"""What has to come of grading a file: each solution, each wrong repair, and each trick.

A wrong repair's reason is its file's name. A trick's stands in tricks.toml.
"""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from attack.grade.exercises import STACKS, Exercise, exercises, reason_of

_TRICKS = Path(__file__).with_name("tricks")
THIRD = "EXERCISES_THIRD"


@dataclass(frozen=True)
class Case:
    """A file, and the reason for which it is refused; None where it is accepted.

    Where two things are wrong with it, and which is seen first is a matter of time, `also` has the
    other reason.
    """

    exercise: Exercise
    stack: str
    file: Path
    reason: str | None
    also: str = ""

    @property
    def reasons(self) -> tuple[str | None, ...]:
        """Those that are right."""
        return (self.reason, self.also) if self.also else (self.reason,)

    @property
    def name(self) -> str:
        """What it is called on both stacks."""
        if self.file.parent.name == "solution":
            return "solution"
        return self.file.name.rpartition(".")[0].removesuffix(f"_{self.stack}")

    def __str__(self) -> str:
        return f"{self.exercise.number}-{self.stack}-{self.file.stem}"


def right_and_wrong() -> Iterator[Case]:
    """Yield the solutions and wrong repairs of all exercises."""
    for exercise in exercises():
        for stack in STACKS:
            yield Case(exercise, stack, exercise.solution(stack), None)
            for file in exercise.wrong(stack):
                yield Case(exercise, stack, file, reason_of(file))


def tricks() -> Iterator[Case]:
    """Yield the attempts to fool the grader."""
    told = tomllib.loads((_TRICKS / "tricks.toml").read_text("utf-8"))
    by_number = {each.number: each for each in exercises()}
    for name, trick in told.items():
        exercise = by_number[trick.get("exercise", 1)]
        for stack in STACKS:
            for file in _TRICKS.glob(f"{name}_{stack}.*"):
                yield Case(exercise, stack, file, trick["reason"], trick.get("also", ""))


def third() -> int:
    """Return which third of the cases this run grades: the day's, or that of the environment."""
    return int(os.environ.get(THIRD) or datetime.now(UTC).toordinal()) % 3


def sample() -> list[Case]:
    """Return every third case, so that three runs grade each of them once."""
    return [case for number, case in enumerate(all_cases()) if number % 3 == third()]


def all_cases() -> list[Case]:
    """Return all of them."""
    return [*right_and_wrong(), *tricks()]
