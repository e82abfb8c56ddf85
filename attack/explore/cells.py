"""What is explored: a case of a strategy on one stack, with so much money, by so many users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shared_db.catalogue import Case, Explored, Setting, Strategy
from shared_db.rules import LARGEST_AMOUNT

REQUESTS: Final = range(2, 4)
"""How many requests may race."""
WORKERS: Final = range(1, 3)
"""How many processes they may meet."""
AMOUNT: Final = 10
"""What each withdrawal asks for, in whole money."""
STARTS: Final = range(AMOUNT, LARGEST_AMOUNT + 1)
"""What an account may hold: money for one request at the least."""
DEPLOYED_WORKERS: Final = 2
"""Two: each request meets a process of its own. One: all requests meet in one process."""

Users = Literal["one", "each"]
"""Whose requests race: all are one user's, or each is another's."""


@dataclass(frozen=True, slots=True)
class Racer:
    """One of the requests that race.

    Attributes:
        user: whose it is, counted from 0.
        beside: name of the target's request that it sends beside the withdrawals, such as a
            change of an address; '' for a withdrawal.
    """

    user: int
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One exploration; money in whole units.

    Attributes:
        stack: 'flask' or 'django'.
        strategy: the way to write a withdrawal.
        case: what its requests differ in from ordinary ones.
        requests: how many race.
        workers: 1 where one process serves all requests, else a process for each.
        start: money in each account before each schedule.
        users: how many users race: 1, or as many as requests.
    """

    stack: str
    strategy: Strategy
    case: Case
    requests: int
    workers: int
    start: int
    users: int = 1

    @property
    def racers(self) -> tuple[Racer, ...]:
        """The requests, in the order of their numbers; the last one may be no withdrawal."""
        last = self.requests - 1
        return tuple(
            Racer(number % self.users, self.case.beside if number == last else "")
            for number in range(self.requests)
        )

    @property
    def alike(self) -> bool:
        """Whether all requests do the same, to one account or each to that of another user.

        Then who is begun first makes no difference but in their names.
        """
        return not self.case.beside

    @property
    def one_intent(self) -> bool:
        """Whether all requests carry one key."""
        return self.case.intents == "one"

    @property
    def setting(self) -> Setting:
        """What the requests are given, as the catalogue calls it."""
        if self.users > 1:
            return "users"
        return "all" if self.start >= self.requests * AMOUNT else "one"

    @property
    def expected(self) -> Explored:
        """The verdict that the catalogue expects.

        With money for some but not for all, whatever is wrong at either balance may be wrong.
        """
        told = self.case.explored_on(self.stack, self.setting)
        if self.setting != "one" or self.start // AMOUNT == 1:
            return told
        return worst((told, self.case.explored_on(self.stack, "all")))

    @property
    def on_request(self) -> bool:
        """Whether it has so many schedules that it is explored for who asks for it by name."""
        return self.setting in self.case.unexplored

    @property
    def label(self) -> str:
        """Slug and case, for a person to read."""
        return f"{self.strategy.slug} ({self.case.name})" if self.case.name else self.strategy.slug

    @property
    def money(self) -> str:
        """What the requests are given, for a person to read: 'start 20', '2 users'."""
        if self.users == 1:
            return f"start {self.start}"
        return f"{self.users} users" + (f", start {self.start}" if self.start != AMOUNT else "")

    @property
    def stem(self) -> str:
        """Stack and row, as files are called, without what is usual."""
        case = f"-{self.case.name.replace(' ', '-')}" if self.case.name else ""
        one = "-1-worker" if self.workers == 1 and not self.case.workers else ""
        more = f"-{self.requests}-requests" if self.requests > min(REQUESTS) else ""
        users = f"-{self.users}-users" if self.users > 1 else ""
        return f"{self.stack}-{self.strategy.slug}{case}{one}{more}{users}"

    @property
    def told(self) -> dict[str, str | int]:
        """Which cell it is, as JSON holds it."""
        return {
            "stack": self.stack,
            "strategy": self.strategy.slug,
            "case": self.case.name,
            "start": self.start,
            "users": self.users,
            "workers": self.workers,
            "requests": self.requests,
        }

    @property
    def title(self) -> str:
        """All of it in one line."""
        return f"{self.label} on {self.stack}, {self.money}"


_FROM_WORST: Final[tuple[Explored, ...]] = ("unsafe", "starved", "waits", "aborts", "safe")


def worst(verdicts: Sequence[Explored]) -> Explored:
    """Return the worst of some verdicts; of none, 'safe'."""
    return min(verdicts, key=_FROM_WORST.index, default="safe")


def plan(
    stacks: Sequence[str],
    strategies: Sequence[Strategy],
    requests: int,
    workers: int | None,
    start: int | None = None,
    users: Users | None = None,
) -> Iterator[Cell]:
    """Yield the cells in the catalogue's order, the stacks of one row after each other.

    Args:
        stacks: their names.
        strategies: what to explore.
        requests: how many race.
        workers: 1 or 2 to leave out the cases that ask for another number; None for all.
        start: money in each account; None for money for one request and, where all are one
            user's, for all requests too.
        users: whose requests race; None for one user's, and for each another's where no start
            is given.
    """
    for strategy in strategies:
        for case in strategy.cases:
            count = case.workers or workers or DEPLOYED_WORKERS
            if workers not in (None, count):
                continue
            for stack in (each for each in stacks if each in case.stacks):
                if stack in case.unexplored:
                    continue
                for money, people in _settings(requests, start, users):
                    cell = Cell(stack, strategy, case, requests, count, money, people)
                    if users or not cell.on_request:
                        yield cell


def _settings(requests: int, start: int | None, users: Users | None) -> list[tuple[int, int]]:
    """Money in each account and number of users, for each exploration of a row."""
    if users == "each":
        return [(start or AMOUNT, requests)]
    if start:
        return [(start, 1)]
    balances = [(AMOUNT, 1), (AMOUNT * requests, 1)]
    return balances if users == "one" else [*balances, (AMOUNT, requests)]
