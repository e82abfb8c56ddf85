"""Whose statement it is, where requests of one process take their connections under its lock."""

import sys
from pathlib import Path

import psycopg
import pytest

from racewalk import Application, Certificate, Database, Explorer, Race, Request
from racewalk.server.embedded import EmbeddedServer

SERVED = """
import os, queue, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg

lock, pool = threading.Lock(), queue.Queue()
for _ in range(int(os.environ["POOL"])):
    pool.put(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True))

def taken(do):
    connection = pool.get()
    try:
        return do(connection)
    finally:
        pool.put(connection)

def buy(connection):
    left = connection.execute("SELECT n FROM stock").fetchone()[0]
    if left > 0:
        connection.execute("UPDATE stock SET n = %s", [left - 1])

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answered()

    def do_POST(self):
        with lock:
            taken(buy)
        if os.environ["WORKS"]:
            sum(range(1_000_000))
        if os.environ["SAYS"]:
            taken(lambda connection: connection.execute("SELECT sum(n) FROM stock"))
        self.answered()

    def answered(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def explored(
    server: EmbeddedServer, folder: Path, pool: int, works: str = "", says: str = ""
) -> Certificate:
    """Explore two that buy one after the other, each with a connection from a pool."""
    database = Database(server.create("owners"), server.url("owners"))
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS stock; CREATE TABLE stock AS SELECT 2 AS n")
        connection.execute("GRANT ALL ON stock TO PUBLIC")
    env = (("POOL", str(pool)), ("WORKS", works), ("SAYS", says))
    command = (sys.executable, "-c", SERVED, "{port}")
    application = Application(command, "DATABASE_URL", env=env, shared=True)
    facts = {"n": "SELECT n FROM stock"}
    before = ["UPDATE stock SET n = 2"]
    race = Race("bought", application, [Request("/")] * 2, before, facts, in_order=True, warm=2)
    with Explorer(database, folder) as explorer:
        return explorer.explore(race)


@pytest.mark.parametrize("works", ["", "after the lock"], ids=["answers at once", "works on"])
@pytest.mark.parametrize("pool", [1, 2])
def test_who_answers_leaves_what_is_said_meanwhile_to_the_other(
    server: EmbeddedServer, tmp_path: Path, pool: int, works: str
) -> None:
    found = explored(server, tmp_path, pool, works)
    assert found.exhausted, found.inconclusive
    assert {outcome.facts["n"] for outcome in found.outcomes} == {0}
    # B begins before the first statement of A, or the second, or once A is done.
    assert found.schedules == 3


def test_where_both_say_more_on_connections_of_a_pool_nobody_can_tell(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    found = explored(server, tmp_path, 2, says="after the lock")
    assert not found.exhausted
    assert "whose statement is it?" in str(found)
