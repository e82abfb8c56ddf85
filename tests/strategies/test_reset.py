"""A reset by the button keeps out of an attack's way."""

from collections.abc import Iterator

import pytest

from attack.ledger import Ledger
from attack.targets import load
from shared_db import rules
from shared_db.accounts import STARTING_MONEY
from tests.conftest import Lab
from tests.strategies.conftest import USERNAME, Customer


@pytest.fixture
def attack(lab: Lab) -> Iterator[Ledger]:
    """Return a ledger that is held as an attack holds it."""
    ledger = Ledger(load(), lab.database_url)
    ledger.lock()
    yield ledger
    ledger.close()


def press(customer: Customer) -> list[str]:
    """Press the button and return the messages of the page that it leads to."""
    assert customer.browser.fill("/").status == 302
    return customer.browser.get("/").messages


def test_not_while_an_attack_is_under_way(customer: Customer, attack: Ledger) -> None:
    attack.reset(USERNAME, 7)
    assert press(customer) == [rules.ATTACK_UNDER_WAY]
    assert attack.read(USERNAME).balance == 7
    attack.close()
    assert press(customer) == [rules.RESET_DONE]
    assert attack.read(USERNAME).balance == STARTING_MONEY


def test_two_at_once_do_not_refuse_each_other(customer: Customer, lab: Lab) -> None:
    from shared_db import locks
    from shared_db.server import connect

    with connect(lab.database_url) as other, other.transaction():
        other.execute(f"SELECT pg_advisory_xact_lock_shared({locks.ATTACK})".encode())
        assert press(customer) == [rules.RESET_DONE]
