"""Addresses that are none, methods that are not served."""

import pytest

from shared_db import catalogue, rules
from tests.contract.browser import Browser, Page
from tests.contract.conftest import Customer

UNKNOWN = {
    "no page": "/nothing-here",
    "withdraw without a number": "/withdraw",
    "strategy 0": "/withdraw0",
    "strategy 99": "/withdraw99",
    "too large a number": "/withdraw999999999999999999999",
    "4,000 digits": "/withdraw" + "9" * 4000,
    "leading zero": "/withdraw01",
    "negative number": "/withdraw-1",
    "plus sign": "/withdraw+1",
    "blank": "/withdraw%201",
    "Arabic digit": "/withdraw%D9%A1",
    "full-width digit": "/withdraw%EF%BC%91",
    "trailing slash": "/withdraw1/",
    "capital letter": "/Withdraw1",
    "NUL": "/withdraw1%00",
    "not UTF-8": "/%ff",
    "login with a slash": "/login/",
    "file beside the stylesheet": "/static/nothing.css",
    "out of the static folder": "/static/..%2f..%2fpyproject.toml",
}


def is_in_own_layout(page: Page, status: int, words: str) -> bool:
    """Tell whether an error is shown as a page of the site."""
    assert page.status == status
    assert page.text("header .brand") == "Overdraft"
    assert words in page.main
    return str(status) in page.text("h1")


@pytest.mark.parametrize("path", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_unknown_page(customer: Customer, path: str) -> None:
    page = customer.browser.get(path)
    assert is_in_own_layout(page, 404, rules.NOT_FOUND)
    assert page.text("header nav .muted") == customer.username


def test_unknown_page_for_a_visitor(visitor: Browser) -> None:
    assert is_in_own_layout(visitor.get("/nothing-here"), 404, rules.NOT_FOUND)


def test_withdrawing_at_an_unknown_page(customer: Customer) -> None:
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields() | {"amount": "5"}
    page = customer.browser.post("/withdraw99", fields)
    assert is_in_own_layout(page, 404, rules.NOT_FOUND)
    assert customer.account() == before


@pytest.mark.parametrize(
    "path", ["/", "/login", "/healthz", *[s.path for s in catalogue.strategies()]]
)
def test_head_is_get_without_the_body(customer: Customer, path: str) -> None:
    page = customer.browser.request("HEAD", path)
    assert (page.status, page.response.content) == (200, b"")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/withdraw1", "/login", "/logout", "/healthz"])
def test_wrong_method(customer: Customer, method: str, path: str) -> None:
    """With the token in Django's header, too: its middleware looks at that before the method."""
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields() | {"amount": "5"}
    token = next(value for name, value in fields.items() if name.startswith("csrf"))
    page = customer.browser.request(method, path, fields, {"X-CSRFToken": token})
    assert page.status == 405
    assert method not in page.response.headers["allow"]
    assert customer.account() == before
    assert customer.browser.get("/").status == 200


@pytest.mark.parametrize("path", ["/", "/healthz"])
def test_pages_that_take_no_form(customer: Customer, path: str) -> None:
    fields = customer.browser.get("/withdraw1").fields()
    assert customer.browser.post(path, fields).status == 405


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8001", "127.0.0.1.evil.example"])
def test_another_host_name(visitor: Browser, host: str) -> None:
    """A page of another site, rebound to this machine's address, is not served."""
    page = visitor.request("GET", "/login", headers={"Host": host})
    assert page.status == 400
    assert "Log in" not in page.response.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8001", "127.0.0.1", "127.0.0.1:8001"])
def test_this_machine_by_another_name(visitor: Browser, host: str) -> None:
    assert visitor.request("GET", "/login", headers={"Host": host}).status == 200
