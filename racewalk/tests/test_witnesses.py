"""Whom the threads that wait for locks serve, once a request of their process has answered."""

import sys
from pathlib import Path

import pytest
from test_rest import VISIBLE, made

from racewalk import Application, Explorer, Race, Request
from racewalk.schedule.schedule import Schedule
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets.rest import Picture, Wait
from racewalk.targets.witnesses import Stand, Witnesses
from support.fakes import FakeLink, World

IDLE = Picture({1: Wait.ELSE}, {1: "new ones"})
A = frozenset({0})
AB = frozenset({0, 1})


def seen(*waiting: int, again: int = 0, others: int = 1) -> Picture:
    """Return threads that wait for locks, one of which may have run again, and some others."""
    locks = dict.fromkeys(waiting, Wait.LOCK)
    threads = locks | dict.fromkeys(range(100, 100 + others), Wait.ELSE)
    times = dict.fromkeys(threads, "once") | {again: "again"}
    where = dict.fromkeys(threads, "here")
    return Picture({**IDLE.threads, **threads}, {**IDLE.where, **where}, times)


def proven(witnesses: Witnesses, picture: Picture, inside: int, answered: frozenset[int]) -> bool:
    """Ask where one is at the database."""
    return witnesses.prove_waits(picture, IDLE, Stand(1, inside, answered))


def noted(
    picture: Picture, inside: int, answered: frozenset[int], witnesses: Witnesses | None = None
) -> Witnesses:
    """Note a moment at which one is at the database."""
    witnesses = witnesses or Witnesses()
    witnesses.note(picture, IDLE, Stand(1, inside, answered))
    return witnesses


def test_before_an_answer_whoever_waits_serves_somebody() -> None:
    assert proven(Witnesses(), seen(2), 1, frozenset())
    assert proven(noted(seen(2, 3), 1, frozenset()), seen(4), 1, frozenset())


def test_after_an_answer_nobody_is_known_to() -> None:
    assert not proven(Witnesses(), seen(2), 1, A)
    assert not proven(noted(seen(2), 0, A), seen(2, 3), 1, AB)


def test_who_served_a_request_does_so_until_it_runs() -> None:
    witnesses = noted(seen(2, 3), 2, frozenset())
    assert proven(witnesses, seen(3), 1, A)
    assert proven(witnesses, seen(2, 3, again=2), 1, A)
    assert not proven(witnesses, seen(2, 3, again=2), 2, A)
    assert not proven(witnesses, seen(3, again=3), 1, A)


def test_more_than_those_inside_are_no_witnesses() -> None:
    assert not proven(noted(seen(2, 3), 1, frozenset()), seen(2, 3), 1, A)


def test_who_served_nobody_does_not_until_it_runs() -> None:
    witnesses = noted(seen(2), 0, A)
    assert not proven(witnesses, seen(2), 1, A)
    assert proven(witnesses, seen(2, 3), 1, A)
    assert not proven(witnesses, seen(2, 3, again=2), 1, A)
    assert not proven(witnesses, seen(3, 4), 1, A), "2 has ended: what has it left?"


def test_what_is_known_is_not_looked_for() -> None:
    assert Witnesses().know(Stand(3, 0, frozenset()))
    assert noted(seen(), 0, A).know(Stand(1, 0, A))
    assert not noted(seen(), 0, A).know(Stand(1, 0, AB))
    assert not noted(seen(), 0, A).know(Stand(1, 1, A))
    assert not noted(seen(2), 0, A).know(Stand(1, 0, A)), "2 may run"


def test_who_began_to_wait_thereafter_is_a_witness_from_then_on() -> None:
    witnesses = noted(seen(2, 3), 1, A, noted(seen(2), 0, A))
    assert proven(witnesses, seen(2, 3, again=2), 1, A)
    assert proven(witnesses, seen(2, 3), 1, AB)
    assert not proven(witnesses, seen(2, 3, again=3), 1, AB)


def test_witnesses_outlast_a_moment_at_which_nobody_could_be_told_apart() -> None:
    witnesses = noted(seen(2, 3, 4, again=2), 2, A, noted(seen(2, 3), 2, frozenset()))
    assert proven(witnesses, seen(3, 4), 1, A)
    assert not proven(witnesses, seen(4, 5), 1, A)


def test_who_sleeps_for_another_reason_may_wait_later_on() -> None:
    assert not proven(noted(seen(others=2), 0, A), seen(2), 1, A)
    assert proven(noted(seen(others=1), 0, A), seen(2), 1, A)


@pytest.mark.parametrize(
    ("requests", "shared", "times"), [(3, True, True), (3, False, False), (2, True, False)]
)
def test_it_is_noted_where_one_may_have_answered_and_two_have_not(
    requests: int, shared: bool, times: bool
) -> None:
    world = World(requests=requests, shared_port=shared)
    for number in range(requests):
        world.on_start[number] = world.speaks(FakeLink(number, 10 + number), f"SELECT {number}")
    world.scheduler.begin()
    assert bool(world.noted) is times
    assert not times or world.noted[-1] == [0, 1, 2]


LOCKS = """
import os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg

lock = threading.Lock()
pool = {
    f"/{number}": psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    for number in range(3)
}

class Handler(BaseHTTPRequestHandler):
    protocol_version = os.environ["PROTOCOL"]

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        pool[self.path].execute("SELECT n FROM counter")
        with lock:
            pool[self.path].execute("UPDATE counter SET n = n + 1")
        self.do_GET()

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.mark.skipif(not VISIBLE, reason="this system does not tell what threads do")
@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1.1"])
def test_who_waits_for_a_lock_is_proven_to_after_another_has_answered(
    server: EmbeddedServer, tmp_path: Path, protocol: str
) -> None:
    database = made(server, "witnesses", "CREATE TABLE counter AS SELECT 0 AS n")
    command, env = (sys.executable, "-c", LOCKS, "{port}"), (("PROTOCOL", protocol),)
    application = Application(command, "DATABASE_URL", shared=True, env=env)
    requests = [Request(f"/{number}") for number in range(3)]
    race = Race("of three", application, requests, warm=2)
    with Explorer(database, tmp_path) as explorer:
        for _ in range(3):
            both, _ = explorer.replay(race, Schedule.parse("^A^B^CABCABC"))
            assert [choice.inside for choice in both.choices[6:]] == [(1, 2), (2,), ()]
            later, _ = explorer.replay(race, Schedule.parse("^A^B^CAABCBC"))
            assert [choice.inside for choice in later.choices[6:]] == [(), (2,), ()]
