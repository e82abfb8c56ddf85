"""Accounts in the admin: money, passwords, new ones, those that go."""

from collections.abc import Iterator

import pytest

from shared_db import rules
from tests.contract.accounts import Accounts, temporary_name
from tests.contract.admin_pages import AdminPages, saved
from tests.contract.browser import Browser, Fields
from tests.contract.conftest import Customer


def account(username: str, **values: str) -> Fields:
    """Return the form of a new account, filled in."""
    return {
        "username": username,
        "email": f"{username}@overdraft.example",
        "money": "0",
        "new_password": "first password",
    } | values


@pytest.fixture
def name() -> str:
    """Return a name that no account has."""
    return temporary_name()


@pytest.fixture
def newcomer(admin: AdminPages, name: str) -> Iterator[str]:
    """Return the name of an account that lives as long as the test."""
    assert saved(admin.create(account(name)))
    yield name
    if admin.find(name):
        admin.delete(name)
    assert admin.find(name) is None


def can_log_in(base_url: str, username: str, password: str) -> bool:
    """Tell whether a name and a password are let in."""
    browser = Browser(base_url)
    answer = browser.log_in(username, password)
    browser.close()
    assert answer.status in (200, 302)
    return answer.status == 302


def test_money_is_set_to_10(admin: AdminPages, customer: Customer) -> None:
    customer.give(0)
    assert saved(admin.edit(customer.username, {"money": "10"}))
    assert customer.account().money == 10
    assert customer.browser.get("/").text("#balance") == "10"


@pytest.mark.parametrize(
    "money", ["", "ten", "1.5", "2147483648", "-2147483649", "1" + "0" * 30, "9" * 5000, "\0"]
)
def test_bad_money_is_refused(admin: AdminPages, customer: Customer, money: str) -> None:
    before = customer.account()
    assert not saved(admin.edit(customer.username, {"money": money}))
    assert customer.account() == before


def test_overdraft_of_an_account_that_forbids_it(admin: AdminPages, customer: Customer) -> None:
    before = customer.account()
    page = admin.edit(customer.username, {"money": "-1", "forbid_overdraft": "on"})
    assert not saved(page)
    assert customer.account() == before


def test_overdraft_of_an_account_that_allows_it(admin: AdminPages, customer: Customer) -> None:
    assert saved(admin.edit(customer.username, {"money": "-1"}))
    assert customer.account().money == -1


def test_typed_password_is_hashed(admin: AdminPages, newcomer: str, base_url: str) -> None:
    assert can_log_in(base_url, newcomer, "first password")
    assert saved(admin.edit(newcomer, {"new_password": " second p\u00e4ssword "}))
    assert can_log_in(base_url, newcomer, " second p\u00e4ssword ")
    assert not can_log_in(base_url, newcomer, "second p\u00e4ssword")
    assert not can_log_in(base_url, newcomer, "first password")


def test_password_is_kept_when_none_was_typed(
    admin: AdminPages, newcomer: str, base_url: str
) -> None:
    assert saved(admin.edit(newcomer, {"money": "5", "new_password": ""}))
    assert can_log_in(base_url, newcomer, "first password")


def test_account_of_one_stack_logs_in_to_the_other(newcomer: str, urls: dict[str, str]) -> None:
    for url in urls.values():
        assert can_log_in(url, newcomer, "first password")


def test_hash_is_never_shown(admin: AdminPages, newcomer: str) -> None:
    for page in (admin.browser.get(admin.at.users), admin.edit_page(newcomer)):
        assert "argon2" not in page.response.text
        assert "first password" not in page.response.text


def test_new_account_needs_a_password(admin: AdminPages, name: str) -> None:
    page = admin.create(account(name, new_password=""))
    assert not saved(page)
    assert rules.NO_PASSWORD in page.response.text
    assert admin.find(name) is None


@pytest.mark.parametrize(
    "values",
    [
        {"username": ""},
        {"username": "   "},
        {"username": "x" * 257},
        {"username": "alice"},
        {"username": " alice "},
        {"username": "x\0y"},
        {"email": ""},
        {"email": "x" * 257},
        {"email": "alice@overdraft.example"},
        {"money": "many"},
    ],
    ids=lambda values: " ".join(f"{key} {value[:8]!r}" for key, value in values.items()),
)
def test_bad_account_is_refused(admin: AdminPages, name: str, values: Fields) -> None:
    page = admin.create(account(name) | values)
    assert not saved(page)
    assert "argon2" not in page.response.text
    assert admin.find(name) is None


def test_name_is_stored_as_it_is_looked_up(admin: AdminPages, name: str, base_url: str) -> None:
    assert saved(admin.create(account(f" \uff58{name} ", email=f"{name}@overdraft.example")))
    try:
        assert can_log_in(base_url, f"x{name}", "first password")
    finally:
        admin.delete(f"x{name}")


def test_markup_in_a_name_is_text(admin: AdminPages, name: str) -> None:
    marked = f"<i>{name}</i>"
    assert saved(admin.create(account(marked, email=f"{name}@overdraft.example")))
    try:
        page = admin.browser.get(admin.at.users)
        assert marked in page.html.text()
        assert f"<i>{name}" not in page.response.text
    finally:
        admin.delete(name)


def test_user_without_history_is_deleted(admin: AdminPages, name: str, base_url: str) -> None:
    assert saved(admin.create(account(name)))
    admin.delete(name)
    assert admin.find(name) is None
    assert not can_log_in(base_url, name, "first password")


def test_session_of_a_deleted_user_ends(admin: AdminPages, newcomer: str, visitor: Browser) -> None:
    visitor.log_in(newcomer, "first password")
    assert visitor.get("/").status == 200
    admin.delete(newcomer)
    assert visitor.get("/").location.startswith("/login")


def test_user_with_history_is_not_deleted(
    stack: str, admin: AdminPages, customer: Customer
) -> None:
    assert customer.browser.fill("/withdraw4", {"amount": "3"}).status == 302
    before = customer.account()
    page = admin.delete(customer.username)
    words = {"flask": rules.HAS_HISTORY, "django": "Cannot delete user"}
    assert words[stack] in " ".join(page.html.text().split())
    assert admin.find(customer.username) is not None
    assert customer.account() == before


def test_withdrawals_go_on_after_the_admin_saved(
    admin: AdminPages, customer: Customer, accounts: Accounts
) -> None:
    assert saved(admin.edit(customer.username, {"money": "10"}))
    assert customer.browser.fill("/withdraw3", {"amount": "10"}).status == 302
    assert accounts.read(customer.username).money == 0
