"""What a race begins from: what its application has written by then, in the set-up too."""

import sys
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from racewalk import Application, Database, Explorer, Race, Request, Session
from racewalk.schedule.record import Answer
from racewalk.schedule.scheduler import PATIENCE
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets import web

SERVED = """
import os, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
import psycopg

connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

open_ones = []

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answered(200)

    def do_POST(self):
        if self.path == "/left-open":
            open_ones.append(psycopg.connect(os.environ["DATABASE_URL"]))
            open_ones[-1].execute("UPDATE stock SET n = n - 1")
            return self.answered(200)
        left = connection.execute("SELECT n FROM stock").fetchone()[0]
        if left > 0:
            slow = "UPDATE stock SET n = n - 1 WHERE pg_sleep(0.05) IS NOT NULL"
            threading.Thread(target=connection.execute, args=[slow]).start()
        self.answered(200 if left > 0 else 409)

    def answered(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def refused(_request: int, answer: Answer) -> str:
    """What is wrong with the answer to one that came alone."""
    return "" if answer.detail == "200" else f"was answered {answer.detail}"


def selling(server: EmbeddedServer, path: str) -> tuple[Race, Database]:
    """Return a race of two who want the last one, and the database that has it."""
    superuser = server.url("warming")
    server.create("warming")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS stock")
        connection.execute("CREATE TABLE stock AS SELECT 7 AS item, 1 AS n")
        connection.execute("ALTER TABLE stock ADD PRIMARY KEY (item)")
    race = Race(
        "sold later",
        Application((sys.executable, "-c", SERVED, "{port}"), "DATABASE_URL"),
        [Request(path)] * 2,
        facts={"n": "SELECT n FROM stock"},
        restore=True,
        alone=refused,
        warm=2,
    )
    return race, Database(superuser, superuser)


def test_the_start_is_the_same_after_the_set_up(server: EmbeddedServer, tmp_path: Path) -> None:
    race, database = selling(server, "/")
    with Explorer(database, tmp_path) as explorer:
        found = explorer.explore(race)
    assert found.exhausted, (found.inconclusive, found.vacuous)
    assert {outcome.facts["n"] for outcome in found.outcomes} == {0, -1}


def test_who_waits_at_the_database_is_told_to(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    race, database = selling(server, "/left-open")
    deadline = monotonic() + 60
    with psycopg.connect(database.superuser_url, autocommit=True) as watching:

        def once_it_waits() -> float:
            waits = watching.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone()
            return PATIENCE + 1 if waits or monotonic() > deadline else 0.0

        monkeypatch.setattr(web, "monotonic", once_it_waits)
        with Explorer(database, tmp_path) as explorer:
            found = explorer.explore(race)
    assert "a statement of it waits at the database" in str(found)


REMEMBERS_WHO = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg

connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answered(200)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/login":
            connection.execute("INSERT INTO session VALUES ('alice')")
            return self.answered(303, {"Location": "/", "Set-Cookie": "key=alice"})
        known = "key=alice" in self.headers.get("Cookie", "")
        if not known or not connection.execute("SELECT key FROM session").fetchone():
            return self.answered(303, {"Location": "/login"})
        connection.execute("UPDATE stock SET n = n - 1")
        self.answered(200)

    def answered(self, status, headers={}):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_who_has_logged_in_stays_so(server: EmbeddedServer, tmp_path: Path) -> None:
    superuser = server.url("sessions")
    server.create("sessions")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS stock, session")
        connection.execute("CREATE TABLE stock AS SELECT 7 AS item, 1 AS n")
        connection.execute("CREATE TABLE session (key text PRIMARY KEY)")
    application = Application((sys.executable, "-c", REMEMBERS_WHO, "{port}"), "DATABASE_URL")
    alice = Session("alice", "/login", body=b"{}")
    asked = [Request("/", session=alice, body=b"{}")] * 2
    facts = {"n": "SELECT n FROM stock"}
    race = Race("sold by whom it knows", application, asked, facts=facts, restore=True, warm=2)
    with Explorer(Database(superuser, superuser), tmp_path) as explorer:
        found = explorer.explore(race)
    assert found.exhausted, (found.inconclusive, found.vacuous)
    assert {outcome.facts["n"] for outcome in found.outcomes} == {-1}
