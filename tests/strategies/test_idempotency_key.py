"""The key of an intent: minted with the form, paid once, and bound to its amount."""

import pytest

from shared_db import rules
from shared_db.catalogue import strategies
from tests.contract.browser import Page
from tests.strategies.conftest import Customer

(STRATEGY,) = (strategy for strategy in strategies() if strategy.keyed)


@pytest.fixture
def form(customer: Customer) -> Page:
    """Return the page with its form, opened on an account with 10."""
    customer.open_account(STRATEGY)
    return customer.browser.get(STRATEGY.path)


def send(customer: Customer, form: Page, amount: int, **fields: str) -> Page:
    """Send the form, with other fields in place of its own where they are given."""
    return customer.browser.submit(form, {"amount": str(amount), **fields})


def paid(customer: Customer) -> list[int]:
    """Return the balance and the number of payouts."""
    state = customer.state(STRATEGY)
    return [state.balance, state.payouts]


def test_every_form_has_a_key_of_its_own(customer: Customer, form: Page) -> None:
    other = customer.browser.get(STRATEGY.path)
    assert form.fields()["key"] != other.fields()["key"]
    assert rules.parse_key(form.fields()["key"]) == form.fields()["key"]


def test_a_form_sent_again_gets_the_first_answer(customer: Customer, form: Page) -> None:
    answers = [send(customer, form, 4) for _ in range(3)]
    assert [(answer.status, answer.location) for answer in answers] == [(302, "/")] * 3
    assert paid(customer) == [6, 1]


def test_also_when_the_money_is_gone(customer: Customer, form: Page) -> None:
    assert [send(customer, form, 10).status for _ in range(2)] == [302, 302]
    assert paid(customer) == [0, 1]


def test_two_forms_are_two_intents(customer: Customer, form: Page) -> None:
    other = customer.browser.get(STRATEGY.path)
    assert [send(customer, each, 4).status for each in (form, other)] == [302, 302]
    assert paid(customer) == [2, 2]


def test_the_key_is_bound_to_its_amount(customer: Customer, form: Page) -> None:
    assert send(customer, form, 4).status == 302
    answer = send(customer, form, 5)
    assert answer.status == 422
    assert rules.KEY_REUSED in answer.main
    assert paid(customer) == [6, 1]


def test_a_refusal_is_not_recorded(customer: Customer, form: Page) -> None:
    refused = send(customer, form, 11)
    assert refused.messages == [rules.INSUFFICIENT_FUNDS]
    assert refused.fields()["key"] == form.fields()["key"]
    assert send(customer, refused, 10).status == 302
    assert paid(customer) == [0, 1]


@pytest.mark.parametrize("key", ["", " ", "ü", "a b", "x" * 65, "nul\0", "a\nb", "a\n"])
def test_no_key(customer: Customer, form: Page, key: str) -> None:
    answer = send(customer, form, 4, key=key)
    assert answer.status == 400
    assert answer.errors == [rules.BAD_KEY]
    assert paid(customer) == [10, 0]


@pytest.mark.parametrize("keys", [[], ["a", "b"]])
def test_not_one_key(customer: Customer, form: Page, keys: list[str]) -> None:
    fields = {name: value for name, value in form.fields().items() if name != "key"}
    answer = customer.browser.post(STRATEGY.path, {**fields, "amount": "4", "key": keys})
    assert answer.status == 400
    assert answer.errors == [rules.BAD_KEY]
    assert paid(customer) == [10, 0]


def test_other_pages_have_no_key(customer: Customer) -> None:
    for strategy in strategies():
        assert ("key" in customer.browser.get(strategy.path).fields()) == strategy.keyed
