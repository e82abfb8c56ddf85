"""A reset by the button keeps out of an attack's way."""

from collections.abc import Iterator

import pytest

from attack.ledger import Ledger
from attack.targets import load
from shared_db import rules
from shared_db.accounts import ADMIN, STARTING_MONEY
from shared_db.errors import LabError
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


def test_an_attack_on_one_account_is_in_the_way_of_its_own_button(
    customer: Customer, lab: Lab
) -> None:
    attack = Ledger(load(), lab.database_url)
    try:
        attack.lock(USERNAME)
        assert press(customer) == [rules.ATTACK_UNDER_WAY]
        attack.lock(ADMIN.username)
        assert press(customer) == [rules.RESET_DONE]
    finally:
        attack.close()


def test_an_attack_on_all_and_one_on_a_single_account_keep_each_other_off(lab: Lab) -> None:
    one, other = (Ledger(load(), lab.database_url) for _ in range(2))
    try:
        one.lock(USERNAME)
        other.lock(ADMIN.username)
        other.close()
        for username in ("", USERNAME):
            with pytest.raises(LabError, match="another attack is under way"):
                other.lock(username)
        one.lock()
        with pytest.raises(LabError, match="another attack is under way"):
            other.lock(ADMIN.username)
    finally:
        one.close()
        other.close()


def test_two_at_once_do_not_refuse_each_other(customer: Customer, lab: Lab) -> None:
    from shared_db import locks
    from shared_db.server import connect

    with connect(lab.database_url) as other, other.transaction():
        other.execute(f"SELECT pg_advisory_xact_lock_shared({locks.ATTACK})".encode())
        assert press(customer) == [rules.RESET_DONE]
