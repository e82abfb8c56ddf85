"""What is explored: a strategy in one of its cases, on one stack, by so many processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shared_db.catalogue import Case, Expected, Strategy

REQUESTS: Final = range(2, 4)
"""How many requests may race."""
WORKERS: Final = range(1, 3)
"""How many processes they may meet."""
AMOUNT: Final = 10
"""What each request withdraws; the account holds it once, so that one payout is right."""
DEPLOYED_WORKERS: Final = 2
"""Two: each request meets a process of its own. One: all requests meet in one process."""

_VERDICTS: Final[dict[Expected, Literal["unsafe", "safe", "starved"]]] = {
    "exploited": "unsafe",
    "held": "safe",
    "starved": "starved",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the table; money in whole units.

    Attributes:
        stack: 'flask' or 'django'.
        strategy: the way to write a withdrawal.
        case: what its requests differ in from ordinary ones.
        requests: how many race.
        workers: 1 where one process serves all requests, else a process for each.
    """

    stack: str
    strategy: Strategy
    case: Case
    requests: int
    workers: int

    @property
    def start(self) -> int:
        """Money in the account before each schedule."""
        return AMOUNT * self.requests if self.case.money == "every" else AMOUNT

    @property
    def one_intent(self) -> bool:
        """Whether all requests carry one key."""
        return self.case.intents == "one"

    @property
    def expected(self) -> Literal["unsafe", "safe", "starved"]:
        """The verdict that the catalogue expects."""
        return _VERDICTS[self.case.expected_on(self.stack)]

    @property
    def label(self) -> str:
        """Slug and case, for a person to read."""
        return f"{self.strategy.slug} ({self.case.name})" if self.case.name else self.strategy.slug


def plan(
    stacks: Sequence[str], strategies: Sequence[Strategy], requests: int, workers: int | None
) -> Iterator[Cell]:
    """Yield the cells in the catalogue's order, the stacks of one row after each other.

    Args:
        stacks: their names.
        strategies: what to explore.
        requests: how many race.
        workers: 1 or 2 to leave out the cases that ask for another number; None for all.
    """
    for strategy in strategies:
        for case in strategy.cases:
            count = case.workers or workers or DEPLOYED_WORKERS
            if workers in (None, count):
                for stack in (each for each in stacks if each in case.stacks):
                    yield Cell(stack, strategy, case, requests, count)
