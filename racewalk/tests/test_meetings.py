"""Processes that share something beside the database, of which what they say is remembered."""

import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from racewalk import Application, Certificate, Database, Explorer, Race, Request
from racewalk.server.embedded import EmbeddedServer

# Whoever comes while another has put up a mark takes more; without a folder nobody does.
SERVED = """
import os, pathlib, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
import psycopg

connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=None)
marks = pathlib.Path(os.environ["MARKS"]) if os.environ["MARKS"] else None
mine = marks and marks / str(os.getpid())

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answered()

    def do_POST(self):
        connection.execute("SELECT n FROM stock")
        taken = 70 if marks and any(marks.iterdir()) else 1
        connection.execute("UPDATE stock SET n = n - %s", [taken])
        if mine:
            mine.touch()
        connection.execute("SELECT n FROM stock")
        if mine:
            mine.unlink()
        self.answered()

    def answered(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
Explored = Callable[..., Certificate]


@pytest.fixture
def explored(server: EmbeddedServer, tmp_path: Path) -> Explored:
    """Return what explores every order of two requests."""
    superuser = server.url("meetings")
    server.create("meetings")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS stock")
        connection.execute("CREATE TABLE stock AS SELECT 1 AS item, 9 AS n")
    marks = tmp_path / "marks"
    marks.mkdir()

    def explore(*, shares: bool, database_alone: bool = False, memory: bool = True) -> Certificate:
        application = Application(
            (sys.executable, "-c", SERVED, "{port}"),
            "DATABASE_URL",
            env=(("MARKS", str(marks) if shares else ""),),
            database_alone=database_alone,
        )
        before = ["UPDATE stock SET n = 9"]
        facts = {"n": "SELECT n FROM stock"}
        race = Race("marked", application, [Request("/")] * 2, before, facts, warm=1)
        with Explorer(Database(superuser, superuser), tmp_path) as explorer:
            return explorer.explore(race, every_schedule=True, memory=memory)

    return explore


def test_a_mark_in_a_file_is_met_where_it_is_not_remembered(explored: Explored) -> None:
    found = explored(shares=True, memory=False)
    assert {outcome.facts["n"] for outcome in found.outcomes} == {7, -62}
    found = explored(shares=True)
    assert "after the same replies of the database it sent" in str(found.inconclusive)


def test_whoever_says_that_nothing_is_shared_has_more_of_it_remembered(explored: Explored) -> None:
    every, alone = explored(shares=False), explored(shares=False, database_alone=True)
    assert every.schedules == alone.schedules == 20
    assert every.hash == alone.hash
    assert 0 < every.remembered < alone.remembered
    assert not every.assumed
    assert ", if requests meet in the database alone, as database_alone says" in str(alone)
