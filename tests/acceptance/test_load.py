"""All defences under a load of thousands, and two under a worker that is killed."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from attack import targets
from attack.client import Session
from attack.history import Request
from attack.ledger import Ledger
from attack.stacks import state
from attack.techniques.burst import burst
from attack.techniques.pool import Pool
from shared_db.accounts import USERS
from shared_db.catalogue import Strategy, strategies
from tests.conftest import STACKS, Lab

pytestmark = pytest.mark.acceptance

AMOUNT, PAYOUTS = 10, 100
DEFENDED = [each for each in strategies() if each.kind == "defence"]
REQUESTS = 10_000  # to each stack, over all of these pages
SECONDS = 300.0  # for those to one stack; a fifth of it is usual on two cores
KILLED = [each for each in strategies() if each.slug in {"row_lock", "conditional_update"}]
defended = pytest.mark.parametrize("strategy", KILLED, ids=lambda each: each.slug)
on_both_stacks = pytest.mark.parametrize("stack", STACKS)

Salvo = Callable[[int], list[Request]]


@pytest.fixture
def salvo(lab: Lab, ledger: Ledger, strategy: Strategy, stack: str) -> Iterator[Salvo]:
    """Return a function that sends withdrawals of an account that has money for 100 by now."""
    user = USERS[-1]
    target = targets.load()
    session = Session(target, lab.urls[stack], user.username, user.password)
    prepared = session.prepare(strategy.number, AMOUNT)
    ledger.reset(user.username, 100 * AMOUNT)
    pool = Pool(32)
    try:
        yield lambda requests: burst(pool, target, [prepared] * requests)
    finally:
        pool.close()
        session.close()


@on_both_stacks
def test_ten_thousand_requests_over_all_defended_pages_pay_what_there_is(
    lab: Lab, ledger: Ledger, stack: str
) -> None:
    began = time.monotonic()
    answered = Counter[str]()
    for strategy in DEFENDED:
        records = load(lab.urls[stack], ledger, strategy, -(-REQUESTS // len(DEFENDED)))
        fates = Counter(record.fate for record in records)
        assert fates == {"paid": PAYOUTS, "refused": len(records) - PAYOUTS}, strategy.slug
        found = ledger.read(USERS[-1].username, derived=strategy.ledger == "derived")
        money = (found.balance, found.payouts, found.paid_out)
        assert money == (0, PAYOUTS, PAYOUTS * AMOUNT), strategy.slug
        answered += fates
    assert answered.total() >= REQUESTS
    assert time.monotonic() - began < SECONDS


def load(url: str, ledger: Ledger, strategy: Strategy, requests: int) -> list[Request]:
    """Send so many withdrawals, each an intent of its own, of an account with money for 100."""
    user, target = USERS[-1], targets.load()
    session, pool = Session(target, url, user.username, user.password), Pool(32)
    try:
        prepared = session.prepare_intents(strategy.number, AMOUNT, requests)
        forbid = strategy.forbid_overdraft
        ledger.reset(user.username, PAYOUTS * AMOUNT, forbid_overdraft=forbid)
        return burst(pool, target, prepared)
    finally:
        pool.close()
        session.close()


@on_both_stacks
@defended
def test_a_killed_worker_leaves_every_invariant_intact(
    salvo: Salvo, ledger: Ledger, stack: str
) -> None:
    victim = psutil.Process(worker_of(stack))
    with ThreadPoolExecutor(1) as attack:
        records = attack.submit(salvo, 600)
        # Killed once payouts have begun and while most of them are still to come.
        while ledger.read(USERS[-1].username).payouts not in range(1, 90):
            assert not records.done(), "the salvo ended before a worker could be killed"
            time.sleep(0.001)
        victim.kill()

    fates = Counter(record.fate for record in records.result())
    found = ledger.read(USERS[-1].username)
    assert fates["unknown"] > 0, "no request was cut off: the kill came too late"
    assert found.balance + found.paid_out == 100 * AMOUNT
    assert found.balance >= 0
    assert fates["paid"] <= found.payouts <= fates["paid"] + fates["unknown"]


def worker_of(stack: str) -> int:
    """Return the pid of one gunicorn worker of a stack."""
    running = state.running()
    assert running, "local stacks are needed: a worker of theirs is killed"
    master = running.children[list(STACKS).index(stack)]
    workers = psutil.Process(master.pid).children()
    assert workers
    return workers[0].pid
