"""A database of one's own: a server, a template that the set-up fills, a copy for each lane.

Without a URL it is an embedded server; with one, databases are made beside the one that it names,
and dropped in the end. That one is never touched.
"""

from __future__ import annotations

import importlib.util
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from racewalk.applications import Database
from racewalk.errors import RacewalkError, ScenarioError
from racewalk.lanes.worker import Setting
from racewalk.scenario.file import Scenario
from racewalk.scenario.races import SERVERS, application_of
from racewalk.scenario.setup import OnPhase, check, set_up
from racewalk.scenario.words import Written
from racewalk.server import embedded
from racewalk.server.names import locked

FOLDER: Final = ".racewalk"
"""Folder beside a scenario for all that is kept."""
_SLOTS: Final = range(1, 65)
_NEEDED: Final = (
    "deadlock_timeout",
    "log_lock_waits",
    "lc_messages",
    "log_min_messages",
    "session_replication_role",
)
_RIGHTS: Final = """
SELECT rolname, rolsuper, rolsuper OR rolcreatedb, current_setting('server_version_num')::int
FROM pg_roles WHERE rolname = current_user
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server on which databases may be made.

    Attributes:
        admin: URL for whoever makes them, and may change their settings.
        role: URL for the application's role, whatever database it names.
        names: what their names begin with.
    """

    admin: str
    role: str
    names: str

    @property
    def version(self) -> str:
        """Its version, such as '18.1'."""
        with psycopg.connect(self.admin) as connection:
            return str(connection.execute("SHOW server_version").fetchone()[0]).split()[0]  # type: ignore[index]

    def database(self, name: str) -> Database:
        """Return a database of this server."""
        return Database(_of(self.role, self.names + name), _of(self.admin, self.names + name))


@contextmanager
def provided(
    scenario: Scenario,
    races: Sequence[Written],
    lanes: int,
    on_phase: OnPhase = lambda _phase: None,
) -> Iterator[tuple[Server, list[Setting]]]:
    """Yield a server, and what each lane lives on there: the set-up was run, the races fit.

    Args:
        scenario: whose.
        races: of it, to be checked against what the set-up leaves.
        lanes: how many.
        on_phase: called with what is done next, such as 'Making the database'.

    Raises:
        ScenarioError: there is no server, of the database or of the application; the set-up fails;
            or a race does not fit.
    """
    _check_served(scenario)
    folder = kept(scenario)
    on_phase("Making the database")
    with _server(scenario, folder) as server:
        names = ["setup", *(f"lane_{number}" for number in range(lanes))]
        try:
            _make(server, names[0])
            set_up(
                scenario, application_of(scenario, 1), server.database(names[0]), folder, on_phase
            )
            check(server.database(names[0]), races)
            settings = []
            for number, name in enumerate(names[1:]):
                _make(server, name, template=names[0])
                logs = folder / f"lane-{number}"
                logs.mkdir(exist_ok=True)
                settings.append(Setting(server.database(name), logs))
            yield server, settings
        finally:
            _drop(server, names)


def _check_served(scenario: Scenario) -> None:
    """Refuse an application by path where the server that it needs is not installed."""
    for word, server in SERVERS.items():
        if getattr(scenario.content.app, word) and importlib.util.find_spec(server) is None:
            raise ScenarioError(
                f"app.{word} is served by {server}, which is not installed beside racewalk: "
                f"pip install {server}, or write app.command"
            )


def kept(scenario: Scenario) -> Path:
    """Return the folder for what is kept of a scenario, which no version control looks into."""
    folder = scenario.path.parent / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n")
    except OSError as error:
        raise ScenarioError(f"{folder} cannot be written to: {error.strerror}") from None
    return folder


@contextmanager
def _server(scenario: Scenario, folder: Path) -> Iterator[Server]:
    url = scenario.content.database.url
    if url:
        yield _given(url)
        return
    with _slot(folder) as name:
        try:
            started = embedded.start(folder, name)
        except RacewalkError as error:
            raise ScenarioError(f"{error}, or set [database] url") from None
        try:
            role = started.create("racewalk")
            yield Server(started.url(), role, "racewalk_")
        finally:
            started.stop()


@contextmanager
def _slot(folder: Path) -> Iterator[str]:
    """Yield the name of a server that no other run in this folder uses."""
    for number in _SLOTS:
        with locked(folder / f"server-{number}.lock") as is_ours:
            if is_ours:
                yield f"server-{number}"
                return
    raise ScenarioError(f"{len(_SLOTS)} runs are under way in {folder}: wait for the end of one")


def _given(url: str) -> Server:
    """Return the server of a URL, once it is known that all can be done there that must be."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ScenarioError("database.url: expected postgresql://user:password@host:port/name")
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            row = connection.execute(_RIGHTS).fetchone()
            role, is_superuser, creates, version = row or ("", False, False, 0)
            if not creates:
                raise ScenarioError(
                    f"database.url: the role {role!r} may make no database beside: "
                    f"ALTER ROLE {role} CREATEDB"
                )
            missing = [] if is_superuser else list(_NEEDED)
            if missing and version >= 150000:
                asked = "SELECT has_parameter_privilege(%s, 'SET')"
                missing = [
                    each
                    for each in missing
                    if not (connection.execute(asked, (each,)).fetchone() or (False,))[0]
                ]
            reads = "SELECT pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')"
            if not missing and connection.execute(reads).fetchone() != (True,):
                raise ScenarioError(
                    f"database.url: the role {role!r} may not read where the server is: use a "
                    f"superuser, or GRANT pg_read_all_settings TO {role}"
                )
            if missing:
                raise ScenarioError(
                    f"database.url: the role {role!r} may not set {', '.join(missing)}: use a "
                    f"superuser, or GRANT SET ON PARAMETER {', '.join(missing)} TO {role}"
                )
    except psycopg.OperationalError as error:
        told = " ".join(str(error).split())
        raise ScenarioError(f"database.url: no database answers there: {told}") from None
    return Server(url, url, f"racewalk_{secrets.token_hex(4)}_")


def _make(server: Server, name: str, template: str = "template1") -> None:
    role = urlsplit(server.role).username or ""
    source = template if template == "template1" else server.names + template
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
        *map(sql.Identifier, (server.names + name, source, role))
    )
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(_dropping(server, name))
        connection.execute(make)


def _drop(server: Server, names: Sequence[str]) -> None:
    with (
        suppress(psycopg.Error),
        psycopg.connect(server.admin, autocommit=True) as connection,
    ):
        for name in names:
            connection.execute(_dropping(server, name))


def _dropping(server: Server, name: str) -> sql.Composed:
    named = sql.Identifier(server.names + name)
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named)


def _of(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
