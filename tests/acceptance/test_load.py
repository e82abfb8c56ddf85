"""All defences under a load of thousands."""

import time
from collections import Counter

import pytest

from attack import targets
from attack.client import Session
from attack.history import Request
from attack.ledger import Ledger
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
on_both_stacks = pytest.mark.parametrize("stack", STACKS)


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
