"""A wait inside the application that has a timeout is not proven, and gives no verdict."""

import os
import sys
from pathlib import Path

import psycopg
import pytest

from racewalk import Application, Certificate, Database, Explorer, Race, Request
from racewalk.errors import DoubtError, StalledError
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets import inside
from racewalk.targets.inside import Inside
from racewalk.targets.rest import Picture, at_rest
from racewalk.wire.loop import Loop
from support.fakes import FakeLink, World

SERVED = """
import os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg

if os.environ["WORKS"]:
    threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
lock, longest = threading.Lock(), float(os.environ["LONGEST"])

def tried():
    for _ in range(10):
        if lock.acquire(blocking=False):
            return True
        time.sleep(0.01)

waits = {"tried": tried, "waited": lambda: lock.acquire(timeout=longest)}[os.environ["WAITS"]]

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answered(200)

    def do_POST(self):
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            left = connection.execute("SELECT n FROM stock").fetchone()[0]
            if left > 0 and waits():  # too late: it has looked
                connection.execute("UPDATE stock SET n = n - 1")
                lock.release()
        self.answered(200)

    def answered(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.serve_forever(poll_interval=0.05)
"""

SERVED_BY_A_LOOP = """
import asyncio, os, sys
import psycopg

lock, longest = asyncio.Lock(), float(os.environ["LONGEST"])

async def sold():
    connected = psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True)
    async with await connected as connection:
        cursor = await connection.execute("SELECT n FROM stock")
        (left,) = await cursor.fetchone()
        try:
            await asyncio.wait_for(lock.acquire() if left else asyncio.sleep(0), longest)
        except asyncio.TimeoutError:
            return
        if left > 0:
            await connection.execute("UPDATE stock SET n = n - 1")
            lock.release()

async def answer(reader, writer):
    while head := await reader.readuntil(bytes((13, 10, 13, 10))):
        if head.startswith(b"POST"):
            await sold()
        writer.write("HTTP/1.1 200 OK|Content-Length: 0||".replace("|", chr(13) + chr(10)).encode())

async def main():
    await asyncio.start_server(answer, "127.0.0.1", int(sys.argv[1]))
    while True:
        await asyncio.sleep(0.03)  # as uvicorn does, each 0.1 s

asyncio.run(main())
"""


def explored(
    server: EmbeddedServer,
    folder: Path,
    longest: float = -1,
    waits: str = "waited",
    works: str = "",
    *,
    shared: bool = True,
    served: str = SERVED,
) -> Certificate:
    """Explore two that look, and then wait for a lock for so many seconds; -1: without end."""
    database = Database(server.create("sleeps"), server.url("sleeps"))
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS stock; CREATE TABLE stock AS SELECT 1 AS n")
        connection.execute("GRANT ALL ON stock TO PUBLIC")
    command = (sys.executable, "-c", served, "{port}")
    env = (("LONGEST", str(longest)), ("WAITS", waits), ("WORKS", works))
    application = Application(command, "DATABASE_URL", env=env, shared=shared)
    facts = {"n": "SELECT n FROM stock"}
    before = ["UPDATE stock SET n = 1"]
    race = Race("sold", application, [Request("/")] * 2, before, facts, in_order=True, warm=2)
    with Explorer(database, folder) as explorer:
        return explorer.explore(race)


def test_who_waits_without_end_goes_on_when_the_other_is_done(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    found = explored(server, tmp_path)
    assert found.exhausted, found.inconclusive
    assert {outcome.facts["n"] for outcome in found.outcomes} == {0, -1}


@pytest.mark.parametrize(("longest", "waits"), [(0.3, "waited"), (0.05, "waited"), (0, "tried")])
def test_who_waits_for_a_time_may_have_been_let_in(
    server: EmbeddedServer, tmp_path: Path, longest: float, waits: str
) -> None:
    found = explored(server, tmp_path, longest, waits=waits)
    assert not found.exhausted
    assert "request B slept inside the application, and went on by itself" in str(found)


def test_who_waits_for_a_time_in_a_loop_that_runs_now_and_then_may_have_been_let_in(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    found = explored(server, tmp_path, 0.5, served=SERVED_BY_A_LOOP)
    assert not found.exhausted
    assert "request B slept inside the application, and went on by itself" in str(found)


def test_who_is_idle_is_known_where_a_schedule_leaves_the_process_at_work(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, looks = Inside.begin, [0]

    def begin_late(self: Inside, loop: Loop) -> None:
        looks[0] = 3
        begin(self, loop)

    def at_rest_late(pid: int, *between: int) -> Picture | None:
        looks[0] -= 1
        return at_rest(pid, *between) if looks[0] < 0 else None

    monkeypatch.setattr(Inside, "begin", begin_late)
    monkeypatch.setattr(inside, "at_rest", at_rest_late)
    found = explored(server, tmp_path, 0.3)
    assert "request B slept inside the application, and went on by itself" in str(found)


def test_where_a_thread_never_rests_nobody_can_tell_who_waits(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    found = explored(server, tmp_path, works="all the time")
    assert found.schedules == 0
    assert "in doubt: a thread works all the time in the process that all" in str(found)


def test_in_a_process_of_their_own_a_thread_may_work_all_the_time(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    found = explored(server, tmp_path, works="all the time", shared=False)
    assert found.exhausted, found.inconclusive
    assert {outcome.facts["n"] for outcome in found.outcomes} == {0, -1}


@pytest.mark.parametrize("shared", [True, False])
def test_where_nobody_tells_what_threads_do_the_certificate_says_what_it_hangs_on(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    told = "no request waits for another for a time inside the application"
    assert told not in explored(server, tmp_path, 0.05, shared=shared).assumed
    # As where it is hardened: of a process of its own each is told, and of its children none.
    monkeypatch.setattr(inside, "can_tell", lambda pid: pid == os.getpid())
    monkeypatch.setattr(inside, "at_rest", lambda *_pids: None)
    found = explored(server, tmp_path, 0.05, shared=shared)
    assert found.exhausted, found.inconclusive
    assert (told in found.assumed) == shared


def one_sleeps(world: World) -> tuple[FakeLink, FakeLink]:
    """Hold request 0; request 1 keeps silent, and sleeps."""
    links = FakeLink(0, 10), FakeLink(1, 11)
    world.on_start[0] = lambda: world.events.append(world.speaks(links[0], "UPDATE 0"))
    world.on_start[1] = lambda: None
    world.asleep[1] = lambda: None
    return links


def test_who_sleeps_and_speaks_is_a_doubt() -> None:
    world = World()
    _, second = one_sleeps(world)
    world.asleep[1] = lambda: world.events.append(world.speaks(second, "SELECT 1"))
    with pytest.raises(DoubtError, match="request B slept inside"):
        world.scheduler.begin()


def test_who_sleeps_and_answers_is_a_doubt() -> None:
    world = World()
    one_sleeps(world)
    world.asleep[1] = world.answers_now(1)
    with pytest.raises(DoubtError, match="request B slept inside"):
        world.scheduler.begin()


def test_who_sleeps_without_end_is_told_to() -> None:
    world = World()
    one_sleeps(world)
    with pytest.raises(StalledError) as caught:
        world.scheduler.begin()
    assert "waits for another request inside the application" in caught.value.told


def test_whoever_is_alone_may_sleep() -> None:
    world = World()
    one_sleeps(world)

    def late(request: int, others: object) -> bool:
        del others
        world.events.append(world.answers_now(request))
        return False

    world.stuck = late  # type: ignore[assignment, method-assign]
    world.scheduler.begin(only=(1,))
    assert world.scheduler.over


def test_who_is_proven_to_wait_may_go_on_after_another() -> None:
    world = World()
    first, second = one_sleeps(world)
    world.asleep[1] = lambda: world.proven.add(1)
    world.scheduler.begin()
    assert world.enabled == (0,)
    world.proven.clear()
    world.asleep.clear()
    released = [world.speaks(second, "SELECT 1"), world.answers_now(0)]
    first.on_release = lambda: world.completes(first, "UPDATE 0", released)()
    world.scheduler.go_on(0)
    assert world.enabled == (1,)
