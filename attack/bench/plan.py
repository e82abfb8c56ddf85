"""What a bench measures, and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from attack.counting import counted
from attack.stacks.where import Kind
from shared_db.catalogue import Case, Strategy
from shared_db.errors import LabError

ACCOUNTS = HOT, MANY = 1, 100
CLIENTS = (1, 8, 32)
ROUNDS = 3
REFERENCE = "no_lock"
"""Measured beside the defences: what one pays when nothing is defended."""
WARM_S = 0.2
# What a measurement takes beside its own time, and what comes before all of them, in seconds.
_AROUND_S, _BEFORE_S = 0.5, 60.0
_SHORTEST_S, _LONGEST_S = 0.3, 5.0


@dataclass(frozen=True)
class Cell:
    """One strategy on one stack, for so many accounts and so many clients at once.

    `workers` are those of the instance that is measured.
    """

    stack: str
    strategy: Strategy
    case: Case
    accounts: int
    clients: int
    workers: int

    @property
    def kind(self) -> Kind:
        """Which instance is measured."""
        return Kind(self.stack, self.workers, self.case.atomic_requests)


@dataclass(frozen=True)
class Page:
    """The page without a database, on one stack and for so many clients at once."""

    stack: str
    clients: int
    workers: int

    @property
    def kind(self) -> Kind:
        """Which instance is measured."""
        return Kind(self.stack, self.workers)


@dataclass(frozen=True)
class Plan:
    """Every cell is measured once a round, for so many seconds; the rounds follow each other.

    So the repeats of a cell are minutes apart, and what slows the machine down for a while is seen
    in the spread of all cells, not in the figure of one.
    """

    stacks: tuple[str, ...]
    strategies: tuple[Strategy, ...]
    clients: tuple[int, ...] = CLIENTS
    accounts: tuple[int, ...] = ACCOUNTS
    rounds: int = ROUNDS

    def cells(self, workers: int) -> Iterator[Cell]:
        """Yield every cell; those that are compared follow each other.

        Args:
            workers: of the instances where a case does not say.
        """
        for strategy in self.strategies:
            for case in measured_cases(strategy):
                for accounts in self.accounts:
                    for clients in self.clients:
                        for stack in self.stacks:
                            if stack in case.stacks:
                                count = case.workers or workers
                                yield Cell(stack, strategy, case, accounts, clients, count)

    def pages(self, workers: int) -> Iterator[Page]:
        """Yield what is measured of the page without a database."""
        for clients in self.clients:
            for stack in self.stacks:
                yield Page(stack, clients, workers)

    def strategies_on(self, stack: str) -> Iterator[Strategy]:
        """Yield the strategies of which a stack has a case that is measured."""
        for strategy in self.strategies:
            if any(stack in case.stacks for case in measured_cases(strategy)):
                yield strategy

    def kinds(self) -> frozenset[Kind]:
        """Return which instances some case asks for."""
        return frozenset(cell.kind for cell in self.cells(0) if cell.workers)

    def measurements(self) -> int:
        """Return how many there are in all: each cell twice, once as the limit."""
        in_round = 2 * len(list(self.cells(0))) + len(list(self.pages(0)))
        return in_round * self.rounds

    def seconds_within(self, minutes: int) -> float:
        """Return how long each may take where the whole takes so many minutes.

        Raises:
            LabError: too short for a figure.
        """
        each = (minutes * 60 - _BEFORE_S) / self.measurements() - _AROUND_S
        if each < _SHORTEST_S:
            least = ceil((self.measurements() * (_SHORTEST_S + _AROUND_S) + _BEFORE_S) / 60)
            raise LabError(
                f"{self.measurements()} measurements take {counted(least, 'minute')} at the least: "
                f"give it --minutes {least}, fewer --strategy, or fewer --rounds"
            )
        return min(round(each, 2), _LONGEST_S)


def measured_cases(strategy: Strategy) -> list[Case]:
    """Return the cases of a strategy that differ in the instance they run on.

    A withdrawal that is paid is the same in the others: every request has an intent of its own.
    """
    by_instance: dict[tuple[int | None, bool], Case] = {}
    for case in sorted(strategy.cases, key=lambda case: case.intents == "one"):
        by_instance.setdefault((case.workers, case.atomic_requests), case)
    return list(by_instance.values())
