"""The attack: cell by cell, trial by trial, history first and verdict after."""

import time
from collections.abc import Callable, Iterator, Mapping

from attack.accounts import Accounts
from attack.client import LoginRefusedError, Prepared, Session
from attack.history import Request, Trial
from attack.ledger import Ledger, touched
from attack.plan import Cell, Plan
from attack.recovery import RECOVERS_WITHIN_S, Logs, wait_for_recovery
from attack.stacks.health import ForeignAnswerError
from attack.stacks.where import Kind
from attack.store import Store
from attack.targets import Target
from attack.targets.addresses import require_lab_address
from attack.techniques import TECHNIQUES, Technique
from attack.techniques.pool import Pool
from shared_db.errors import LabError

_PAUSE_S = 0.2


class Attacker:
    """Carries out a plan against running stacks."""

    def __init__(
        self,
        target: Target,
        instances: Mapping[Kind, str],
        ledger: Ledger,
        store: Store,
        log_of: Callable[[Kind | None], str] = lambda _whose: "",
        accounts: Accounts | None = None,
    ) -> None:
        """Get ready.

        Args:
            target: how the instances are attacked.
            instances: the URL of each.
            ledger: of their database.
            store: where each trial is kept.
            log_of: where the log of an instance is, or for None that of the database.
            accounts: to attack; those that the lab starts with where None.

        Raises:
            LabError: an address is not the lab's. Nothing was sent to any then: not even the
                health checks may go elsewhere.
        """
        for url in instances.values():
            require_lab_address(url)
        self._target, self._instances, self._ledger, self._store = target, instances, ledger, store
        self._log_of = log_of
        self._accounts = accounts or Accounts(target)

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
            for _ in range(plan.trials_of(cell.case)):
                trial = self._try(cell, technique, pool)
                self._store.append(trial)
                cell.trials.append(trial)
                on_trial()
        finally:
            pool.close()

    def _try(self, cell: Cell, technique: Technique, pool: Pool) -> Trial:
        plan, strategy = cell.plan, cell.strategy
        session, requests = self._prepare(cell)
        apart = self._accounts.apart
        others = self._ledger.others(apart)
        records = technique.salvo(pool, self._target, requests)
        self._recover(cell, records)
        return Trial(
            stack=cell.stack,
            strategy=strategy.slug,
            technique=cell.technique,
            start=cell.start,
            amount=plan.amount,
            requests=tuple(records[: cell.withdrawals]),
            beside=tuple(records[cell.withdrawals :]),
            ledger=self._ledger.read(session.username, derived=strategy.ledger == "derived"),
            case=cell.case.name,
            one_intent=cell.one_intent,
            touched=touched(others, self._ledger.others(apart)),
        )

    def _recover(self, cell: Cell, records: list[Request]) -> None:
        """See to it that the next trial starts from sound ground, whatever befell this one."""
        if all(record.decided for record in records):
            return
        url = self._url(cell)
        username, lab_id = self._accounts.username, self._target.lab_id
        logs = Logs(self._log_of(cell.kind), self._log_of(None))
        wait_for_recovery(cell.stack, url, self._ledger, username, lab_id, logs)
        self._accounts.forget(url)
        in_flight = any(_may_be_in_flight(record) for record in records)
        if in_flight and not self._accounts.retire():
            raise LabError("too many requests were never answered: start again")

    def _prepare(self, cell: Cell) -> tuple[Session, list[Prepared]]:
        """Return a logged-in session and its requests, on an account with the money to start with.

        What broke down between two trials gets the same time to recover as in one: of several
        workers one may be well again, and answer the health check, before the next is. An account
        that somebody gave another password is not used again.

        Raises:
            LabError: it did not, no account can log in, or another lab answers.
        """
        deadline = time.monotonic() + RECOVERS_WITHIN_S
        while True:
            try:
                return self._prepare_once(cell)
            except LoginRefusedError as refused:
                if not self._accounts.retire():
                    raise LabError(f"{refused}; no account is left to attack") from None
            except ForeignAnswerError:
                raise
            except LabError:
                if time.monotonic() > deadline:
                    raise
                self._accounts.forget(self._url(cell))
                time.sleep(_PAUSE_S)

    def _prepare_once(self, cell: Cell) -> tuple[Session, list[Prepared]]:
        session = self._accounts.session(self._url(cell))
        requests = self._requests(cell, session)
        forbid_overdraft = cell.strategy.forbid_overdraft
        self._ledger.reset(session.username, cell.start, forbid_overdraft=forbid_overdraft)
        return session, requests

    def _requests(self, cell: Cell, session: Session) -> list[Prepared]:
        number, amount, count = cell.strategy.number, cell.plan.amount, cell.withdrawals
        if cell.one_intent:
            return [session.prepare(number, amount)] * count
        withdrawals = session.prepare_intents(number, amount, count)
        if not cell.beside:
            return withdrawals
        return [*withdrawals, *[session.prepare_beside(cell.case.beside)] * cell.beside]

    def _url(self, cell: Cell) -> str:
        return self._instances[cell.kind]

    def close(self) -> None:
        """Close every session."""
        self._accounts.close()


def _may_be_in_flight(record: Request) -> bool:
    # A proxy that gave up on the application (502, 504) cannot recall what it had handed on.
    return record.status in (None, 502, 504)
