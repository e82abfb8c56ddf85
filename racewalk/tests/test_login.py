"""Sessions: forms with hidden fields, JSON with tokens, what comes after; what is no success."""

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from racewalk import RacewalkError, Request, Session
from racewalk.targets.login import Browser

FORM = '<form method="post"><input name="user"><input type="hidden" name="csrf" value="{}"></form>'

MANY = """
<form action="/search"><input name="n"><input name="size"></form>
<form method="post" action="/sell"><input name="n"><input type="hidden" name="t" value="1"></form>
<form method="post" action="/buy/7"><input type="hidden" name="t" value="2"></form>
<form method="post"><button name="like"></button><input type="hidden" name="t" value="3"></form>
"""
HTML = {"Content-Type": "text/html"}


class _Site(BaseHTTPRequestHandler):
    """An application with a form, an API, and a basket."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    def do_GET(self) -> None:
        """Show a form, where there is one."""
        if self.path == "/add":
            self._answer(500, "<h1>KeyError at /add</h1>", **HTML)
        elif self.path == "/many":
            self._answer(200, MANY)
        elif self.path in ("/login", "/again", "/item", "/strict", "/broken"):
            cookie = {"Set-Cookie": "csrftoken=abc"} if self.path == "/item" else {}
            self._answer(200, FORM.format(self.path), **cookie)
        else:
            self._answer(405)

    def do_POST(self) -> None:
        """Let somebody in, or take what they want."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.command, self.path, dict(self.headers), body))
        answers = {
            "/login": (302, "", {"Location": "/home", "Set-Cookie": "sid=1"}),
            "/token": (200, json.dumps({"data": {"token": "t"}}), {}),
            "/back": (302, "", {"Location": "/back?failed"}),
            "/again": (200, FORM, {}),
            "/basket": (302, "", {"Location": "/basket"}),
            "/closed": (302, "", {"Location": "/login?next=/closed"}),
            "/broken": (500, "<style>a {}</style><h1>KeyError at /broken</h1>", HTML),
            "/strict": (400, "name is missing", {}),
        }
        status, page, headers = answers.get(self.path, (403, "", {}))
        self._answer(status, page, **headers)

    def _answer(self, status: int, page: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """Serve it."""
    _Site.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    # By itself it asks every half second whether it is to end.
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_form_is_filled_in_with_its_hidden_fields(site: str) -> None:
    browser = Browser(site, Session("alice", "/login", (("user", "alice"),)))
    assert parse_qs(_Site.seen[0][3].decode()) == {"user": ["alice"], "csrf": ["/login"]}
    sent = browser.fill(Request("/buy", (("user", "x"),), page="/item"))
    head, _, body = sent.partition(b"\r\n\r\n")
    assert parse_qs(body.decode()) == {"user": ["x"], "csrf": ["/item"]}
    assert b"sid=1" in head
    assert b"X-CSRFToken: abc" in head


def test_a_path_that_takes_no_get_has_no_hidden_fields(site: str) -> None:
    sent = Browser(site, Session("nobody")).fill(Request("/buy", (("n", "1"),)))
    assert sent.endswith(b"\r\n\r\nn=1")
    with pytest.raises(RacewalkError, match="GET /gone answered 405, not the form of POST /buy"):
        Browser(site, Session("nobody")).fill(Request("/buy", (("n", "1"),), page="/gone"))


def test_a_page_that_fails_is_named_with_what_helps(site: str) -> None:
    browser = Browser(site, Session("nobody"))
    for page in ("", "/add"):
        with pytest.raises(RacewalkError) as refused:
            browser.fill(Request("/add", (("n", "1"),), page=page))
        told = (
            "GET /add answered 500, not the form of POST /add ('KeyError at /add'); set `page` to"
        )
        assert refused.value.told.startswith(told)
        assert "or `csrf = false`" in refused.value.told
    assert browser.fill(Request("/add", (("n", "1"),), hidden=False)).endswith(b"\r\n\r\nn=1")
    with pytest.raises(RacewalkError) as refused:
        Browser(site, Session("alice", "/add", (("n", "1"),)))
    assert refused.value.told.startswith(
        "GET /add answered 500, not the form of the log-in of alice"
    )
    assert "csrf" not in refused.value.told


def test_a_token_is_sent_with_every_request(site: str) -> None:
    session = Session("alice", "/token", body=b'{"name": "a"}', token="data.token")  # noqa: S106
    sent = Browser(site, session).fill(Request("/buy", method="PUT", body=b"{}"))
    assert b"PUT /buy HTTP/1.1" in sent
    assert b"Authorization: Bearer t\r\n" in sent
    assert _Site.seen[0][2]["Content-Type"] == "application/json"
    with pytest.raises(RacewalkError, match="/token answers without 'other'"):
        Browser(site, Session("alice", "/token", body=b"{}", token="other"))  # noqa: S106


def test_a_cookie_that_is_given_stays_beside_those_of_the_site(site: str) -> None:
    session = Session("alice", headers=(("cookie", "own=1"), ("X-A", "b")))
    sent = Browser(site, session).fill(Request("/buy", (("n", "1"),), page="/item"))
    assert b"own=1" in sent
    assert b"csrftoken=abc" in sent
    assert b"X-A: b" in sent


def test_a_log_in_holds_at_another_application_that_knows_it(site: str) -> None:
    session = Session("a", "/login", (("user", "a"),), then=(Request("/basket", ()),))
    first = Browser(site, session)
    asked = len(_Site.seen)
    second = Browser(site, session, known=first.logged_in)
    assert len(_Site.seen) == asked
    assert b"sid=1" in second.fill(Request("/buy"))
    for browser in (first, second):
        browser.close()


def test_a_token_holds_at_another_application_that_knows_it(site: str) -> None:
    first = Browser(site, Session("a", "/token", body=b"{}", token="data.token"))  # noqa: S106
    second = Browser(site, Session("a"), known=first.logged_in)
    assert b"Bearer t" in second.fill(Request("/buy"))
    for browser in (first, second):
        browser.close()


def test_what_comes_before_a_race_is_sent_in_order(site: str) -> None:
    then = (Request("/basket", (("n", "1"),), page="/item"), Request("/basket", body=b"two"))
    Browser(site, Session("alice", "/login", (("user", "a"),), then=then))
    assert [path for _, path, *_ in _Site.seen] == ["/login", "/basket", "/basket"]
    assert parse_qs(_Site.seen[1][3].decode()) == {"n": ["1"], "csrf": ["/item"]}
    assert _Site.seen[2][3] == b"two"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/back", "cannot log in at .*/back: it leads back to /back"),
        ("/again", "cannot log in at .*/again: it answers 200, with its form again"),
        ("/no", "cannot log in at .*/no: it answers 403"),
    ],
)
def test_a_log_in_that_failed(site: str, path: str, why: str) -> None:
    with pytest.raises(RacewalkError, match=why):
        Browser(site, Session("alice", path, (("user", "alice"),)))


def test_what_leads_to_the_login_page_was_refused(site: str) -> None:
    session = Session("alice", "/login", (("user", "a"),), then=(Request("/closed", body=b"x"),))
    with pytest.raises(RacewalkError, match=r"POST .*/closed answers 302 to /login"):
        Browser(site, session)


@pytest.mark.parametrize(
    ("path", "wanted", "hidden"),
    [("/buy/7", "n", "2"), ("/sell", "n", "1"), ("/many", "n", "3"), ("/other", "like", "3")],
)
def test_the_form_that_leads_where_the_request_goes_is_meant(
    site: str, path: str, wanted: str, hidden: str
) -> None:
    sent = Browser(site, Session("nobody")).fill(Request(path, ((wanted, "1"),), page="/many"))
    assert parse_qs(sent.partition(b"\r\n\r\n")[2].decode()) == {wanted: ["1"], "t": [hidden]}


def test_fields_that_a_form_does_not_have_are_named(site: str) -> None:
    told = "its form has no 'name', 'pass', but 'user'"
    for path in ("/again", "/strict"):
        with pytest.raises(RacewalkError, match=told):
            Browser(site, Session("alice", path, (("name", "a"), ("pass", "b"))))


def test_who_is_refused_is_told_what_was_answered_and_where_the_log_is(
    site: str, tmp_path: Path
) -> None:
    log = tmp_path / "application.log"
    log.write_text("Traceback:\n  here\nKeyError: 'basket'\n")
    told = f"it answers 500 ('KeyError at /broken'; KeyError: 'basket'; its log is {log})"
    with pytest.raises(RacewalkError, match=re.escape(told)):
        Browser(site, Session("alice", "/broken", (("user", "a"),)), log)
    log.write_text("")
    late = partial(log.write_text, "KeyError: 'basket'")
    with pytest.raises(RacewalkError, match=re.escape(told)):  # which is told after the answer
        Browser(site, Session("alice", "/broken", (("user", "a"),)), log, rest=late)
    told = f"POST {site}/strict answers 400 ('name is missing'; its log is {log})"
    then = (Request("/strict", body=b"x"),)
    with pytest.raises(RacewalkError, match=re.escape(told)):
        Browser(site, Session("alice", then=then), log)
