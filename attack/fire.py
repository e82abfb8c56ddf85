"""The attack: cell by cell, trial by trial, history first and verdict after."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from attack.checkers import right_payouts
from attack.client import LoginRefusedError, Prepared, Session
from attack.history import Request, Trial
from attack.ledger import Ledger
from attack.recovery import RECOVERS_WITHIN_S, wait_for_recovery
from attack.store import Store
from attack.targets import Target
from attack.targets.addresses import require_lab_address
from attack.techniques import TECHNIQUES, Technique
from attack.techniques.pool import Pool
from shared_db.accounts import USERS
from shared_db.catalogue import Case, Strategy
from shared_db.errors import LabError
from shared_db.rules import LARGEST_AMOUNT

_PAUSE_S = 0.2


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
        return sum(len(self.stacks_of(case)) for _, case, _ in self.rows()) * self.trials

    def workers(self) -> frozenset[int]:
        """Return the numbers of workers that some case asks for."""
        return frozenset(case.workers for _, case in self.cases() if case.workers)


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
    def start(self) -> int:
        """Money in the account before each trial."""
        every = min(self.plan.requests * self.plan.amount, LARGEST_AMOUNT)
        return {"given": self.plan.start, "every": every, "one": self.plan.amount}[self.case.money]

    @property
    def one_intent(self) -> bool:
        """Whether all requests carry one key."""
        return self.case.intents == "one"

    @property
    def right(self) -> int:
        """How many payouts of a trial are right."""
        intents = 1 if self.one_intent else self.plan.requests
        return right_payouts(intents, self.start, self.plan.amount)

    @property
    def retries(self) -> int:
        """How often a transaction of its requests was tried again."""
        return sum(request.retries for trial in self.trials for request in trial.requests)

    @property
    def conflicts(self) -> int:
        """How many of its requests were given up with 503."""
        return sum(request.status == 503 for trial in self.trials for request in trial.requests)


class Attacker:
    """Carries out a plan against running stacks."""

    def __init__(
        self,
        target: Target,
        instances: Mapping[tuple[str, int], str],
        ledger: Ledger,
        store: Store,
    ) -> None:
        """Get ready; `instances` has the URL of each by its stack and number of workers.

        Raises:
            LabError: an address is not the lab's. Nothing was sent to any then: not even the
                health checks may go elsewhere.
        """
        for url in instances.values():
            require_lab_address(url)
        self._target, self._instances, self._ledger, self._store = target, instances, ledger, store
        self._sessions: dict[str, Session] = {}
        # From the end: people play with the first. An account with a request that may still be in
        # flight is not used again, on neither stack: they share the accounts.
        self._accounts = list(reversed(USERS))

    def run(self, plan: Plan, workers: int, on_trial: Callable[[], None]) -> Iterator[Cell]:
        """Yield each cell when its trials are over, the stacks of one row after each other.

        Args:
            plan: what to attack.
            workers: of the instances to attack where a case does not say.
            on_trial: called after each trial.

        Raises:
            LabError: a stack or the database stopped answering and did not come back in time.
        """
        for strategy, case, technique in plan.rows():
            for stack in plan.stacks_of(case):
                cell = Cell(stack, strategy, case, technique, plan, case.workers or workers)
                self._attack(cell, on_trial)
                yield cell

    def _attack(self, cell: Cell, on_trial: Callable[[], None]) -> None:
        plan, technique = cell.plan, TECHNIQUES[cell.technique]
        pool = Pool(technique.connections(plan.requests, plan.threads))
        try:
            for _ in range(plan.trials):
                trial = self._try(cell, technique, pool)
                self._store.append(trial)
                cell.trials.append(trial)
                on_trial()
        finally:
            pool.close()

    def _try(self, cell: Cell, technique: Technique, pool: Pool) -> Trial:
        plan, strategy = cell.plan, cell.strategy
        session, requests = self._prepare(cell)
        records = technique.salvo(pool, self._target, requests)
        if any(record.fate == "unknown" for record in records):
            self._wait_for_recovery(cell)
        if any(_may_be_in_flight(record) for record in records):
            self._retire_account()
        return Trial(
            stack=cell.stack,
            strategy=strategy.slug,
            technique=cell.technique,
            start=cell.start,
            amount=plan.amount,
            requests=tuple(records),
            ledger=self._ledger.read(session.username, derived=strategy.ledger == "derived"),
            case=cell.case.name,
            one_intent=cell.one_intent,
        )

    def _prepare(self, cell: Cell) -> tuple[Session, list[Prepared]]:
        """Return a logged-in session and its requests, on an account with the money to start with.

        What broke down between two trials gets the same time to recover as in one: of several
        workers one may be well again, and answer the health check, before the next is.

        Raises:
            LabError: it did not, or the login is refused.
        """
        deadline = time.monotonic() + RECOVERS_WITHIN_S
        while True:
            try:
                return self._prepare_once(cell)
            except LoginRefusedError:
                raise
            except LabError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_S)

    def _prepare_once(self, cell: Cell) -> tuple[Session, list[Prepared]]:
        session = self._session(cell)
        requests = self._requests(cell, session)
        forbid_overdraft = cell.strategy.forbid_overdraft
        self._ledger.reset(session.username, cell.start, forbid_overdraft=forbid_overdraft)
        return session, requests

    def _requests(self, cell: Cell, session: Session) -> list[Prepared]:
        number, amount, count = cell.strategy.number, cell.plan.amount, cell.plan.requests
        if cell.one_intent:
            return [session.prepare(number, amount)] * count
        return session.prepare_intents(number, amount, count)

    def _url(self, cell: Cell) -> str:
        return self._instances[cell.stack, cell.workers]

    def _session(self, cell: Cell) -> Session:
        url = self._url(cell)
        if url not in self._sessions:
            account = self._accounts[0]
            self._sessions[url] = Session(self._target, url, account.username, account.password)
        return self._sessions[url]

    def _wait_for_recovery(self, cell: Cell) -> None:
        wait_for_recovery(cell.stack, self._url(cell), self._ledger, self._accounts[0].username)

    def _retire_account(self) -> None:
        self.close()
        self._sessions.clear()
        self._accounts.pop(0)
        if not self._accounts:
            raise LabError("too many requests were never answered: start again")

    def close(self) -> None:
        """Close every session."""
        for session in self._sessions.values():
            session.close()


def _may_be_in_flight(record: Request) -> bool:
    # A proxy that gave up on the application (502, 504) cannot recall what it had handed on.
    return record.status in (None, 502, 504)
