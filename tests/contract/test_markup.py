"""What a screen reader lives on, and axe does not ask for."""

import pytest

from tests.contract.admin_pages import ADDRESSES
from tests.contract.browser import Browser, Page
from tests.contract.conftest import Customer, LogIn

PATHS = ["/", "/withdraw1", "/withdraw9", "/withdraw10", "/email", "/nothing-here"]


def described(page: Page, field: str) -> str:
    """Return the text that a field in error refers to."""
    (node,) = page.html.css(f"main [name={field}]")
    assert node.attributes["aria-invalid"] == "true"
    return page.text(f"#{node.attributes['aria-describedby']}")


def check(page: Page) -> None:
    """Look for one h1, for heads of columns, for the link over the header and for its target."""
    assert len(page.html.css("main h1")) == 1
    assert {node.attributes.get("scope") for node in page.html.css("thead th")} <= {"col"}
    skip = page.html.css_first("body > a")
    assert skip is not None
    assert page.html.css_first(skip.attributes["href"] or "") is not None
    ids = [node.attributes["id"] for node in page.html.css("[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PATHS)
def test_site(log_in: LogIn, path: str) -> None:
    check(log_in("alice").get(path))


@pytest.mark.parametrize("path", ["/withdraw1", "/withdraw10", "/withdraw24"])
def test_what_a_guess_shows(log_in: LogIn, path: str) -> None:
    browser = log_in("alice")
    browser.guess(path, "a")
    check(browser.get(path))


def test_admin(log_in: LogIn, stack: str) -> None:
    at = ADDRESSES[stack]
    for path in ("/admin/", at.users, at.withdrawals, at.new):
        page = log_in("admin").get(path)
        check(page)
        assert "admin" in page.text("header nav .muted, #user-tools strong")
        assert page.html.css_first("header form button") is not None


def test_amount_in_error(customer: Customer) -> None:
    page = customer.browser.fill("/withdraw1", {"amount": "ten"})
    assert described(page, "amount") == page.errors[0]


def test_refused_login(visitor: Browser) -> None:
    page = visitor.log_in("alice", "not this one")
    assert described(page, "username") == described(page, "password") == page.messages[0]


def test_icon(visitor: Browser) -> None:
    link = visitor.get("/login").html.css_first("link[rel=icon]")
    assert link is not None
    answer = visitor.get(link.attributes["href"] or "").response
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == "image/svg+xml"
