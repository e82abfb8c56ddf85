"""Forms from elsewhere: without the token of this session nothing is done."""

import pytest

from shared_db import rules
from tests.contract.accounts import Accounts
from tests.contract.browser import Browser, Fields
from tests.contract.conftest import Customer, LogIn

FORGED = ["", "x", "0" * 64, "a.b.c", "\uff41" * 32]


def token_of(fields: Fields) -> str:
    """Return the name of the field that carries the token."""
    (name,) = (name for name in fields if name.startswith("csrf"))
    return name


def refuses(customer: Customer, fields: Fields) -> bool:
    """Send a withdrawal; tell whether it was refused and changed nothing."""
    before = customer.account()
    answer = customer.browser.post("/withdraw1", fields | {"amount": "5"})
    assert answer.status == 403
    assert rules.CSRF_FAILED in answer.main
    return customer.account() == before


def test_without_token(customer: Customer) -> None:
    assert refuses(customer, {})


@pytest.mark.parametrize("token", FORGED, ids=["empty", "short", "zeros", "dotted", "not ASCII"])
def test_wrong_token(customer: Customer, token: str) -> None:
    fields = customer.browser.get("/withdraw1").fields()
    assert refuses(customer, fields | {token_of(fields): token})


def test_token_of_another_user(customer: Customer, log_in: LogIn) -> None:
    assert refuses(customer, log_in("dave").get("/withdraw1").fields())


def test_token_of_a_visitor(customer: Customer, visitor: Browser) -> None:
    assert refuses(customer, visitor.get("/login").fields())


def test_token_that_was_known_before_the_login(visitor: Browser, accounts: Accounts) -> None:
    """A login ends what was planted in the browser before it."""
    before = visitor.get("/login").fields()
    assert visitor.log_in("grace", "grace").status == 302
    assert refuses(Customer("grace", visitor, accounts), before)


def test_token_in_the_address(customer: Customer) -> None:
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields()
    name = token_of(fields)
    answer = customer.browser.post(f"/withdraw1?{name}={fields[name]}", {"amount": "5"})
    assert answer.status == 403
    assert customer.account() == before


def test_bad_amount_without_token_is_refused_for_the_token(customer: Customer) -> None:
    assert refuses(customer, {"amount": "five"})


def test_unknown_page_is_unknown_without_token(customer: Customer) -> None:
    assert customer.browser.post("/withdraw0", {"amount": "5"}).status in (403, 404)


@pytest.mark.parametrize("token", [None, *FORGED[:2]], ids=["missing", "empty", "wrong"])
def test_login(visitor: Browser, token: str | None) -> None:
    fields = visitor.get("/login").fields() | {"username": "alice", "password": "alice"}
    name = token_of(fields)
    fields.pop(name)
    answer = visitor.post("/login", fields if token is None else fields | {name: token})
    assert answer.status == 403
    assert rules.CSRF_FAILED in answer.main
    assert visitor.get("/").status == 302
