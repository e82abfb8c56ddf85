"""The database of this run: DATABASE_URL where it is set, else the embedded server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shared_db import schema
from shared_db.errors import LabError

_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Database:
    """A database with the lab's schema and accounts in it.

    `admin_url` has a superuser's rights where the server is the embedded one.
    """

    url: str
    admin_url: str


@contextmanager
def database() -> Iterator[Database]:
    """Yield the database, ready for use; stop the embedded server afterwards.

    Raises:
        LabError: DATABASE_URL does not answer or is not the lab's, or no server starts.
    """
    url = os.environ.get("DATABASE_URL", "")
    if url:
        if not url.startswith(_SCHEMES):  # a string of libpq's is none to SQLAlchemy
            raise LabError("DATABASE_URL is no PostgreSQL URL: it has to begin with postgresql://")
        with connect(url) as connection:
            schema.load(connection, replace=False)
        yield Database(url, url)
        return
    from shared_db import embedded  # the images have a server beside them, and not what this needs

    server = embedded.start()
    try:
        with connect(server.url()) as connection:
            schema.load(connection, replace=True)
        yield Database(server.url(), server.url(superuser=True))
    finally:
        server.stop()


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to a database within 5 s, committing each statement.

    Raises:
        LabError: nothing answers there, or it refuses the login; the password is not repeated.
    """
    try:
        return psycopg.connect(make_conninfo(url, connect_timeout=5), autocommit=True)
    except psycopg.ProgrammingError as error:
        raise LabError(f"DATABASE_URL is no PostgreSQL URL: {_first_line(error)}") from None
    except psycopg.OperationalError as error:
        where = conninfo_to_dict(url)
        place = (
            f"{where.get('host', 'localhost')}:{where.get('port', 5432)}/{where.get('dbname', '')}"
        )
        raise LabError(
            f"no PostgreSQL answers at {place} ({_first_line(error)}): "
            "start it, or correct or unset DATABASE_URL"
        ) from None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
