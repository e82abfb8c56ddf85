"""A withdrawal by every strategy, one at a time: all of them are right then."""

import pytest

from shared_db import catalogue, rules
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import Strategy
from shared_db.lesson import lesson_of
from tests.contract.accounts import Account
from tests.contract.conftest import Customer

EVERY = pytest.mark.parametrize("strategy", catalogue.strategies(), ids=lambda each: each.slug)


@pytest.fixture
def customer(customer: Customer, strategy: Strategy) -> Customer:
    """Return a user whose account has the setting that the strategy needs."""
    customer.give(
        STARTING_MONEY,
        forbid_overdraft=strategy.forbid_overdraft,
        derived=strategy.ledger == "derived",
    )
    return customer


def money_after(before: Account, strategy: Strategy, amount: int) -> int:
    """Return what the money column holds after a withdrawal; in a derived ledger it stays."""
    return before.money - (amount if strategy.ledger == "stored" else 0)


@EVERY
def test_page_tells_its_lesson_and_the_balance(customer: Customer, strategy: Strategy) -> None:
    page = customer.browser.get(strategy.path)
    assert page.status == 200
    assert page.text("h1") == f"{strategy.number}. {lesson_of(strategy.slug).title}"
    assert page.text("#balance") == "10"
    assert page.fields()["amount"] == ""


@EVERY
def test_success(customer: Customer, strategy: Strategy) -> None:
    before = customer.account()
    answer = customer.browser.fill(strategy.path, {"amount": "4"})
    assert (answer.status, answer.location) == (302, "/")
    home = customer.browser.get("/")
    assert home.messages == [rules.SUCCESS]
    assert home.text("#balance") == str(money_after(before, strategy, 4))
    assert customer.browser.get(strategy.path).text("#balance") == "6"
    after = customer.account()
    assert after.money == money_after(before, strategy, 4)
    assert after.paid_since(before) == [4]
    assert customer.browser.get("/").messages == []


@EVERY
def test_everything_can_be_withdrawn(customer: Customer, strategy: Strategy) -> None:
    before = customer.account()
    assert customer.browser.fill(strategy.path, {"amount": "10"}).status == 302
    after = customer.account()
    assert (after.money, after.paid_since(before)) == (money_after(before, strategy, 10), [10])
    assert customer.browser.get(strategy.path).text("#balance") == "0"


@EVERY
@pytest.mark.parametrize("amount", ["11", str(rules.LARGEST_AMOUNT)])
def test_insufficient_funds(customer: Customer, strategy: Strategy, amount: str) -> None:
    before = customer.account()
    answer = customer.browser.fill(strategy.path, {"amount": amount})
    assert answer.status == 200
    assert answer.messages == [rules.INSUFFICIENT_FUNDS]
    assert answer.text("#balance") == "10"
    assert answer.fields()["amount"] == amount
    assert customer.account() == before


@EVERY
def test_a_refusal_can_be_corrected(customer: Customer, strategy: Strategy) -> None:
    before = customer.account()
    refused = customer.browser.fill(strategy.path, {"amount": "11"})
    customer.give(before.money)  # without the lock that a refusal by leaked_session_lock may leave
    assert customer.browser.submit(refused, {"amount": "10"}).status == 302
    after = customer.account()
    assert (after.money, after.paid_since(before)) == (money_after(before, strategy, 10), [10])
    assert customer.browser.get(strategy.path).text("#balance") == "0"
