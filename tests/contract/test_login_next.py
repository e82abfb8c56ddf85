"""Where a login leads: back to where one was going, and never to another site."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from shared_db import rules
from tests.contract.browser import Browser

ALICE = {"username": "alice", "password": "alice"}

LOCAL = ["/withdraw1", "/withdraw3?from=home", "/admin/", "/caf%C3%A9"]

# What each stack does with a few; all that is refused stands in the tests of is_local_path().
ELSEWHERE = {
    "double slash": "//evil.example",
    "backslash": "/\\evil.example",
    "tab": "/\t/evil.example",
    "newline": "/\n/evil.example",
    "NUL": "/\0/evil.example",
    "absolute": "http://evil.example/",
    "javascript": "javascript:alert(1)",
    "relative": "withdraw1",
}


@pytest.mark.parametrize("path", LOCAL)
def test_leads_to_a_path_of_this_site(visitor: Browser, path: str) -> None:
    answer = visitor.fill(f"/login?next={quote(path, safe='')}", ALICE)
    assert (answer.status, answer.location) == (302, path)


@pytest.mark.parametrize("target", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_never_leads_elsewhere(visitor: Browser, target: str) -> None:
    answer = visitor.fill(f"/login?next={quote(target, safe='')}", ALICE)
    assert (answer.status, answer.location) == (302, "/")


def test_this_site_by_its_full_address_is_no_path(visitor: Browser, base_url: str) -> None:
    answer = visitor.fill(f"/login?next={quote(base_url + '/withdraw1', safe='')}", ALICE)
    assert (answer.status, answer.location) == (302, "/")


def test_next_in_the_body_leads_nowhere_else(visitor: Browser) -> None:
    fields = visitor.get("/login").fields() | ALICE | {"next": "//evil.example"}
    assert visitor.post("/login", fields).location == "/"


def test_next_survives_a_wrong_password(visitor: Browser) -> None:
    wrong = visitor.fill("/login?next=%2Fwithdraw2", {"username": "alice", "password": "wrong"})
    assert wrong.messages == [rules.BAD_LOGIN]
    assert visitor.submit(wrong, ALICE).location == "/withdraw2"


@pytest.mark.parametrize("path", ["/", "/withdraw1", "/withdraw1?amount=5&x=%20y", "/admin/"])
def test_anonymous_goes_by_the_login_and_back(visitor: Browser, path: str) -> None:
    sent = visitor.get(path)
    assert sent.status == 302
    where = urlsplit(sent.location)
    assert (where.netloc, where.path) == ("", "/login")
    assert parse_qs(where.query)["next"] == [path]
    assert visitor.fill(sent.location, ALICE).location == path
