"""A machine that is busy, or stood still for a while, decides nothing."""

import os
import sys
from itertools import count, repeat
from pathlib import Path

import pytest
from test_rest import made
from test_scheduler import two_held

from racewalk import Application, Explorer, Race, Request
from racewalk.schedule import settling
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets import rest, work
from racewalk.targets.work import Work
from support.fakes import World

A_LONG_TIME = 1_000.0


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the clock tell one second more each time, and a process have worked as long as said."""
    monkeypatch.setattr(work, "can_tell", lambda _pid: True)
    monkeypatch.setattr(work, "monotonic", count().__next__)
    seconds = [7.0]
    monkeypatch.setattr(work, "_worked", lambda pids: seconds[0] if pids else 0.0)
    return seconds


def test_whoever_gets_no_time_to_work_is_waited_for(worked: list[float]) -> None:
    found = Work(1)
    assert not found.exceeds(0.2)
    worked[0] += 0.1
    assert not found.exceeds(0.2)
    worked[0] += 0.2
    assert found.exceeds(0.2)
    assert not found.exceeds(0.5)


def test_whoever_neither_works_nor_rests_is_given_up(worked: list[float]) -> None:
    found = Work(1)
    assert [found.exceeds(0.2) for _ in range(12)] == [False] * 10 + [True] * 2
    assert worked


def test_where_nobody_can_tell_the_clock_does(
    worked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "can_tell", lambda _pid: False)
    found = Work(1)
    assert [found.exceeds(2) for _ in range(3)] == [False, False, True]
    assert worked


def test_whoever_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "can_tell", lambda _pid: True)
    monkeypatch.setattr(work, "monotonic", count().__next__)
    assert Work(2**22 + 1).exceeds(0.2)
    assert Work(2**22 + 1, os.getpid()).exceeds(0.2)


def test_whoever_works_has_worked() -> None:
    before = work._worked([os.getpid()])
    while work._worked([os.getpid()]) == before:
        pass


def test_of_whom_only_one_thing_is_told_it_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: str) -> str:
        if path.endswith("schedstat"):
            raise FileNotFoundError(path)
        return "running\n"

    monkeypatch.setattr(rest, "_read", read)
    assert not rest.can_tell(os.getpid())


def test_time_in_which_nobody_listened_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "monotonic", count(step=A_LONG_TIME).__next__)
    world = World(requests=1)
    asked = iter([False, True])

    def stuck(request: int, at_database: object) -> bool:
        del at_database
        if next(asked):
            world.events.append(world.answers_now(request))
        return False

    world.on_start[0] = lambda: None
    world.stuck = stuck  # type: ignore[method-assign]
    world.scheduler.begin()
    assert world.scheduler.over


def test_a_moment_is_asked_for_until_it_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "monotonic", count(step=A_LONG_TIME).__next__)
    world, noted = World(requests=3, shared_port=True), list[bool]()

    def settled(at_database: object) -> bool:
        del at_database
        noted.append(len(noted) >= 5)
        return noted[-1]

    world.settled = settled  # type: ignore[method-assign]
    world.on_start[2] = lambda: None
    world.proven.add(2)
    two_held(world)
    assert noted[:6] == [*repeat(False, 5), True]


TELLS_LATER = """
import os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
import psycopg

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answered(200)

    def do_POST(self):
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            connection.execute("SELECT n FROM counter")
        self.answered(500)
        until = time.process_time() + 0.1
        while time.process_time() < until:
            pass
        self.server.asked += 1
        print(f"KeyError: {self.server.asked}", file=sys.stderr, flush=True)

    def answered(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.asked = 0
server.serve_forever()
"""


def test_what_is_printed_after_the_answer_is_told(server: EmbeddedServer, tmp_path: Path) -> None:
    counter = "CREATE TABLE counter (id integer PRIMARY KEY, n integer)"
    database = made(server, "tells_later", counter)
    application = Application((sys.executable, "-c", TELLS_LATER, "{port}"), "DATABASE_URL")
    race = Race(
        "told later",
        application,
        [Request("/")] * 2,
        alone=lambda _request, _answer: "was answered 500",
        restore=True,
        warm=1,
    )
    with Explorer(database, tmp_path) as explorer:
        found = explorer.explore(race)
    told = "(POST /: KeyError: 2; its log is "  # it was warmed up before
    assert str(found.vacuous).count(told) == 2, str(found)
