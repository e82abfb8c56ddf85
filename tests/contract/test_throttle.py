"""Guessing passwords: a limit for one name from one address, and none for those who know theirs."""

import secrets

from shared_db import rules, throttle
from shared_db.runtime import runtime
from tests.contract.browser import Browser, Page


def guess(browser: Browser, page: Page, username: str) -> Page:
    """Send a wrong password by a login page that is open already."""
    return browser.submit(page, {"username": username, "password": "wrong"})


def test_guessing_ends(visitor: Browser) -> None:
    """Each worker counts for itself."""
    name = secrets.token_hex(8)
    page = visitor.get("/login")
    most = throttle.WRONG_A_MINUTE * runtime().workers * runtime().instances
    answers = [guess(visitor, page, name) for _ in range(most + 1)]
    assert {answer.status for answer in answers[: throttle.WRONG_A_MINUTE]} == {200}
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert refused[0].messages == [rules.TOO_MANY_LOGINS]
    assert refused[0].response.headers["retry-after"] == str(throttle.WAIT_S)
    assert visitor.log_in("alice", "alice").status == 302


def test_a_class_behind_one_address_logs_in(visitor: Browser) -> None:
    page = visitor.get("/login")
    for _ in range(throttle.WRONG_A_MINUTE * runtime().workers + 1):
        visitor.cookies.clear()
        page = visitor.get("/login")
        right = {"username": "frank", "password": "frank"}
        assert visitor.submit(page, right).status == 302


def test_names_and_addresses_are_counted_apart() -> None:
    name = secrets.token_hex(8)
    for _ in range(throttle.WRONG_A_MINUTE):
        assert throttle.is_open(name, "192.0.2.1")
        throttle.count_wrong(name, "192.0.2.1")
    assert not throttle.is_open(name, "192.0.2.1")
    assert throttle.is_open(name, "192.0.2.2")
    assert throttle.is_open(name.upper(), "192.0.2.1")
