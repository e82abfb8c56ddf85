"""Logging out: by the button, and by nothing else."""

from shared_db import rules
from tests.contract.browser import Browser
from tests.contract.conftest import LogIn

LOGOUT_FORM = "header form"


def test_button(visitor: Browser) -> None:
    visitor.log_in("alice", "alice")
    answer = visitor.submit(visitor.get("/"), form=LOGOUT_FORM)
    assert (answer.status, answer.location) == (302, "/login")
    assert visitor.get("/").location.startswith("/login")


def test_get_is_refused(log_in: LogIn) -> None:
    browser = log_in("alice")
    assert browser.get("/logout").status == 405
    assert browser.get("/").status == 200


def test_without_token(log_in: LogIn) -> None:
    browser = log_in("alice")
    answer = browser.post("/logout")
    assert answer.status == 403
    assert rules.CSRF_FAILED in answer.main
    assert browser.get("/").status == 200


def test_twice(visitor: Browser) -> None:
    """A second tab still shows the button."""
    visitor.log_in("alice", "alice")
    page = visitor.get("/")
    visitor.submit(page, form=LOGOUT_FORM)
    fields = visitor.get("/login").fields()
    answer = visitor.post("/logout", fields)
    assert (answer.status, answer.location) == (302, "/login")


def test_a_copied_cookie_outlives_the_logout(visitor: Browser) -> None:
    """Sessions are signed cookies in both stacks: docs/security.md says so, and what ends one."""
    visitor.log_in("alice", "alice")
    copied = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    visitor.submit(visitor.get("/"), form=LOGOUT_FORM)
    assert visitor.get("/").status == 302
    visitor.cookies.clear()
    assert visitor.request("GET", "/", headers={"Cookie": copied}).status == 200
