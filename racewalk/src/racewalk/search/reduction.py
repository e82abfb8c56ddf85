"""What a reduced search adds to its certificate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from racewalk.schedule.outcome import Outcome


@dataclass(slots=True)
class Reduction:
    """One run for each class of schedules.

    Attributes:
        runs: how many schedules were run; as many as classes were found.
        unsafe_classes: how many of the classes are unsafe.
        unreadable: statements that could not be read and so conflict with everything, by shape;
            each counted as often as it was run.
        bound: every schedule with so many preemptions is of a class that was run; None where
            not even those without any are.
    """

    runs: int = 0
    unsafe_classes: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)
    bound: int | None = None

    @property
    def classes(self) -> int:
        """How many classes were found; all that there are, if the search is exhausted."""
        return self.runs

    def add(self, outcome: Outcome) -> None:
        """Count one run, which is of a class of its own."""
        self.runs += 1
        self.unsafe_classes += outcome.unsafe

    def __str__(self) -> str:
        """The classes in one line."""
        text = f"{self.unsafe_classes} of {self.classes} classes unsafe"
        if self.unreadable:
            text += f", {self.unreadable.total()} steps unreadable"
        return text
