"""One request is held at a step, another goes by, and later a third: what a pair cannot show.

A lock that is called after what was read, or a version that comes round again, holds between two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

from racewalk import Explorer, Outcome, Race, Run, Schedule
from racewalk.schedule.schedule import Begin, Release


class _Turns:
    """Who goes on: the held one for so many steps, the second, the held one again, the third."""

    def __init__(self, first: int, later: int) -> None:
        held, second, third = range(3)
        # Without a number: as far as they come.
        self._turns: list[tuple[int, float]] = [
            *((held, first), (second, float("inf"))),
            *((held, later - first), (third, float("inf"))),
        ]

    def __call__(self, able: Sequence[Begin | Release]) -> int | None:
        while self._turns:
            who, left = self._turns[0]
            if left > 0 and any(each.request == who for each in able):
                self._turns[0] = (who, left - 1)
                return who
            self._turns.pop(0)
        return None


def overtaken(explorer: Explorer, race: Race) -> Iterator[tuple[Run, Outcome]]:
    """Yield what comes of three requests for each pair of steps at which the first one is held.

    Raises:
        RacewalkError: a run came to no end.
    """
    runner = explorer.applications.runner(race)
    alone, _ = runner.run(Schedule())
    steps = range(1, sum(choice.chosen == 0 for choice in alone.choices))
    try:
        for first, later in combinations_with_replacement(steps, 2):
            runner.ask = _Turns(first, later)
            yield runner.run(Schedule())
    finally:
        runner.ask = None
