"""A wait inside the application: what /proc says, and what is no proof."""

import os
import signal
import socketserver
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import comb, inf
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import psycopg
import pytest

from racewalk import Application, Database, Explorer, Race, Request
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets import inside
from racewalk.targets.rest import Picture, Wait, at_rest, classify, place

ENDLESS = "202 0x558287df2520 0x189 0x0 0x0 0x0 0xffffffff 0x7f94 0x7f94\n"
TIMED = "202 0x558287df2520 0x189 0x0 0x7f9458 0x0 0xffffffff 0x7f94 0x7f94\n"


@pytest.mark.parametrize(
    ("line", "machine", "expected"),
    [
        ("running\n", "x86_64", Wait.RUNS),
        (ENDLESS, "x86_64", Wait.LOCK),
        (ENDLESS.replace("0x189", "0x80"), "x86_64", Wait.LOCK),
        (ENDLESS.replace("202", "98", 1), "aarch64", Wait.LOCK),
        (ENDLESS, "aarch64", Wait.ELSE),
        (ENDLESS, "riscv64", Wait.ELSE),
        (TIMED, "x86_64", Wait.TIME),
        (TIMED.replace("0x189", "0x81"), "x86_64", Wait.ELSE),
        ("230 0x1 0x1 0x7ffc 0x0 0x0 0x0 0x7f94 0x7f94\n", "x86_64", Wait.TIME),
        ("115 0x1 0x1 0x7ffc 0x0 0x0 0x0 0x7f94 0x7f94\n", "aarch64", Wait.TIME),
        ("230 0x1 0x1 0x7ffc 0x0 0x0 0x0 0x7f94 0x7f94\n", "aarch64", Wait.ELSE),
        (ENDLESS.replace("0x189", "0x81"), "x86_64", Wait.ELSE),  # FUTEX_WAKE
        ("7 0x1 0x2 0xffffffff 0x0 0x0 0x0 0x1 0x2\n", "x86_64", Wait.ELSE),
        ("-1 0x7ffe 0x7f94\n", "x86_64", Wait.ELSE),  # stopped outside of a call
    ],
)
def test_a_line_of_proc(line: str, machine: str, expected: Wait) -> None:
    assert classify(line, machine) is expected


def test_threads_that_are_known_to_sleep_do_not_count() -> None:
    picture = Picture({1: Wait.ELSE, 2: Wait.LOCK, 3: Wait.TIME}, {})
    assert picture.waiting_for_locks() == {2}
    assert picture.sleeping_for_a_time() == {3}
    assert picture.others() == {1, 3}
    assert picture.others({1}) == {3}


IDLE = Picture(
    {1: Wait.ELSE, 7: Wait.LOCK, 8: Wait.ELSE, 9: Wait.ELSE},
    {1: "new ones", 7: "work", 8: "its client", 9: "its client"},
)
"""1 takes what comes, 7 waits for work, 8 and 9 have a connection each."""


Threads = dict[int, tuple[Wait, str]]


@pytest.mark.parametrize(
    ("threads", "at_database", "inside", "proven"),
    [
        # 2 and 3 were started for a request each.
        ({2: (Wait.ELSE, "the database"), 3: (Wait.LOCK, "a lock")}, 1, 1, True),
        ({2: (Wait.ELSE, "the database"), 3: (Wait.ELSE, "another server")}, 1, 1, False),
        ({2: (Wait.LOCK, "a lock"), 3: (Wait.LOCK, "a lock")}, 0, 2, True),
        # 7 serves one, or waits for work as before.
        ({2: (Wait.ELSE, "the database"), 7: (Wait.LOCK, "a lock")}, 1, 1, True),
        ({2: (Wait.ELSE, "the database"), 7: (Wait.LOCK, "work")}, 1, 1, False),
        # 8 and 9 sleep on a connection at any time: to the client, or to another server.
        ({8: (Wait.ELSE, "its client")}, 0, 1, False),
        ({8: (Wait.ELSE, "another server"), 7: (Wait.LOCK, "a lock")}, 0, 1, False),
        ({8: (Wait.LOCK, "a lock"), 9: (Wait.ELSE, "another server")}, 0, 2, False),
        ({8: (Wait.LOCK, "a lock"), 9: (Wait.LOCK, "a lock")}, 0, 2, True),
        ({8: (Wait.LOCK, "a lock"), 9: (Wait.ELSE, "its client")}, 0, 1, True),
        ({8: (Wait.LOCK, "a lock"), 9: (Wait.ELSE, "the database")}, 1, 1, True),
        # 9 is at the database; 2, which is new, asks another server, and a helper has a new lock.
        (
            {
                2: (Wait.ELSE, "another server"),
                9: (Wait.ELSE, "the database"),
                7: (Wait.LOCK, "other work"),
            },
            1,
            1,
            False,
        ),
        # A loop serves all of them in one thread.
        ({}, 0, 1, False),
    ],
)
def test_who_waits_inside_has_a_thread_that_waits_for_another(
    threads: Threads, at_database: int, inside: int, proven: bool
) -> None:
    threads = {1: (Wait.ELSE, "new ones")} | threads
    picture = Picture(
        {thread: wait for thread, (wait, _) in threads.items()},
        {thread: where for thread, (_, where) in threads.items()},
    )
    assert picture.proves_waits(at_database, inside, IDLE) is proven


@pytest.mark.parametrize(
    ("line", "wait", "expected"),
    [
        ("7 0x7ffc 0x2 0xffffffff 0x0 0x0 0x0 0x51 0x2\n", Wait.ELSE, "7 0x7ffc 0x51"),
        (ENDLESS, Wait.LOCK, "202 0x558287df2520 0x7f94"),
        (TIMED, Wait.TIME, "202"),
    ],
)
def test_where_a_thread_sleeps(line: str, wait: Wait, expected: str) -> None:
    assert place(line, wait, "x86_64") == expected


PROGRAMS = {
    "lock": "lock = threading.Lock(); lock.acquire(); wait = lock.acquire",
    "timed": "lock = threading.Lock(); lock.acquire(); wait = lambda: lock.acquire(timeout=600)",
    "asleep": "import time; wait = lambda: time.sleep(600)",
    "socket": "a, b = socket.socketpair(); wait = lambda: a.recv(1)",
    "busy": "wait = lambda: [None for _ in iter(int, 1)]",
    # Whoever spawns sleeps in the kernel, state D, until the child has opened its files.
    "kernel": """
import ctypes, os
libc, actions = ctypes.CDLL(None), ctypes.create_string_buffer(256)
libc.posix_spawn_file_actions_init(actions)
libc.posix_spawn_file_actions_addopen(actions, 0, sys.argv[1].encode(), os.O_RDONLY, 0)
words = (ctypes.c_char_p * 2)(b"true", None)
wait = lambda: libc.posix_spawnp(None, b"true", actions, None, words, None)
""",
}
_PROGRAM = """
import socket, sys, threading
{setup}
threading.Thread(target=wait, daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
"""

Start = Callable[..., int]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start programs with a thread that waits in some way; return the process id."""
    started: list[subprocess.Popen[bytes]] = []

    def program(name: str, *arguments: str) -> int:
        code = _PROGRAM.format(setup=PROGRAMS[name])
        command = [sys.executable, "-c", code, *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        return process.pid

    yield program
    for process in started:
        process.kill()
        process.communicate()


def seen(pid: int, *between: int, within: float = 3.0) -> Picture | None:
    """Look until the process has come to rest, for at most so many seconds."""
    deadline = monotonic() + within
    while monotonic() < deadline:
        if picture := at_rest(pid, *between):
            return picture
    return None


NEVER = 0.5
"""Seconds in which it is looked for some thousand times."""
VISIBLE = Path("/proc/self/task").exists()


@pytest.mark.parametrize(
    ("name", "locks", "for_a_time"),
    [("lock", 1, 0), ("timed", 0, 1), ("asleep", 0, 1), ("socket", 0, 0)],
)
def test_only_a_wait_without_end_is_one_for_a_lock(
    start: Start, name: str, locks: int, for_a_time: int
) -> None:
    pid = start(name)
    picture = seen(pid)
    if not VISIBLE:
        assert picture is None
        return
    assert picture
    assert len(picture.threads) == 2
    assert len(picture.waiting_for_locks()) == locks
    assert len(picture.sleeping_for_a_time()) == for_a_time
    assert pid in picture.others()


def test_a_process_that_computes_is_never_at_rest(start: Start) -> None:
    assert seen(start("busy"), within=NEVER) is None


def test_who_sleeps_in_the_kernel_goes_on_with_nobodys_help(start: Start, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    pid = start("kernel", str(fifo))
    picture = seen(pid, within=NEVER)
    let_go(fifo)
    assert picture is None
    assert bool(seen(pid)) is VISIBLE


def let_go(fifo: Path) -> None:
    """Open it for whoever waits to read, once they do."""
    while True:
        with suppress(OSError):
            os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
            return


def test_a_process_that_is_stopped_proves_nothing(start: Start) -> None:
    pid = start("lock")
    assert bool(seen(pid)) is VISIBLE
    os.kill(pid, signal.SIGSTOP)
    assert seen(pid, within=NEVER) is None
    os.kill(pid, signal.SIGCONT)
    assert bool(seen(pid)) is VISIBLE


def test_a_process_that_is_gone_proves_nothing() -> None:
    assert at_rest(2**22 + 1) is None


def test_who_carries_its_bytes_has_to_rest_too(start: Start) -> None:
    pid, carries, computes = start("lock"), start("socket"), start("busy")
    if not VISIBLE:
        return
    assert seen(pid, carries) == seen(pid)
    assert seen(pid, computes, within=NEVER) is None
    assert seen(pid, 2**22 + 1, within=NEVER) is None


def made(server: EmbeddedServer, name: str, tables: str) -> Database:
    """Make a database whose tables are made anew, for all to write to."""
    database = Database(server.create(name), server.url(name))
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.execute(tables.encode())
        connection.execute("GRANT ALL ON SCHEMA public TO PUBLIC")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC")
    return database


CONNECTS_ANEW = """
import os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answered()

    def do_POST(self):
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            connection.execute("UPDATE counter SET n = n + 1")
        self.answered()

    def answered(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

threading.Thread(target=threading.Event().wait, daemon=True).start()
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_who_connects_anew_in_a_thread_of_their_connection_does_not_wait_inside(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    database = made(server, "connects_anew", "CREATE TABLE counter AS SELECT 0 AS n")
    command = (sys.executable, "-c", CONNECTS_ANEW, "{port}")
    application = Application(command, "DATABASE_URL", shared=True)
    facts = {"n": "SELECT n FROM counter"}
    before = ["UPDATE counter SET n = 0"]
    race = Race("counted", application, [Request("/")] * 2, before, facts, in_order=True, warm=1)
    with Explorer(database, tmp_path) as explorer:
        found = explorer.explore(race)
    assert found.exhausted, found.inconclusive
    assert {outcome.facts["n"] for outcome in found.outcomes} == {2}


ASKS_ANOTHER = """
import os, queue, socket, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg

log = queue.Queue()  # as of logging.handlers.QueueListener
threading.Thread(target=lambda: [log.get() for _ in iter(int, 1)], daemon=True).start()
writer, reader = (psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) for _ in range(2))

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        log.put(words)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        if self.path == "/writes":
            self.send_header("Connection", "close")
        self.end_headers()

    def do_POST(self):
        if self.path == "/writes":
            writer.execute("UPDATE pair SET v = 1")
            with socket.create_connection(("127.0.0.1", int(os.environ["OTHER"]))) as other:
                other.recv(1)
            writer.execute("UPDATE pair SET w = 1")
        else:
            v = reader.execute("SELECT v FROM pair").fetchone()[0]
            w = reader.execute("SELECT w FROM pair").fetchone()[0]
            reader.execute("UPDATE seen SET told = %s", [f"{v}{w}"])
        self.do_GET()

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class Slow(socketserver.BaseRequestHandler):
    """Another server, which takes its time."""

    def handle(self) -> None:
        """Answer."""
        sleep(0.02)
        self.request.sendall(b"y")


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve it; return its port. However late it answers, nobody is taken to sleep meanwhile."""
    monkeypatch.setattr(inside, "A_WHILE", inf)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        yield str(other.server_address[1])
        other.shutdown()


def test_who_asks_another_server_does_not_wait_inside(
    server: EmbeddedServer, tmp_path: Path, other: str
) -> None:
    tables = "CREATE TABLE pair AS SELECT 0 AS v, 0 AS w; CREATE TABLE seen AS SELECT '' AS told"
    database = made(server, "asks_another", tables)
    command = (sys.executable, "-c", ASKS_ANOTHER, "{port}")
    application = Application(command, "DATABASE_URL", shared=True, env=(("OTHER", other),))
    facts = {"told": "SELECT told FROM seen"}
    before = ["UPDATE pair SET v = 0, w = 0", "UPDATE seen SET told = ''"]
    requests = [Request("/writes"), Request("/reads")]
    race = Race("read in between", application, requests, before, facts, warm=2)
    with Explorer(database, tmp_path) as explorer:
        found = explorer.explore(race)
    assert found.exhausted, found.inconclusive
    # To begin and two statements, to begin and three.
    assert found.schedules == comb(7, 3)
    assert {outcome.facts["told"] for outcome in found.outcomes} == {"00", "01", "10", "11"}


SPEAKS_AGAIN = """
import asyncio, os, sys, threading
import psycopg

first, second, third = (
    psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) for _ in range(3)
)
lock = threading.Lock()

def late(answered):
    first.execute("SELECT v FROM pair")
    with lock:
        answered()
        first.execute("UPDATE pair SET v = 1")

def after(answered):
    first.execute("SELECT v FROM pair")
    answered()
    with lock:
        pass

def locks():
    second.execute("SELECT v FROM pair")
    with lock:
        second.execute("UPDATE pair SET w = 1")

async def asks():
    await beside(lambda: third.execute("SELECT v FROM pair"))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(os.environ["OTHER"]))
    await reader.read()
    writer.close()
    await beside(lambda: third.execute("SELECT w FROM pair"))

async def beside(work):
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    threading.Thread(target=lambda: [work(), loop.call_soon_threadsafe(over.set)]).start()
    await over.wait()

async def served(reader, writer):
    loop = asyncio.get_running_loop()
    def answer():
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
    def answered():
        sent = threading.Event()
        loop.call_soon_threadsafe(lambda: [answer(), sent.set()])
        sent.wait()
    while path := (await reader.readuntil(b"\\r\\n\\r\\n")).split()[1]:
        if path in (b"/late", b"/after"):
            work = late if path == b"/late" else after
            threading.Thread(target=work, args=[answered]).start()
        else:
            if path == b"/locks":
                await beside(locks)
            elif path == b"/asks":
                await asks()
            answer()

async def serve():
    async with await asyncio.start_server(served, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()

asyncio.run(serve())
"""


def made_pair(server: EmbeddedServer) -> Database:
    """Make the database of `SPEAKS_AGAIN`."""
    return made(server, "speaks_again", "CREATE TABLE pair AS SELECT 0 AS v, 0 AS w")


def replayed(database: Database, folder: Path, other: str, first: str, schedule: str) -> Run:
    """Run a schedule of `SPEAKS_AGAIN`: of some request, one that locks, and one that asks."""
    command = (sys.executable, "-c", SPEAKS_AGAIN, "{port}")
    application = Application(command, "DATABASE_URL", shared=True, env=(("OTHER", other),))
    requests = [Request(path) for path in (first, "/locks", "/asks")]
    race = Race("of three", application, requests, in_order=True, warm=2)
    with Explorer(database, folder) as explorer:
        return explorer.replay(race, Schedule.parse(schedule))[0]


@pytest.mark.skipif(not VISIBLE, reason="this system does not tell what threads do")
def test_who_has_answered_and_speaks_again_is_none_of_those_who_wait_inside(
    server: EmbeddedServer, tmp_path: Path, other: str
) -> None:
    # A has answered, and has the lock that B waits for; C asks the other server meanwhile.
    run = replayed(made_pair(server), tmp_path, other, "/late", "^A^B^CABCCAB")
    assert run.choices[6].inside == (1,)
    assert run.choices[6].enabled == (0, 2)


@pytest.mark.skipif(not VISIBLE, reason="this system does not tell what threads do")
@pytest.mark.parametrize("rest", ["BC", "CB"])
def test_who_has_answered_and_waits_for_a_lock_then_stands_for_nobody(
    server: EmbeddedServer, tmp_path: Path, other: str, rest: str
) -> None:
    # A has answered, and waits for the lock that B has; C asks the other server meanwhile.
    run = replayed(made_pair(server), tmp_path, other, "/after", f"^A^B^CBAC{rest}")
    assert run.choices[6].inside == ()
    assert run.choices[6].enabled == (1, 2)
