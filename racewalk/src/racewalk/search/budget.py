"""When a search ends that is not exhausted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racewalk.words import counted


@dataclass(frozen=True, slots=True)
class Budget:
    """After so many seconds, or schedules."""

    seconds: float = float("inf")
    schedules: float = float("inf")

    def spent(self, schedules: int, seconds: float) -> str | None:
        """Return what ended the search after so many schedules and seconds, or None."""
        if schedules >= self.schedules:
            return f"the budget of {counted(int(self.schedules), 'schedule')} is spent"
        if seconds >= self.seconds:
            return f"the budget of {self.seconds:g} s is spent"
        return None


UNLIMITED: Final = Budget()
