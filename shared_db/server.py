"""The database of this run: DATABASE_URL where it is set, else the embedded server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shared_db import schema
from shared_db.database_url import named, require_readable
from shared_db.errors import LabError

if TYPE_CHECKING:
    from shared_db.embedded import EmbeddedServer


@dataclass(frozen=True)
class Database:
    """A database with the lab's schema and accounts in it.

    `admin_url` has a superuser's rights where the server is the embedded one, `server`.
    """

    url: str
    admin_url: str
    server: EmbeddedServer | None = None


@contextmanager
def database() -> Iterator[Database]:
    """Yield the database, ready for use; stop the embedded server afterwards.

    Raises:
        LabError: DATABASE_URL does not answer or is not the lab's, or no server starts.
    """
    url = os.environ.get("DATABASE_URL", "")
    if url:
        with connect(url) as connection:
            schema.load(connection, replace=False)
        yield Database(url, url)
        return
    from shared_db import embedded  # the images have a server beside them, and not what this needs

    server = embedded.start()
    try:
        with connect(server.url()) as connection:
            schema.load(connection, replace=True)
        yield Database(server.url(), server.url(superuser=True), server)
    finally:
        server.stop()


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to a database within 5 s, committing each statement.

    Raises:
        LabError: it is no URL, nothing answers there, or it refuses the login; the password is not
            repeated.
    """
    require_readable(url)
    try:
        return psycopg.connect(make_conninfo(url, connect_timeout=5), autocommit=True)
    except psycopg.OperationalError as error:
        raise LabError(
            f"no PostgreSQL answers at {place(url)} ({_first_line(error)}){_advice(url)}"
        ) from None


def server_version(url: str) -> str:
    """Return the version of the PostgreSQL at a URL, such as '18.1'.

    Raises:
        LabError: nothing answers there.
    """
    with connect(url) as connection:
        return connection.info.parameter_status("server_version") or ""


def place(url: str) -> str:
    """Return where a database is, without user and password."""
    where = conninfo_to_dict(url)
    return f"{where.get('host', 'localhost')}:{where.get('port', 5432)}/{where.get('dbname', '')}"


def _advice(url: str) -> str:
    """Return what to do about a database that does not answer, where somebody named it."""
    name = named(url)
    return f": start it, or correct or unset {name}" if name else ""


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
