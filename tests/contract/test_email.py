"""The page on which a user changes their e-mail address."""

from collections.abc import Iterator

import pytest

from shared_db import rules
from shared_db.accounts import STARTING_MONEY
from tests.contract.browser import Browser
from tests.contract.conftest import Customer

PATH = "/email"
NEW = "new@overdraft.example"
LONGEST = "x" * (256 - len("@y")) + "@y"


@pytest.fixture(autouse=True)
def old(customer: Customer) -> Iterator[str]:
    """Return the user's address; they have it again afterwards."""
    old = customer.browser.get(PATH).fields()["email"]
    yield old
    assert customer.browser.fill(PATH, {"email": old}).status == 302


def address(customer: Customer) -> str:
    """Return the address that the page shows when it is opened anew."""
    return customer.browser.get(PATH).fields()["email"]


@pytest.mark.parametrize("new", [NEW, f" {NEW}\t", "ü@bücher.example", LONGEST])
def test_a_change(customer: Customer, new: str) -> None:
    answer = customer.browser.fill(PATH, {"email": new})
    assert (answer.status, answer.location) == (302, PATH)
    page = customer.browser.get(PATH)
    assert page.messages == [rules.EMAIL_CHANGED]
    assert page.fields()["email"] == new.strip()


def test_the_same_again(customer: Customer, old: str) -> None:
    assert customer.browser.fill(PATH, {"email": old}).status == 302
    assert address(customer) == old


def test_one_at_a_time_it_leaves_the_money_alone(customer: Customer) -> None:
    customer.give(STARTING_MONEY)
    assert customer.browser.fill("/withdraw24", {"amount": "4"}).status == 302
    assert customer.browser.fill(PATH, {"email": NEW}).status == 302
    assert customer.account().money == STARTING_MONEY - 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "name",
        "@",
        "@example.org",
        "name@",
        "a@b@c",
        "a b@c",
        "a\0@b",
        "a\n@b",
        "x" + LONGEST,
    ],
)
def test_no_address(customer: Customer, old: str, text: str) -> None:
    answer = customer.browser.fill(PATH, {"email": text})
    assert answer.status == 400
    assert rules.BAD_EMAIL in answer.main
    assert address(customer) == old


@pytest.mark.parametrize("emails", [[], [NEW, NEW]])
def test_not_one_address(customer: Customer, old: str, emails: list[str]) -> None:
    form = customer.browser.get(PATH).fields()
    answer = customer.browser.post(PATH, {**form, "email": emails})
    assert answer.status == 400
    assert rules.BAD_EMAIL in answer.main
    assert address(customer) == old


def test_an_address_that_another_user_has(customer: Customer, old: str) -> None:
    answer = customer.browser.fill(PATH, {"email": "admin@overdraft.example"})
    assert answer.status == 400
    assert rules.EMAIL_TAKEN in answer.main
    assert answer.fields()["email"] == "admin@overdraft.example"
    assert address(customer) == old


def test_without_token(customer: Customer, old: str) -> None:
    answer = customer.browser.post(PATH, {"email": NEW})
    assert answer.status == 403
    assert rules.CSRF_FAILED in answer.main
    assert address(customer) == old


def test_a_visitor_is_sent_to_the_login(visitor: Browser) -> None:
    assert visitor.get(PATH).location.startswith("/login?next=")
