"""What cannot be explored is told in one line that names the cure; nothing is left or changed."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final

import psutil
import psycopg
import pytest
from click.testing import CliRunner

from racewalk.cli import main
from racewalk.errors import RacewalkError, ScenarioError
from racewalk.scenario.file import load
from racewalk.scenario.provide import provided
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets import Instance, process
from racewalk.targets.race import Application
from support.scenarios import Ran, racewalk, shop

MARK: Final = "RACEWALK_STARTED_BY"
"""A variable that whatever a run starts inherits, also where nobody is its parent any more."""
_ENDS_WITHIN: Final = 5.0
_TOLD_WITHIN: Final = 60.0
TROUBLE = 'command = "python {apps}/troubles.py {kind} {{port}}"'


@pytest.fixture
def run(tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run the shop's scenario with something changed; nothing may be left of it."""
    monkeypatch.setenv(MARK, str(tmp_path))

    def changed(*changes: tuple[str, str], served: str = 'wsgi = "drivers:app"') -> Ran:
        file = tmp_path / "racewalk.toml"
        text = shop(server.url(), served=served)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text)
        with psycopg.connect(server.url()) as connection:
            before = connection.execute("SELECT count(*) FROM pg_database").fetchone()
            ran = racewalk("run", file, "--race", "sold once", "--lanes", "1")
            assert connection.execute("SELECT count(*) FROM pg_database").fetchone() == before
        left = {each.pid: each.cmdline() for each in marked(str(tmp_path))}
        assert not left, left
        assert "Traceback" not in ran.err
        return ran

    return changed


def marked(value: str) -> list[psutil.Process]:
    """Return what was started with the mark, by whomever, and still runs in a while."""
    deadline = time.monotonic() + _ENDS_WITHIN
    while (found := list(_marked(value))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _marked(value: str) -> Iterator[psutil.Process]:
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            if each.environ().get(MARK) == value and each.status() != psutil.STATUS_ZOMBIE:
                yield each


def line(ran: Ran) -> str:
    """Return what was said of it: a line of its own on standard error, or beside the race."""
    if ran.code == 2:
        assert len(ran.err.strip().splitlines()) == 1, ran.err
        return ran.err
    told = [each for each in ran.out.splitlines() if each.startswith("sold once: ")]
    return "\n".join([*told, ran.err])


def trouble(kind: str) -> str:
    from support.scenarios import APPS

    return TROUBLE.format(apps=APPS, kind=kind)


SERVED = {
    "ends": (3, "did not start: it ended: ModuleNotFoundError: No module named 'nowhere'"),
    "deaf": (3, "the application did not start: it ended"),
    "broken": (3, "answers 500 at /"),
    "elsewhere": (3, "no statement of the application came through the proxy: does it read "),
    "workers": (3, "the application answers from 3 processes: have it start one"),
    "late": (3, "the application answers from 2 processes: have it start one"),
    "restless": (3, "alone did not do the same twice"),
    "tls": (3, "the application asks for TLS"),
    "endless": (3, "an answer of the application exceeds 16 MiB; race a request whose answer ends"),
    "prints-on": (3, "the application has printed 512 MiB"),
    "endless-start": (0, ""),
}


@pytest.mark.acceptance
@pytest.mark.parametrize("kind", SERVED)
def test_an_application(run, kind: str) -> None:  # type: ignore[no-untyped-def]
    code, words = SERVED[kind]
    ran = run(served=trouble(kind))
    assert ran.code == code, (ran.out, ran.err)
    assert words in line(ran)


@pytest.fixture
def waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """Start an application that runs and never listens, and is given up soon."""
    monkeypatch.setattr(process, "_READY_WITHIN", 1.0)
    monkeypatch.setattr(process, "_ANSWERS_WITHIN", 0.2)
    code = "import threading; print('warming up', flush=True); threading.Event().wait()"
    yield from started(code, tmp_path)


def started(code: str, folder: Path) -> Iterator[Instance]:
    """Start Python code as an application, and yield it once it has printed 'warming up'."""
    application = Application((sys.executable, "-c", code, "{port}"), "DATABASE_URL", ready="/up")
    instance = Instance(application, "postgresql:///", folder / "log")
    deadline = time.monotonic() + _TOLD_WITHIN
    while b"warming up" not in instance.log.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.01)
    yield instance
    instance.stop()


HELD = {
    "never accepts": "threading.Event().wait()",
    "accepts and is silent": "held = [s.accept() for _ in iter(int, 1)]",
    "ends each connection": "[s.accept()[0].close() for _ in iter(int, 1)]",
}


@pytest.fixture(params=list(HELD.values()), ids=list(HELD))
def silent(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Instance]:
    """Start an application that listens and never answers, and is given up soon."""
    monkeypatch.setattr(process, "_READY_WITHIN", 0.5)
    monkeypatch.setattr(process, "_ANSWERS_WITHIN", 0.2)
    listen = "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))"
    code = f"import socket, sys, threading; {listen}; print('warming up', flush=True)\n"
    yield from started(code + request.param, tmp_path)


def test_an_application_that_listens_and_does_not_answer(silent: Instance) -> None:
    told = r"the application listens on 127\.0\.0\.1:\d+ and does not answer GET /up: warming up"
    with pytest.raises(RacewalkError, match=told):
        silent.wait_until_ready()


NOBODY = r"does not listen on 127\.0\.0\.1:.*: warming up"
SOMEBODY = r"another process listens on 127\.0\.0\.1:.* a child of its command: warming up"


def test_an_application_that_runs_and_does_not_listen(waits: Instance) -> None:
    with pytest.raises(RacewalkError, match=NOBODY):
        waits.wait_until_ready()


@pytest.mark.parametrize("status", [200, 500])
def test_who_answers_at_the_port_of_an_application_is_not_taken_for_it(
    waits: Instance, status: int
) -> None:
    answer = f"HTTP/1.1 {status} Any\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()

    def answers(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                with listener.accept()[0] as client:
                    client.recv(4096)
                    client.sendall(answer)

    with socket.create_server(("127.0.0.1", waits.port)) as another:
        Thread(target=answers, args=[another], daemon=True).start()
        with pytest.raises(RacewalkError, match=SOMEBODY):
            waits.wait_until_ready()
        another.shutdown(socket.SHUT_RDWR)


SAID = {
    "no SQL": (("SELECT min(n) >= 0 FROM stock", "SELEC"), 2, "syntax error at or near"),
    "no table": (("FROM stock", "FROM stok"), 2, 'relation "stok" does not exist'),
    "false": ((">= 0", ">= 5"), 2, "is false before anything has raced"),
    "a number": (("min(n) >= 0", "min(n)"), 2, "gives 1, where true or false is expected"),
    "rows": (("SELECT min(n) >= 0 FROM stock", "SELECT true, false"), 2, "1 row of 2 columns"),
    "setup": (('"stock.sql"', '"false"'), 2, "setup: 'false' ended with 1"),
    "no setup": (
        ('"stock.sql"', '"nonesuch x"'),
        2,
        "'nonesuch' cannot be started (No such file or directory): install it",
    ),
    "no table made": (
        ('"stock.sql"', '"true"'),
        2,
        "the set-up made no table in the database that DATABASE_URL names: does it go by",
    ),
    "empty": (
        ('setup = ["stock.sql"]', "setup = []"),
        2,
        "made no table in the database that DATABASE_URL names, and [database] setup is empty",
    ),
    "no page": (
        ('post = "/buy" }', 'post = "/bu" }'),
        3,
        "no statement of the application came through",
    ),
    "refused before all": (
        ('post = "/buy" }', 'post = "/lost" }'),
        3,
        "database_parts); A was answered 404, where any status",
    ),
    "a fault": (
        ('{ post = "/buy" }, { post = "/buy" }', '{ post = "/buy-fails" }, { post = "/buy" }'),
        3,
        "below 400 is expected (POST /buy-fails: 'Server Error'; KeyError: 'basket'; its log is ",
    ),
    "no such name": (
        ('wsgi = "drivers:app"', 'wsgi = "drivers:ap"'),
        3,
        "did not start: it ended: Failed to find attribute 'ap' in 'drivers'",
    ),
    "alone": (
        (
            '{ post = "/buy" }, { post = "/buy" }',
            '{ post = "/buy", alone = 302 }, { post = "/buy" }',
        ),
        3,
        "A was answered 201, where `alone` says 302",
    ),
}


@pytest.mark.acceptance
@pytest.mark.parametrize("kind", SAID)
def test_a_file(run, kind: str) -> None:  # type: ignore[no-untyped-def]
    change, code, words = SAID[kind]
    ran = run(change)
    assert ran.code == code, (ran.out, ran.err)
    assert words in line(ran)


@pytest.mark.acceptance
def test_a_server_that_does_not_answer_or_is_none(tmp_path: Path, server: EmbeddedServer) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop("postgresql://x@127.0.0.1:1/x"))
    ran = racewalk("run", file)
    assert (ran.code, "no database answers there" in ran.err) == (2, True)
    file.write_text(shop("mysql://x"))
    assert "expected postgresql://" in racewalk("run", file).err
    role = f"nobody_{os.getpid()}"
    file.write_text(shop(server.create(role)))
    ran = racewalk("run", file)
    assert ran.code == 2
    assert f"the role '{role}' may make no database beside: ALTER ROLE {role} CREATEDB" in ran.err
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {role} CREATEDB")
    ran = racewalk("run", file)
    assert "GRANT SET ON PARAMETER deadlock_timeout" in ran.err
    with psycopg.connect(server.url(), autocommit=True) as connection:
        names = "deadlock_timeout, log_lock_waits, lc_messages, log_min_messages"
        connection.execute(f"GRANT SET ON PARAMETER {names}, session_replication_role TO {role}")
    assert f"GRANT pg_read_all_settings TO {role}" in racewalk("run", file).err
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"GRANT pg_read_all_settings TO {role}")
    ran = racewalk("run", file)
    assert ran.code == 0, (ran.out, ran.err)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {role} NOCREATEDB")


@pytest.mark.parametrize(
    "words",
    [
        ("--lanes", "0"),
        ("--budget", "-1"),
        ("--requests", "1"),
        ("--nonesuch",),
        ("--json", "/nowhere/at/all"),
        ("--race", "x"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop("postgresql://nobody@127.0.0.1:1/nothing"))
    ran = CliRunner().invoke(main, ["run", str(file), *words])
    assert (ran.exit_code, type(ran.exception)) == (2, SystemExit)
    assert words[0] in ran.output or words[1] in ran.output
    assert "Traceback" not in ran.output


def test_a_server_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: EmbeddedServer
) -> None:
    file = tmp_path / "racewalk.toml"
    for served, package in (('wsgi = "a:b"', "gunicorn"), ('asgi = "a:b"', "uvicorn")):
        file.write_text(shop(server.url(), served=served))
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
        told = f"which is not installed beside racewalk: pip install {package}, or write app.comm"
        scenario = load(file)
        with pytest.raises(ScenarioError, match=told), provided(scenario, [], 1):
            pass
        assert not (tmp_path / ".racewalk").exists()
