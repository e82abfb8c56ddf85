"""Where requests met: what an application did while the others had come as far as they had.

An application that keeps something beside the database, such as a lock in a file or a count in
another server, does what it does by how far the others have come. That it did the same twice says
nothing of that, so a schedule in which requests meet as they never did is run by the application,
whatever is remembered of it: at once where the one before it was such a schedule, and a second time
where it has been remembered already.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import Final

from racewalk.memory.target import RememberedTarget
from racewalk.schedule.masks import Masks
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule

_EMPTY: Final = Schedule()


class Met:
    """Runs schedules of a remembered target. Implements `strategy.Runner`.

    Args:
        runner: of the target.
        target: of which requests are remembered where it is on.
    """

    def __init__(self, runner: LiveRunner, target: RememberedTarget) -> None:
        self._runner, self._target = runner, target
        self._known: set[int] = set()

    @property
    def masks(self) -> Masks:
        """What varies in the runs."""
        return self._runner.masks

    @property
    def noise(self) -> Counter[str]:
        """How many groups passed without being a step, by rule."""
        return self._runner.noise

    def run(self, schedule: Schedule = _EMPTY, like: Run | None = None) -> tuple[Run, Outcome]:
        """Run a schedule, by the application where requests meet in it as they never did.

        Raises:
            DivergenceError: as `LiveRunner.run`; and where the application does something else
                than was remembered of it.
        """
        target, before = self._target, self._target.remembered
        run, outcome = self._runner.run(schedule, like)
        found = set(meetings(run))
        new = not found <= self._known
        if target.played and new:
            target.asks, target.remembered = True, before
            passed = self.noise.copy()  # of the same schedule: it counts once
            run, outcome = self._runner.run(run.schedule, run)
            self.noise.clear()
            self.noise.update(passed)
        target.asks = new
        self._known |= found
        return run, outcome


def meetings(run: Run) -> Iterator[int]:
    """Yield a key for each deed of each request: what it had come to, and what the others had."""
    ways = [_way(run, request) for request in range(len(run.answers))]
    for number, (ends, keys) in enumerate(ways):
        for end, key in zip(ends, keys, strict=True):
            others = (
                theirs[bisect_right(ended, end) - 1]
                for other, (ended, theirs) in enumerate(ways)
                if other != number
            )
            yield hash((number, key, *others))


def _way(run: Run, request: int) -> tuple[list[int], list[int]]:
    """When each step of a request was over, and what it had come to by then; first of all -1, 0."""
    ends, keys = [-1], [0]
    for step in run.steps:
        if step.request == request:
            ends.append(step.completed)
            said, told = run.masks.identity(step.statements), run.masks.rows(step)
            keys.append(hash((keys[-1], said, told, step.tags, step.error)))
    return ends, keys
