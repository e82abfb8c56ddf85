"""Pages that need a setting of the account: they say by which account they can be used."""

import pytest

from shared_db import catalogue, rules
from shared_db.accounts import STRICT, USERS
from shared_db.catalogue import Strategy
from tests.contract.conftest import Customer, LogIn

NEEDING = pytest.mark.parametrize(
    "strategy",
    [each for each in catalogue.strategies() if each.account],
    ids=lambda each: each.slug,
)


@NEEDING
def test_the_account_that_the_page_names_can_use_it(
    customer: Customer, log_in: LogIn, strategy: Strategy
) -> None:
    forbids = strategy.forbid_overdraft
    wrong = customer.browser if forbids else log_in(STRICT.username)
    notice = wrong.get(strategy.path).text("[role=note]")
    named = STRICT if forbids else USERS[0]
    assert f"Log in as {named.username} / {named.password}." in notice
    browser = log_in(named.username)
    assert browser.fill("/").status == 302
    assert browser.get(strategy.path).html.css_first("[role=note]") is None
    assert browser.fill(strategy.path, {"amount": "10"}).status == 302
    assert browser.get(strategy.path).text("#balance") == "0"
    assert browser.fill("/").status == 302


def test_an_own_account_that_lost_its_setting_is_told_to_reset(customer: Customer) -> None:
    customer.give(10, forbid_overdraft=True)
    assert "Reset your account" in customer.browser.get("/withdraw14").text("[role=note]")


@pytest.mark.parametrize("forbid_overdraft", [False, True])
def test_most_pages_need_no_setting(forbid_overdraft: bool) -> None:
    assert rules.account_notice("", username="x", forbid_overdraft=forbid_overdraft) == ""
