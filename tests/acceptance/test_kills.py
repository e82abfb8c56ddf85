"""kill -9 of a worker, and of the database, in mid-attack: the money is exact afterwards."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import psutil
import psycopg
import pytest

from attack import targets
from attack.client import Session
from attack.history import Request
from attack.ledger import Ledger, LedgerState
from attack.techniques.burst import burst
from attack.techniques.pool import Pool
from shared_db.accounts import USERS, Account
from shared_db.catalogue import Strategy, strategies
from tests.conftest import STACKS, Lab
from tests.stacks.conftest import OwnLab, own_lab, state_of

__all__ = ["own_lab"]  # the fixture

pytestmark = pytest.mark.acceptance

# So many that there is time to kill while most of them are still to come.
AMOUNT, PAYOUTS, REQUESTS = 10, 400, 800
HOLD = 'SELECT 1 FROM "user" WHERE username = %s FOR UPDATE'
WAITING = "SELECT client_port FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
DEFENDED = [each for each in strategies() if each.kind == "defence"]
WAYS = sorted({each.holds for each in DEFENDED})


class Holder:
    """A transaction that holds an account's row, from entering it to leaving it."""

    def __init__(self, database_url: str, account: Account) -> None:
        self._held = psycopg.connect(database_url)
        self._eye = psycopg.connect(database_url, autocommit=True)
        self._account = account

    def __enter__(self) -> Self:
        self._held.execute(HOLD, (self._account.username,))
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()
        self._eye.close()

    def is_waited_for(self) -> bool:
        """Tell whether anybody waits for a lock."""
        return bool(self.waiting())

    def waiting(self) -> set[int]:
        """Return the ports from which those are connected that wait for a lock."""
        return {int(port) for (port,) in self._eye.execute(WAITING)}


@dataclass(frozen=True)
class Attack:
    """One salvo of withdrawals from an account with money for half of them.

    `worker` is one that serves: another may still be starting, in place of one that was killed.
    """

    strategy: Strategy
    account: Account
    ledger: Ledger
    worker: int
    send: Callable[[], list[Request]]
    sender: ThreadPoolExecutor
    futures: "list[Future[list[Request]]]" = field(default_factory=list)

    def begin(self) -> None:
        """Send the salvo, in a thread of its own."""
        self.futures.append(self.sender.submit(self.send))

    @property
    def records(self) -> "Future[list[Request]]":
        """What comes of the salvo."""
        (only,) = self.futures
        return only

    def read(self) -> LedgerState:
        """Return what the ledger says of the account now."""
        return read(self.ledger, self.account, self.strategy)

    def going_on(self) -> bool:
        """Tell whether payouts have begun.

        Raises:
            AssertionError: the salvo ended: it was waited for too long.
        """
        assert not self.records.done(), "the salvo ended before anything could be killed"
        return self.read().payouts > 0

    def worker_waits(self, holder: Holder) -> bool:
        """Tell whether a request of the worker waits for a lock.

        Raises:
            AssertionError: the salvo ended: it was waited for too long.
        """
        assert not self.records.done(), "the salvo ended before anything could be killed"
        own = {each.laddr.port for each in psutil.Process(self.worker).net_connections()}
        return not own.isdisjoint(holder.waiting())

    def assert_exact(self, found: LedgerState) -> None:
        """Hold the ledger to what the clients were told."""
        fates = Counter(record.fate for record in self.records.result())
        assert fates["unknown"] > 0, "no request was cut off: the kill came too late"
        assert found.balance + found.paid_out == PAYOUTS * AMOUNT
        assert found.paid_out == found.payouts * AMOUNT
        assert found.balance >= 0
        assert fates["paid"] <= found.payouts <= fates["paid"] + fates["unknown"]


def read(ledger: Ledger, account: Account, strategy: Strategy) -> LedgerState:
    """Return what a ledger says of an account."""
    return ledger.read(account.username, derived=strategy.ledger == "derived")


def attack(
    stack: ExitStack, url: str, ledger: Ledger, account: Account, strategy: Strategy
) -> Attack:
    """Return a salvo that is ready, each request an intent of its own; `stack` ends it."""
    target = targets.load()
    session = Session(target, url, account.username, account.password)
    stack.callback(session.close)
    pool = Pool(32)
    stack.callback(pool.close)
    first, *prepared = session.prepare_intents(strategy.number, AMOUNT, 1 + REQUESTS)
    (answered,) = burst(pool, target, [first])
    assert answered.worker
    forbid = strategy.forbid_overdraft
    ledger.reset(account.username, PAYOUTS * AMOUNT, forbid_overdraft=forbid)
    sender = stack.enter_context(ThreadPoolExecutor(1))
    send = partial(burst, pool, target, prepared)
    return Attack(strategy, account, ledger, answered.worker, send, sender)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, which raises where it never will."""
    while not condition():
        time.sleep(0.001)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("strategy", DEFENDED, ids=lambda each: each.slug)
def test_a_worker(lab: Lab, ledger: Ledger, strategy: Strategy, stack: str) -> None:
    with ExitStack() as end:
        running = attack(end, lab.urls[stack], ledger, USERS[-1], strategy)
        running.begin()
        wait_for(running.going_on)
        with Holder(lab.database_url, running.account) as holder:
            wait_for(lambda: running.worker_waits(holder))
            os.kill(running.worker, signal.SIGKILL)
        running.records.result()
    running.assert_exact(running.read())


@pytest.fixture
def up(own_lab: OwnLab) -> Iterator[OwnLab]:
    """Return a lab of its own whose stacks are up; they are stopped afterwards."""
    done = own_lab.run("up")
    assert done.returncode == 0, done.stderr
    yield own_lab
    own_lab.run("down")


@pytest.mark.parametrize("way", WAYS)
def test_the_database(up: OwnLab, way: str) -> None:
    strategy = next(each for each in DEFENDED if each.holds == way)
    known, server = state_of(up), postmaster(up).pid
    before = Ledger(targets.load(), known["database_url"])
    with ExitStack() as end:
        attacks = [
            attack(end, url, before, account, strategy)
            for (_, url), account in zip(known["urls"], reversed(USERS), strict=False)
        ]
        assert len(attacks) == len(STACKS)
        with ExitStack() as gate:
            # Both salvos wait behind it, so that neither is over before the other pays.
            for each in attacks:
                holder = gate.enter_context(Holder(known["database_url"], each.account))
                each.begin()
                wait_for(holder.is_waited_for)
        wait_for(lambda: all(each.going_on() for each in attacks))
        os.kill(server, signal.SIGKILL)
        for each in attacks:
            each.records.result()
    # The next command recovers what was written, by itself.
    assert up.run("up").returncode == 0
    after = Ledger(targets.load(), state_of(up)["database_url"])
    for each in attacks:
        each.assert_exact(read(after, each.account, strategy))
    after.close()


def postmaster(lab: OwnLab) -> psutil.Process:
    """Return the first process of the lab's server."""
    (found,) = [each for each in lab.processes() if str(lab.folder / "postgres") in each.cmdline()]
    return found
