"""Headers that keep a page where it belongs, the same from both stacks."""

import pytest

from shared_db.headers import CONTENT_SECURITY_POLICY
from tests.contract.browser import Browser
from tests.contract.conftest import LogIn

EXPECTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": CONTENT_SECURITY_POLICY,
}


def check(headers: dict[str, str]) -> None:
    """Hold the headers to what is expected."""
    assert {name: headers.get(name) for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize("path", ["/login", "/", "/withdraw1", "/nothing-here", "/admin/"])
def test_for_a_visitor(visitor: Browser, path: str) -> None:
    check(dict(visitor.get(path).response.headers))


@pytest.mark.parametrize("path", ["/", "/withdraw1", "/admin/", "/nothing-here"])
def test_for_a_user(log_in: LogIn, path: str) -> None:
    check(dict(log_in("alice").get(path).response.headers))


def test_in_the_admin(log_in: LogIn) -> None:
    check(dict(log_in("admin").get("/admin/").response.headers))


@pytest.mark.parametrize("path", ["/", "/withdraw1", "/admin/", "/nothing-here", "/login"])
def test_nobody_keeps_a_page(log_in: LogIn, path: str) -> None:
    """Otherwise the button 'back' would show an account after its owner logged out."""
    for username in ("alice", "admin"):
        headers = log_in(username).get(path).response.headers
        assert headers["cache-control"] == "no-store", username


def test_a_stylesheet_may_be_kept(visitor: Browser) -> None:
    headers = visitor.get("/static/style.css").response.headers
    assert "no-store" not in headers.get("cache-control", "")


def test_pages_need_nothing_that_the_policy_forbids(log_in: LogIn) -> None:
    browser = log_in("alice")
    browser.guess("/withdraw2", "a")
    for path in ("/", "/withdraw1", "/withdraw2", "/login", "/nothing-here"):
        page = browser.get(path)
        assert page.html.css("script:not([src]), style, [style], [onclick]") == [], path
        for script in page.html.css("script"):
            assert (script.attributes["src"] or "").startswith("/static/"), path
            assert script.text() == "", path
    assert len(browser.get("/withdraw2").html.css("script")) == 2


def test_type_of_a_file_is_not_guessed(visitor: Browser) -> None:
    headers = visitor.get("/static/style.css").response.headers
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_are_html_in_utf8(visitor: Browser) -> None:
    assert visitor.get("/login").response.headers["content-type"] == "text/html; charset=utf-8"


def test_personal_pages_are_not_shared_by_caches(log_in: LogIn) -> None:
    assert "cookie" in log_in("alice").get("/").response.headers["vary"].lower()
