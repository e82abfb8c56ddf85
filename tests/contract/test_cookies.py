"""Cookies: what they are called, how they are kept, and what broken ones do."""

import pytest

from tests.contract.browser import Browser
from tests.contract.conftest import Customer, LogIn

BROKEN = {
    "empty": "",
    "garbage": "garbage",
    "not base64": "%%%.%%%.%%%",
    "10,000 bytes": "x" * 4000,
    "looks signed": "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "binary": "\\377\\000",
}


def names_set(browser: Browser) -> set[str]:
    """Log in, withdraw, fail; return the names of all cookies that were set on the way."""
    pages = [
        browser.get("/login"),
        browser.log_in("dave", "wrong"),
        browser.log_in("dave", "dave"),
        browser.fill("/withdraw1", {"amount": "x"}),
        browser.fill("/withdraw1", {"amount": str(2**31 - 1)}),
        browser.get("/"),
    ]
    names = set()
    for page in pages:
        for line in page.response.headers.get_list("set-cookie"):
            assert "httponly" in line.lower(), line
            assert "samesite=lax" in line.lower(), line
            assert "domain=" not in line.lower(), line
            names.add(line.partition("=")[0])
    return names


def test_cookies_are_kept_from_scripts_and_other_sites(visitor: Browser) -> None:
    assert names_set(visitor)


def test_stacks_share_no_cookie_name(urls: dict[str, str]) -> None:
    """Cookies ignore ports: with one name each stack would log the other out."""
    flask, django = (names_set(Browser(urls[stack])) for stack in ("flask", "django"))
    assert flask.isdisjoint(django)


def test_one_browser_is_logged_in_to_both(urls: dict[str, str]) -> None:
    browser = Browser(urls["flask"])
    assert browser.log_in("alice", "alice").status == 302
    browser.base_url = urls["django"]
    assert browser.log_in("bob", "bob").status == 302
    assert browser.get("/").text("header nav .muted") == "bob"
    browser.base_url = urls["flask"]
    assert browser.get("/").text("header nav .muted") == "alice"


@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN.keys())
def test_broken_cookies_are_those_of_a_visitor(log_in: LogIn, value: str) -> None:
    browser = log_in("alice")
    names = list(browser.cookies)
    browser.cookies.clear()
    broken = "; ".join(f"{name}={value}" for name in names)
    answer = browser.request("GET", "/", headers={"Cookie": broken})
    assert (answer.status, answer.location.partition("?")[0]) == (302, "/login")
    assert browser.request("GET", "/login", headers={"Cookie": broken}).status == 200


def test_changed_cookie_is_refused(customer: Customer) -> None:
    changed = "; ".join(
        f"{name}={'B' if value[0] == 'A' else 'A'}{value[1:]}"
        for name, value in customer.browser.cookies.items()
    )
    customer.browser.cookies.clear()
    assert customer.browser.request("GET", "/", headers={"Cookie": changed}).status == 302


def test_page_that_was_open_when_the_session_ended(customer: Customer) -> None:
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields() | {"amount": "5"}
    for name in [name for name in customer.browser.cookies if name.endswith("_session")]:
        customer.browser.cookies.delete(name)
    answer = customer.browser.post("/withdraw1", fields)
    assert (answer.status, answer.location) == (302, "/login?next=%2Fwithdraw1") or (
        answer.location == "/login?next=/withdraw1"
    )
    assert customer.account() == before
