"""Applications that are forked from a process which has imported what they need."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psutil
import pytest

from racewalk.errors import RacewalkError
from racewalk.targets.forked import Forked, ForkServer, ForkServers, Orders
from racewalk.targets.race import Application
from racewalk.targets.spawned import spawn

TELLS = """
import json, os, random, socket, sys, time
here = socket.socket(fileno=int(sys.argv[1])) if len(sys.argv) > 1 else None
sys.stdout.write(json.dumps({
    "name": __name__, "arguments": sys.argv[1:], "folder": os.getcwd(), "env": dict(os.environ),
    "drawn": random.random(), "imported": "decimal" in sys.modules, "pid": os.getpid(),
    "port": here and here.getsockname()[1], "stdin": sys.stdin.read(),
    "files": os.listdir("/dev/fd"),
}) + "\\n")  # in one go: another may write into the same file
sys.stdout.flush()
time.sleep(60)
"""

MANY = 1024
"""Files from which on select() can't look at one."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ForkServer]:
    """Keep a process that has imported a module."""
    (tmp_path / "tells.py").write_text(TELLS)
    (tmp_path / "ends.py").write_text("raise SystemExit('no such shop')")
    (tmp_path / "fails.py").write_text("import nothing_of_this_name")
    server = ForkServer(["decimal"], tmp_path, tmp_path / "imports.log")
    yield server
    server.close()


def start(
    server: ForkServer, folder: Path, module: str, *words: str, listener: int | None = None
) -> Forked:
    return ask(server.orders, folder, module, *words, listener=listener)


def ask(
    orders: Orders, folder: Path, module: str, *words: str, listener: int | None = None
) -> Forked:
    with (folder / f"{module}.log").open("ab") as log:
        command = [sys.executable, "-m", module, *words]
        env = {"A": "1", "FD": "{fd}"}
        return orders.start(command, env, folder, log.fileno(), listener)


def until(holds: Callable[[], Any]) -> Any:
    """Wait until something is so, for ten seconds at most."""
    deadline = monotonic() + 10
    while not (found := holds()):
        assert monotonic() < deadline
        sleep(0.01)
    return found


def told(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "tells.log").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_it_is_run_as_a_module_of_its_own_environment(server: ForkServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        started = start(server, tmp_path, "tells", "{fd}", listener=listener.fileno())
        (found,) = until(lambda: told(tmp_path))
    (place,) = found["arguments"]
    assert found["env"] == {"A": "1", "FD": place}
    assert (found["name"], found["folder"]) == ("__main__", str(tmp_path))
    assert (found["port"], found["imported"], found["stdin"]) == (port, True, "")
    assert started.poll() is None
    started.stop()
    until(lambda: not psutil.pid_exists(found["pid"]))


def test_two_starts_share_no_file_and_draw_other_numbers(
    server: ForkServer, tmp_path: Path
) -> None:
    started = [start(server, tmp_path, "tells") for _ in range(2)]
    one, other = until(lambda: len(found := told(tmp_path)) == 2 and found)
    assert one["drawn"] != other["drawn"]
    assert len(one["files"]) == len(other["files"]) == 4  # its three, and the folder's own
    for each in started:
        each.stop()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are told on Linux alone")
def test_who_shares_it_has_its_own_cores(server: ForkServer, tmp_path: Path) -> None:
    other = Orders(server.orders.shared(), server.orders.log)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        pinned = ask(other, tmp_path, "tells")
    finally:
        os.sched_setaffinity(0, cores)
    (found,) = until(lambda: told(tmp_path))
    assert os.sched_getaffinity(found["pid"]) == {min(cores)}
    pinned.stop()


@pytest.mark.parametrize("amid_an_order", [False, True])
def test_who_shares_it_may_leave(server: ForkServer, tmp_path: Path, amid_an_order: bool) -> None:
    other = server.orders.shared()
    if amid_an_order:
        other.sendall((100).to_bytes(4, "big"))
    other.close()
    start(server, tmp_path, "tells").stop()


@pytest.mark.parametrize(
    ("module", "says"), [("ends", "no such shop"), ("fails", "No module named")]
)
def test_one_that_ends_is_seen_to(
    server: ForkServer, tmp_path: Path, module: str, says: str
) -> None:
    started = start(server, tmp_path, module)
    until(lambda: started.poll() is not None)
    assert says in (tmp_path / f"{module}.log").read_text()
    started.stop()


def test_it_is_seen_to_end_by_whoever_has_many_files(server: ForkServer, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MANY + 100
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    with ExitStack() as files:
        files.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        while files.enter_context(Path(os.devnull).open()).fileno() < MANY:
            pass
        started = start(server, tmp_path, "tells")
        until(lambda: told(tmp_path))
        assert started.poll() is None
        os.killpg(started.pid, signal.SIGKILL)
        until(lambda: started.poll() is not None)
        started.stop()


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    (tmp_path / "tells.py").write_text(TELLS)
    holder = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from racewalk.targets.forked import ForkServer
        folder = Path({str(tmp_path)!r})
        server = ForkServer(["decimal"], folder, folder / "imports.log")
        log = (folder / "tells.log").open("wb")
        server.orders.start([sys.executable, "-m", "tells"], {{}}, folder, log.fileno(), None)
        time.sleep(60)
    """)
    process = subprocess.Popen([sys.executable, "-c", holder])
    (found,) = until(lambda: (tmp_path / "tells.log").exists() and told(tmp_path))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not psutil.pid_exists(found["pid"]))


def test_what_lies_in_the_folder_is_imported_from_there(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("")  # which is installed, too
    (tmp_path / "where.py").write_text("import click\nprint(click.__file__)")
    server = ForkServer(["click"], tmp_path, tmp_path / "imports.log")
    start(server, tmp_path, "where")
    log = tmp_path / "where.log"
    assert until(log.read_text).strip() == str(tmp_path / "click.py")
    server.close()


def test_a_module_that_is_not_there_is_told_with_its_log(tmp_path: Path) -> None:
    server = ForkServer(["nothing_of_this_name"], tmp_path, tmp_path / "imports.log")
    with pytest.raises(RacewalkError, match=r"imports\.log"):
        start(server, tmp_path, "tells")
    server.close()


def test_what_is_printed_by_what_is_imported_is_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    (tmp_path / "prints.py").write_text("print('told while it is imported')")
    server = ForkServer(["prints"], tmp_path, tmp_path / "imports.log")
    server.close()
    assert (tmp_path / "imports.log").read_text() == "told while it is imported\n"


def test_only_a_python_that_says_what_it_imports_is_forked(tmp_path: Path) -> None:
    servers = ForkServers(tmp_path)
    module = (sys.executable, "-m", "tells")
    assert servers.starter(Application(module, "DB")) is spawn
    assert servers.starter(Application(("tells",), "DB", imports=("decimal",))) is spawn
    assert servers.starter(Application(module, "DB", imports=("decimal",))) is not spawn
    servers.close()


def test_this_python_is_known_by_another_way_to_it(tmp_path: Path) -> None:
    python = Path(sys.executable)
    around = str(python.parent / ".." / python.parent.name / python.name)
    commands = [(around, "-m", "json.tool"), (around, "json.tool"), ("/bin/sh", "-m", "json.tool")]
    with ForkServers(tmp_path) as forks:
        found = [
            forks.orders(Application(command, "DATABASE_URL", imports=("json",))) is not None
            for command in commands
        ]
    assert found == [True, False, False]
