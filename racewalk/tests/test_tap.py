"""Overhearing which SQL a client sends, and an application that is started behind a tap."""

import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from racewalk import Application, RacewalkError
from racewalk.server import EmbeddedServer
from racewalk.tap import Statement, Tap, overheard

WEB = """
import http.server, os, psycopg, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with psycopg.connect(os.environ["DB"]) as connection:
            connection.execute("SELECT %s::integer", (len(self.path),))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
"""


def test_what_a_client_sends_is_told_in_order_and_once(server: EmbeddedServer) -> None:
    with closing(Tap(server.url())) as tap:
        with psycopg.connect(tap.url, autocommit=True) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            connection.execute("SELECT %s::integer + 1", (41,))
        assert tap.taken() == [Statement("SELECT 1"), Statement("SELECT $1::integer + 1", (41,))]
        assert tap.taken() == []


def test_an_application_is_started_behind_it(server: EmbeddedServer, tmp_path: Path) -> None:
    application = Application((sys.executable, "-c", WEB, "{port}"), "DB", ready="/ready")
    with overheard(application, server.url(), tmp_path / "log") as (url, tap):
        assert url.startswith("http://127.0.0.1:")
        told = [statement for statement in tap.taken() if "$1" in statement.sql]
        assert {statement.params for statement in told} == {(len("/ready"),)}


def test_one_that_does_not_start_is_told(server: EmbeddedServer, tmp_path: Path) -> None:
    broken = Application((sys.executable, "-c", "raise SystemExit(1)"), "DB")
    with (
        pytest.raises(RacewalkError, match="did not start"),
        overheard(broken, server.url(), tmp_path / "log"),
    ):
        pass
