"""One schedule again, as often as asked; each time all has to be as it was."""

from __future__ import annotations

from racewalk.errors import DivergenceError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.search.certificate import Reduction


class Replay:
    """The same schedule, some times; a `Strategy`.

    Args:
        schedule: what to run.
        times: how often.
    """

    def __init__(self, schedule: Schedule, times: int = 1) -> None:
        self._schedule, self._left = schedule, times
        self._outcome: Outcome | None = None
        self.like: Run | None = None

    def next(self) -> Schedule | None:
        """Return it while some of the times are left."""
        return self._schedule if self._left else None

    def saw(self, run: Run, outcome: Outcome) -> None:
        """Compare the end with the first one; what came before it was compared on the way.

        Raises:
            DivergenceError: it went elsewhere.
        """
        self._left -= 1
        if not run.schedule.begins_with(self._schedule):
            raise DivergenceError(f"asked for {self._schedule}, got {run.schedule}")
        if self._outcome not in (None, outcome):
            raise DivergenceError(f"the same schedule ended as {self._outcome} and as {outcome}")
        self._schedule, self.like, self._outcome = run.schedule, run, outcome

    @property
    def assumed(self) -> frozenset[str]:
        """Nothing: what was run is told, not what may be."""
        return frozenset()

    def reduction(self) -> Reduction | None:
        """Nothing was."""
        return None

    def weigh(self) -> None:
        """What was run is counted as it is."""
