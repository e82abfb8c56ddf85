"""What is to be graded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attack.grade.application import Room
from attack.grade.exercises import Exercise


@dataclass(frozen=True)
class Task:
    """What is to be graded.

    Attributes:
        exercise: whose repair it is.
        stack: 'flask' or 'django'.
        file: the repair.
        user: whose it is, for the names of what is kept; '' where there is one student.
        room: whether it has to run where it reaches nothing but the database.
        page: whether a page is made on which to step through the race that it fails in.
        seed: of amounts and balances; None for one that nobody can know before.
    """

    exercise: Exercise
    stack: str
    file: Path
    user: str = ""
    room: Room = "possible"
    page: bool = False
    seed: int | None = None
