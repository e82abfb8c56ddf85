"""The attack: cell by cell, trial by trial, history first and verdict after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from attack.client import Session
from attack.history import Trial
from attack.ledger import Ledger
from attack.stacks.gunicorn import is_healthy
from attack.store import Store
from attack.targets import Target
from attack.techniques import TECHNIQUES
from attack.techniques.pool import Pool
from shared_db.accounts import USERS
from shared_db.catalogue import Strategy
from shared_db.errors import LabError


@dataclass(frozen=True)
class Plan:
    """What to attack, and how: money in units of the ledger."""

    stacks: tuple[str, ...]
    strategies: tuple[Strategy, ...]
    techniques: tuple[str, ...]
    requests: int
    threads: int
    trials: int
    start: int
    amount: int


@dataclass(frozen=True)
class Cell:
    """One strategy on one stack under one technique, with its trials."""

    stack: str
    strategy: Strategy
    technique: str
    plan: Plan
    workers: int
    trials: list[Trial] = field(default_factory=list)


class Attacker:
    """Carries out a plan against running stacks."""

    def __init__(self, target: Target, urls: dict[str, str], ledger: Ledger, store: Store) -> None:
        self._target, self._urls, self._ledger, self._store = target, urls, ledger, store
        self._sessions: dict[str, Session] = {}
        # From the end: people play with the first. An account with a request that may still be in
        # flight is not used again.
        self._accounts = {stack: list(reversed(USERS)) for stack in urls}

    def run(self, plan: Plan, workers: int, on_trial: Callable[[], None]) -> Iterator[Cell]:
        """Yield each cell when its trials are over, the stacks of one strategy after each other.

        Raises:
            LabError: a stack or the database stopped answering.
        """
        for strategy in plan.strategies:
            for technique in plan.techniques:
                for stack in plan.stacks:
                    cell = Cell(stack, strategy, technique, plan, workers)
                    self._attack(cell, on_trial)
                    yield cell

    def _attack(self, cell: Cell, on_trial: Callable[[], None]) -> None:
        plan, technique = cell.plan, TECHNIQUES[cell.technique]
        pool = Pool(technique.connections(plan.requests, plan.threads))
        try:
            for _ in range(plan.trials):
                session = self._session(cell.stack)
                prepared = session.prepare(cell.strategy.number, plan.amount)
                self._ledger.reset(session.username, plan.start)
                records = technique.salvo(pool, self._target, [prepared] * plan.requests)
                if any(record.fate == "unknown" for record in records):
                    self._retire_account(cell.stack)
                trial = Trial(
                    stack=cell.stack,
                    strategy=cell.strategy.slug,
                    technique=cell.technique,
                    start=plan.start,
                    amount=plan.amount,
                    requests=tuple(records),
                    ledger=self._ledger.read(session.username),
                )
                self._store.append(trial)
                cell.trials.append(trial)
                on_trial()
        finally:
            pool.close()

    def _session(self, stack: str) -> Session:
        if stack not in self._sessions:
            account = self._accounts[stack][0]
            self._sessions[stack] = Session(
                self._target, self._urls[stack], account.username, account.password
            )
        return self._sessions[stack]

    def _retire_account(self, stack: str) -> None:
        if not is_healthy(self._urls[stack]):
            raise LabError(
                f"the {stack} stack at {self._urls[stack]} stopped answering in mid-attack: "
                "its log is in .lab; start again"
            )
        self._sessions.pop(stack).close()
        self._accounts[stack].pop(0)
        if not self._accounts[stack]:
            raise LabError(
                f"too many requests to the {stack} stack were never answered: start again"
            )

    def close(self) -> None:
        """Close every session."""
        for session in self._sessions.values():
            session.close()
