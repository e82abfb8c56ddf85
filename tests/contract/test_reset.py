"""The button that puts one's own account back to the start."""

import pytest

from shared_db import rules
from shared_db.accounts import STARTING_MONEY, STRICT
from tests.contract.browser import Browser, Page
from tests.contract.conftest import Customer, LogIn


def press(browser: Browser) -> Page:
    """Press the button and return the page that it leads to."""
    answer = browser.fill("/")
    assert (answer.status, answer.location) == (302, "/")
    return browser.get("/")


def test_money_and_log_are_as_at_the_start(customer: Customer) -> None:
    customer.give(77)
    customer.browser.fill("/withdraw4", {"amount": "7"})
    home = press(customer.browser)
    assert home.messages == [rules.RESET_DONE]
    assert home.text("#balance") == str(STARTING_MONEY)
    assert home.html.css_first("#history") is None
    account = customer.account()
    assert (account.money, account.log) == (STARTING_MONEY, ())


def test_others_keep_theirs(customer: Customer, log_in: LogIn) -> None:
    customer.give(10)
    customer.browser.fill("/withdraw4", {"amount": "3"})
    before = customer.account()
    press(log_in("dave"))
    assert customer.account() == before


def test_a_setting_that_an_attack_left_is_taken_back(customer: Customer) -> None:
    customer.give(10, forbid_overdraft=True)
    assert rules.NEEDS_ALLOW_OVERDRAFT in customer.browser.get("/withdraw14").main
    press(customer.browser)
    assert rules.NEEDS_ALLOW_OVERDRAFT not in customer.browser.get("/withdraw14").main


def test_the_strict_account_stays_strict(log_in: LogIn) -> None:
    browser = log_in(STRICT.username)
    press(browser)
    for path in ("/withdraw9", "/withdraw15"):
        assert browser.get(path).html.css_first("[role=note]") is None, path


@pytest.mark.parametrize("fields", [{}, {"csrf_token": "x", "csrfmiddlewaretoken": "x"}])
def test_not_without_the_token(customer: Customer, fields: dict[str, str]) -> None:
    customer.browser.fill("/withdraw4", {"amount": "3"})
    before = customer.account()
    answer = customer.browser.post("/reset", fields)
    assert answer.status == 403
    assert rules.CSRF_FAILED in answer.main
    assert customer.account() == before


def test_get_is_refused(customer: Customer) -> None:
    assert customer.browser.get("/reset").status == 405


def test_not_for_a_visitor(visitor: Browser) -> None:
    answer = visitor.post("/reset", visitor.get("/login").fields())
    assert (answer.status, answer.location.partition("?")[0]) == (302, "/login")
