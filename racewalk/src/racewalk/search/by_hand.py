"""Schedules that somebody names, one after the other: for a stepper, or a list."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.search.certificate import Reduction


class ByHand:
    """The schedules that were named, in order; a `Strategy`.

    Args:
        schedules: the first ones; `add` names more.

    Attributes:
        like: the last run, which shows what is open where.
    """

    def __init__(self, schedules: Iterable[Schedule] = ()) -> None:
        self._open = deque(schedules)
        self.last: Run | None = None

    @property
    def like(self) -> None:
        """Nothing says that two of them begin alike."""

    def add(self, schedule: Schedule) -> None:
        """Name one more."""
        self._open.append(schedule)

    def next(self) -> Schedule | None:
        """Return the one that was named first."""
        return self._open[0] if self._open else None

    def saw(self, run: Run, outcome: Outcome) -> None:
        """Go on to the next."""
        del outcome
        self._open.popleft()
        self.last = run

    @property
    def assumed(self) -> frozenset[str]:
        """Nothing: what was run is told, not what may be."""
        return frozenset()

    def reduction(self) -> Reduction | None:
        """Nothing was."""
        return None

    def weigh(self) -> None:
        """What was run is counted as it is."""
