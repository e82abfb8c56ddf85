"""What an attack consists of: a plan, its cells, and the trials of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from attack.checkers import money_for, right_payouts
from attack.history import Trial
from attack.stacks.where import Kind
from shared_db.catalogue import Case, Expected, Strategy
from shared_db.rules import LARGEST_AMOUNT


def label(strategy: Strategy, case: Case) -> str:
    """Return the name of a row, such as 'row_lock' or 'process_lock (2 workers)'."""
    return f"{strategy.slug} ({case.name})" if case.name else strategy.slug


DEFAULT_TRIALS, MOST_TRIALS = 5, 1000
DEFAULTS: Final[Mapping[str, Any]] = {
    "technique": "last_byte",
    "requests": 32,
    "threads": 32,
    "start": 160,
    "amount": 10,
}
"""Of an attack for which nobody asked for anything else, by the names of the options."""
_ONE_IN = 4


@dataclass(frozen=True)
class Plan:
    """What to attack, and how: money in units of the ledger.

    `trials` is None where nobody asked for a number: then the catalogue may have fewer for a row.
    """

    stacks: tuple[str, ...]
    strategies: tuple[Strategy, ...]
    techniques: tuple[str, ...]
    requests: int
    threads: int
    trials: int | None
    start: int
    amount: int

    def asked(self) -> dict[str, object]:
        """Return what DEFAULTS has, as it is in this plan."""
        names = ("requests", "threads", "start", "amount")
        return {"technique": ",".join(self.techniques)} | {n: getattr(self, n) for n in names}

    def rows(self) -> Iterator[tuple[Strategy, Case, str]]:
        """Yield what a row of the table is: a strategy, its case, a technique."""
        for strategy, case in self.cases():
            for technique in self.techniques:
                yield strategy, case, technique

    def cases(self) -> Iterator[tuple[Strategy, Case]]:
        """Yield every case that exists on one of the stacks, with its strategy."""
        for strategy in self.strategies:
            for case in strategy.cases:
                if self.stacks_of(case):
                    yield strategy, case

    def stacks_of(self, case: Case) -> tuple[str, ...]:
        """Return on which of the stacks a case is attacked."""
        return tuple(stack for stack in self.stacks if stack in case.stacks)

    def all_trials(self) -> int:
        """Return how many trials there are in all."""
        return sum(len(self.stacks_of(case)) * self.trials_of(case) for _, case, _ in self.rows())

    def trials_of(self, case: Case) -> int:
        """Return how many trials each cell of a case gets."""
        return self.trials or case.trials or DEFAULT_TRIALS

    def start_of(self, case: Case) -> int:
        """Return the money in the account before each trial of a case."""
        every = min(self.requests * self.amount, LARGEST_AMOUNT)
        return {"given": self.start, "every": every, "one": self.amount}[case.money]

    def beside_of(self, case: Case) -> int:
        """Return how many requests of a salvo are no withdrawals: one in four, where there are."""
        return min(max(self.requests // _ONE_IN, 1), self.requests - 1) if case.beside else 0

    def expected_of(self, case: Case, stack: str) -> Expected:
        """Return the verdict that the catalogue expects with this money for so many requests."""
        withdrawals = self.requests - self.beside_of(case)
        setting = money_for(withdrawals, self.start_of(case), self.amount)
        return case.attacked_on(stack, setting) if setting else case.expected_on(stack)

    def stacks_differ(self, case: Case) -> bool:
        """Tell whether the stacks are expected to disagree on a case, with this money."""
        return len({self.expected_of(case, stack) for stack in case.stacks}) > 1

    def kinds(self) -> frozenset[Kind]:
        """Return which instances some case asks for."""
        return frozenset(
            Kind(stack, case.workers, case.atomic_requests)
            for _, case in self.cases()
            for stack in self.stacks_of(case)
            if case.workers
        )


@dataclass(frozen=True)
class Cell:
    """One case of a strategy on one stack under one technique, with its trials."""

    stack: str
    strategy: Strategy
    case: Case
    technique: str
    plan: Plan
    workers: int
    trials: list[Trial] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Row and stack, for a person to read."""
        return f"{label(self.strategy, self.case)} on {self.stack}"

    @property
    def kind(self) -> Kind:
        """Which instance it is attacked on."""
        return Kind(self.stack, self.workers, self.case.atomic_requests)

    @property
    def start(self) -> int:
        """Money in the account before each trial."""
        return self.plan.start_of(self.case)

    @property
    def expected(self) -> Expected:
        """The verdict that the catalogue expects."""
        return self.plan.expected_of(self.case, self.stack)

    @property
    def one_intent(self) -> bool:
        """Whether all requests carry one key."""
        return self.case.intents == "one"

    @property
    def beside(self) -> int:
        """How many requests of a salvo are no withdrawals."""
        return self.plan.beside_of(self.case)

    @property
    def withdrawals(self) -> int:
        """How many requests of a salvo are withdrawals."""
        return self.plan.requests - self.beside

    @property
    def right(self) -> int:
        """How many payouts of a trial are right."""
        intents = 1 if self.one_intent else self.withdrawals
        return right_payouts(intents, self.start, self.plan.amount)

    @property
    def retries(self) -> int:
        """How often a transaction of its requests was tried again."""
        return sum(request.retries for trial in self.trials for request in trial.requests)

    @property
    def conflicts(self) -> int:
        """How many of its requests were given up with 503."""
        return sum(
            request.status == 503 and request.entered_ns is not None  # or there was no database
            for trial in self.trials
            for request in trial.requests
        )
