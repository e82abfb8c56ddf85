"""Logging in."""

import pytest

from shared_db import rules
from tests.contract.browser import Browser
from tests.contract.conftest import LogIn

ALICE = {"username": "alice", "password": "alice"}


def test_right_password(visitor: Browser) -> None:
    answer = visitor.log_in("alice", "alice")
    assert (answer.status, answer.location) == (302, "/")
    home = visitor.get("/")
    assert home.status == 200
    assert home.text("header nav .muted") == "alice"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("alice", "bob", id="wrong password"),
        pytest.param("alice", "", id="empty password"),
        pytest.param("alice", "Alice", id="case of the password"),
        pytest.param("alice", " alice ", id="blanks around the password"),
        pytest.param("ALICE", "alice", id="case of the name"),
        pytest.param("nobody-of-that-name", "alice", id="unknown user"),
        pytest.param("", "", id="nothing"),
        pytest.param("alice\0", "alice", id="NUL in the name"),
        pytest.param("alice", "alice\0", id="NUL in the password"),
        pytest.param("a" * 10_000, "a" * 10_000, id="10,000 characters"),
        pytest.param("alice' OR '1'='1", "x", id="SQL"),
        pytest.param(
            "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "x", id="emoji"
        ),
    ],
)
def test_refused(visitor: Browser, username: str, password: str) -> None:
    answer = visitor.log_in(username, password)
    assert answer.status == 200
    assert answer.messages == [rules.BAD_LOGIN]
    assert visitor.get("/").status == 302


@pytest.mark.parametrize("left_out", ["username", "password"])
def test_missing_field(visitor: Browser, left_out: str) -> None:
    fields = visitor.get("/login").fields() | ALICE
    del fields[left_out]
    answer = visitor.post("/login", fields)
    assert (answer.status, answer.messages) == (200, [rules.BAD_LOGIN])


@pytest.mark.parametrize(
    "username",
    [pytest.param(" alice ", id="blanks"), pytest.param("\uff41lice", id="full-width letter")],
)
def test_name_is_taken_as_a_person_means_it(visitor: Browser, username: str) -> None:
    assert visitor.log_in(username, "alice").status == 302


def test_refused_name_stays_in_the_form(visitor: Browser) -> None:
    page = visitor.log_in('"><b>alice', "wrong")
    assert page.fields()["username"] == '"><b>alice'
    assert page.fields()["password"] == ""
    assert page.html.css_first("b") is None


def test_login_page_has_no_log_out(visitor: Browser) -> None:
    assert visitor.get("/login").html.css_first("header form") is None


def test_a_login_elsewhere_leaves_a_session_alone(visitor: Browser, log_in: LogIn) -> None:
    earlier = log_in("alice")
    assert visitor.log_in("alice", "alice").status == 302
    assert earlier.get("/").status == 200


def test_login_replaces_the_user(log_in: LogIn) -> None:
    browser = log_in("alice")
    assert browser.log_in("bob", "bob").status == 302
    assert browser.get("/").text("header nav .muted") == "bob"
