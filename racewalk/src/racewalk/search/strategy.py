"""What decides which schedule is run next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from racewalk.schedule.masks import Masks
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.search.certificate import Reduction

Weighed = list[tuple[Outcome, Mapping[int, int]]]
"""For each class its outcome, and how many schedules it has by number of preemptions."""


class Strategy(Protocol):
    """A way through the schedules. `explore` asks it and tells it, turn by turn."""

    def next(self) -> Schedule | None:
        """Return the beginning of the schedule to run, or None where nothing is left.

        Raises:
            RacewalkError: what was seen contradicts itself.
        """

    @property
    def like(self) -> Run | None:
        """An earlier run with the same choices, the last one perhaps excepted, or None."""

    def saw(self, run: Run, outcome: Outcome) -> None:
        """Learn how it went.

        Raises:
            RacewalkError: what was seen contradicts itself.
        """

    @property
    def assumed(self) -> frozenset[str]:
        """What was met and taken not to happen, in words."""

    @property
    def bound(self) -> int | None:
        """Up to so many preemptions every schedule was run, or is of a class that was; or None."""

    @property
    def cut(self) -> bool:
        """Whether schedules were left out for their preemptions."""

    def reduction(self) -> Reduction | None:
        """Return what was reduced so far; None where every schedule is run."""

    def weigh(self) -> Weighed | None:
        """Return all schedules of the classes that were run, once nothing is left.

        None where every schedule was run, so that they are counted already.

        Raises:
            RacewalkError: what was seen contradicts itself.
        """


class Runner(Protocol):
    """What runs schedules."""

    def run(self, schedule: Schedule = Schedule(), like: Run | None = None) -> tuple[Run, Outcome]:  # noqa: B008
        """Run the choices of a schedule, then on without a preemption; see `LiveRunner.run`."""

    @property
    def masks(self) -> Masks:
        """What varies in the runs, and is left out where they are compared."""

    @property
    def noise(self) -> Counter[str]:
        """How many groups passed without being a step, by rule."""
