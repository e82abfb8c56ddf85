"""When a search ends that is not exhausted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racewalk.words import counted


@dataclass(frozen=True, slots=True)
class Budget:
    """After so many seconds, or schedules; or once all is seen up to so many preemptions."""

    seconds: float = float("inf")
    schedules: float = float("inf")
    preemptions: float = float("inf")

    def spent(self, schedules: int, seconds: float, bound: int | None = None) -> str | None:
        """Return what ended the search, or None.

        Args:
            schedules: how many were run.
            seconds: how long it took.
            bound: up to so many preemptions all was seen.
        """
        if bound is not None and bound >= self.preemptions:
            return f"the budget of {counted(int(self.preemptions), 'preemption')} is spent"
        if schedules >= self.schedules:
            return f"the budget of {counted(int(self.schedules), 'schedule')} is spent"
        if seconds >= self.seconds:
            return f"the budget of {self.seconds:g} s is spent"
        return None


UNLIMITED: Final = Budget()
