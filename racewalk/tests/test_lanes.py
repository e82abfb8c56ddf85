"""Lanes: who forks their applications, in which order races come back, and a lane that ends."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing import Pipe, active_children, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from pickle import PicklingError
from threading import Event, Thread
from time import monotonic, sleep
from typing import cast

import psycopg
import pytest

from racewalk import (
    Application,
    Budget,
    Database,
    Pool,
    Race,
    RacewalkError,
    Request,
    Session,
    Setting,
)
from racewalk.lanes import ahead
from racewalk.lanes.pool import _Worker
from racewalk.lanes.worker import Job
from racewalk.server import embedded
from racewalk.server.embedded import EmbeddedServer

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
COUNTS = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
import psycopg

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path != "/form":
            self.answered()
        elif self.is_known():
            self.answered(page=b"<form method=post action=/></form>")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/login":
            with Path("logged_in").open("a") as file:
                file.write("once ")
            return self.answered(headers={"Set-Cookie": f"key={os.environ.get('KEY', '')}"})
        if self.is_known():
            connection.execute("UPDATE counter SET n = n + 1")
            self.answered()

    def is_known(self):
        key, known = os.environ.get("KEY", ""), self.headers.get("Cookie", "")
        if key and f"key={key}" not in known:
            connection.execute("UPDATE counter SET n = n")  # notes that somebody came
            refusal = os.environ["REFUSAL"]
            to = {"Location": "/login/?next=/"} if refusal == "303" else {}
            self.answered(int(refusal), to, b"<form method=post><input name=user></form>")
            return False
        return True

    def answered(self, status=200, headers={}, page=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(page)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

leash = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()
with Path("forked_from").open("a") as file:
    file.write(leash[1] + "\\n")
Path("told").write_text(os.environ.get("TELLS", ""))
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def lanes(server: EmbeddedServer, folder: Path, count: int) -> list[Setting]:
    found = []
    for number in range(count):
        name = f"counted_{number}"
        url = server.create(name)
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS counter")
            connection.execute("CREATE TABLE counter (n integer)")
            connection.execute("INSERT INTO counter VALUES (0)")
            connection.execute("GRANT ALL ON counter TO PUBLIC")
        (folder / name).mkdir()
        found.append(Setting(Database(url, server.url(name)), folder / name))
    return found


def counting(folder: Path, imports: tuple[str, ...]) -> Race:
    (folder / "counts.py").write_text(COUNTS)
    command = (sys.executable, "-m", "counts", "{port}")
    application = Application(command, "DATABASE_URL", directory=folder, imports=imports)
    asked = [Request("/", body=b"once"), Request("/", body=b"once")]
    facts = {"n": "SELECT n FROM counter"}
    return Race("count", application, asked, ["UPDATE counter SET n = 0"], facts, warm=1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="who forked whom is read in /proc")
def test_all_lanes_have_their_applications_forked_from_one_process(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    race = counting(tmp_path, ("psycopg",))
    races = [replace(race, name=str(number)) for number in range(12)]
    decided: list[int] = []
    with Pool(lanes(server, tmp_path, 2)) as pool:
        found = list(pool.explore(races, Budget(30), decided=lambda each, _: decided.append(each)))
    assert sorted(decided) == list(range(12))
    assert [each.exhausted for each in found] == [True] * 12, found[0].inconclusive
    forked_from = (tmp_path / "forked_from").read_text().split()
    assert len(forked_from) == 4, "two processes for each lane"
    assert len({*forked_from}) == 1
    assert str(os.getpid()) not in forked_from


@pytest.mark.parametrize(("logins", "times"), [("", 2), ("one key", 1)])
def test_a_log_in_is_asked_for_once_where_it_holds_elsewhere(
    server: EmbeddedServer, tmp_path: Path, logins: str, times: int
) -> None:
    race = counting(tmp_path, ())
    request = replace(race.requests[0], session=Session("alice", "/login", body=b"{}"))
    races = [
        replace(
            race,
            application=replace(race.application, logins=logins, env=(("WHICH", which),)),
            requests=[request, request],
        )
        for which in ("first", "second")
    ]
    with Pool(lanes(server, tmp_path, 1)) as pool:
        found = list(pool.explore(races, Budget(30)))
    assert [each.exhausted for each in found] == [True] * 2, found[0].inconclusive
    assert (tmp_path / "logged_in").read_text().split() == ["once"] * times


@pytest.mark.parametrize("refusal", ["401", "404", "303", "200"])
@pytest.mark.parametrize("page", ["", "/form"])
def test_where_a_log_in_does_not_hold_another_is_asked_for(
    server: EmbeddedServer, tmp_path: Path, refusal: str, page: str
) -> None:
    race = counting(tmp_path, ())
    session = Session("alice", "/login", (("user", "alice"),))
    request = replace(race.requests[0], session=session, page=page)
    if page:
        request = replace(request, body=b"")
    races = [
        replace(
            race,
            application=replace(
                race.application, logins="one key", env=(("KEY", key), ("REFUSAL", refusal))
            ),
            requests=[request, request],
        )
        for key in ("first", "second")
    ]
    with Pool(lanes(server, tmp_path, 1)) as pool:
        found = list(pool.explore(races, Budget(30)))
    assert [each.exhausted for each in found] == [True] * 2, found[1].inconclusive
    assert [{end.facts["n"] for end in each.outcomes} for each in found] == [{2}, {2}]
    assert (tmp_path / "logged_in").read_text().split() == ["once"] * 2


def test_what_takes_longest_is_begun_first_then_what_knows_its_log_ins(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    ends_at_once = Application((sys.executable, "-c", ""), "DATABASE_URL")
    stranger = Race("any", ends_at_once, [Request("/"), Request("/")])
    race = replace(stranger, application=replace(ends_at_once, logins="one key"))
    in_one_process = replace(race, application=replace(race.application, shared=True))
    decided: list[int] = []
    with Pool(lanes(server, tmp_path, 1)) as pool:
        races = [stranger, in_one_process, race, stranger]
        list(pool.explore(races, Budget(30), decided=lambda each, _: decided.append(each)))
    assert decided == [1, 2, 0, 3]


def test_what_cannot_be_imported_is_told_of_the_race_with_its_log(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    race = counting(tmp_path, ("nothing_of_this_name",))
    with Pool(lanes(server, tmp_path, 1)) as pool:
        (found,) = pool.explore([race], Budget(30))
    assert "imports-" in str(found.inconclusive)


def test_a_lane_without_a_database_is_told(tmp_path: Path) -> None:
    application = Application(("python",), "DATABASE_URL")
    race = Race("any", application, [Request("/"), Request("/")])
    lane = Setting(Database(NOWHERE, NOWHERE), tmp_path)
    with Pool([lane]) as pool, pytest.raises(RacewalkError, match=r"a lane ended: its log is in "):
        list(pool.explore([race], Budget(5)))
    assert "Traceback" in (tmp_path / "lane.log").read_text()


@pytest.mark.parametrize(("at_work", "told"), [(True, []), (False, [0, 1])])
def test_a_lane_at_work_is_not_told_of_what_another_may_start_sooner(
    at_work: bool, told: list[int]
) -> None:
    strange = Application(("server",), "DATABASE_URL", shared=True)
    race = Race("any", strange, [Request("/"), Request("/")])
    jobs = [Job(replace(race, name=str(number)), Budget()) for number in range(9)]
    ours, theirs = Pipe()
    lane = _Worker(cast("BaseProcess", None), ours, cast("Setting", None))
    lane.races.extend([-1] * at_work)
    pool = Pool.__new__(Pool)
    pool._workers = [lane]
    pool._assign(lane, jobs, list(range(len(jobs))))
    ours.close()
    found = list[int]()
    while theirs.poll():
        try:
            found.append(jobs.index(theirs.recv()))
        except EOFError:
            break
    assert found == told


def test_an_application_of_a_lane_has_the_environment_of_who_asks_for_it(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    race = counting(tmp_path, ())
    found = []
    for value in ("first", "second"):
        monkeypatch.setenv("TELLS", value)
        (tmp_path / value).mkdir()
        with Pool(lanes(server, tmp_path / value, 1)) as pool:
            list(pool.explore([race], Budget(30)))
        found.append((tmp_path / "told").read_text())
    assert found == ["first", "second"]


def test_a_lane_is_no_fork_of_a_process_in_which_another_thread_runs() -> None:
    done = Event()
    thread = Thread(target=done.wait)
    thread.start()
    try:
        assert ahead._context().get_start_method() == "spawn"
    finally:
        done.set()
        thread.join()


FORKED = pytest.mark.skipif(sys.platform != "linux", reason="no lane is forked on macOS")


@pytest.mark.parametrize("context", [pytest.param("fork", marks=FORKED), "spawn"])
def test_a_pool_ends_while_a_later_one_lives(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, context: str
) -> None:
    monkeypatch.setattr(ahead, "_context", lambda: get_context(context))
    race = counting(tmp_path, ())
    settings = lanes(server, tmp_path, 2)
    with Pool(settings[1:]) as later:
        with Pool.ahead(1, tmp_path) as make_pool, Pool.ahead(1, tmp_path):
            (first,) = make_pool(settings[:1]).explore([race], Budget(30))
        (found,) = later.explore([race], Budget(30))
    assert first.exhausted
    assert found.exhausted


def ends_before(later: Sequence[ahead.Begun], end: Callable[[], object]) -> bool:
    """Whether something ends while these lanes live, which are ended afterwards."""
    ending = Thread(target=end, daemon=True)
    ending.start()
    ending.join(20)
    has_ended = not ending.is_alive()
    ahead.end(later)
    ending.join()
    return has_ended


@FORKED
def test_what_applications_are_forked_from_ends_while_a_later_lane_lives(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_context", lambda: get_context("fork"))
    pool = Pool(lanes(server, tmp_path, 1))
    (found,) = pool.explore([counting(tmp_path, ("json",))], Budget(30))
    assert ends_before(ahead.begin(1), pool.close)
    assert found.exhausted


@FORKED
def test_a_server_of_a_pool_s_own_ends_while_a_later_lane_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_context", lambda: get_context("fork"))
    own = embedded.start(Path(__file__).parents[1] / ".racewalk", "of-a-pool")
    with Pool(lanes(own, tmp_path, 1)) as pool:
        (found,) = pool.explore([counting(tmp_path, ())], Budget(30))
        later = ahead.begin(1)
    assert ends_before(later, own.stop)
    assert found.exhausted


@FORKED
def test_signals_of_a_lane_do_not_wake_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_context", lambda: get_context("fork"))
    ours, woken = socket.socketpair()
    with ours, woken:
        for each in (ours, woken):
            each.setblocking(False)
        # A handler of ours would be the lane's until it has its own.
        handler = signal.signal(signal.SIGTERM, signal.SIG_DFL)
        before = signal.set_wakeup_fd(woken.fileno())
        try:
            (lane,) = ahead.begin(1)
        finally:
            signal.set_wakeup_fd(before)
            signal.signal(signal.SIGTERM, handler)
        deadline = monotonic() + 10
        while not handles(lane.process.pid, signal.SIGTERM):
            assert monotonic() < deadline
            sleep(0.01)
        lane.process.terminate()
        lane.process.join(10)  # before it is told to end, which it might take first
        ahead.end([lane])
        assert lane.process.exitcode == 1
        with pytest.raises(BlockingIOError):
            ours.recv(1)


def handles(pid: int | None, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (handled,) = (line.split()[1] for line in lines if line.startswith("SigCgt:"))
    return bool(int(handled, 16) >> (number - 1) & 1)


def test_a_pool_that_cannot_be_made_leaves_no_lane(tmp_path: Path) -> None:
    before = active_children()
    not_to_be_sent = cast("int", lambda: 0)
    with pytest.raises((AttributeError, PicklingError)):
        Pool([Setting(Database(NOWHERE, NOWHERE), tmp_path, not_to_be_sent)])
    assert active_children() == before
