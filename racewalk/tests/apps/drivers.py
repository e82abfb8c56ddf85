"""A shop without a framework, by WSGI, with the driver that DRIVER names."""

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import uuid4

URL = os.environ["DATABASE_URL"]
LOOK = "SELECT n FROM stock WHERE item = 7"
TAKE = "UPDATE stock SET n = n - 1 WHERE item = 7"
KEYED = "INSERT INTO sale SELECT coalesce(max(id), 0) + 1, 7 FROM sale"
NOTE = "INSERT INTO sale (item) VALUES (7)"


@contextmanager
def one_off() -> Iterator[Any]:
    """A connection of psycopg 3 for each request."""
    import psycopg

    with psycopg.connect(URL) as connection:
        yield connection


@cache
def _kept() -> Any:
    import psycopg

    return psycopg.connect(URL)


@contextmanager
def persistent() -> Iterator[Any]:
    """One connection of psycopg 3 for all requests."""
    with _kept().transaction():
        yield _kept()


@cache
def _pool() -> Any:
    from psycopg_pool import ConnectionPool

    return ConnectionPool(URL, min_size=1, max_size=2, open=True)


@contextmanager
def pooled() -> Iterator[Any]:
    """A pool of psycopg 3."""
    with _pool().connection() as connection:
        yield connection


@contextmanager
def pipelined() -> Iterator[Any]:
    """A pipeline of psycopg 3."""
    import psycopg

    with psycopg.connect(URL) as connection, connection.pipeline():
        yield connection


@contextmanager
def psycopg2() -> Iterator[Any]:
    """A connection of psycopg2 for each request."""
    import psycopg2

    connection = psycopg2.connect(URL)
    try:
        with connection, connection.cursor() as cursor:
            yield _Cursor(cursor)
    finally:
        connection.close()


class _Cursor:
    """Speaks as a connection of psycopg 3 does."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def execute(self, sql: str, values: tuple[int, ...] = ()) -> Any:
        """Execute, and return what fetches."""
        self._cursor.execute(sql, values or None)
        return self._cursor


@cache
def _engine(driver: str, **more: Any) -> Any:
    import sqlalchemy

    return sqlalchemy.create_engine(URL.replace("postgresql:", f"postgresql+{driver}:"), **more)


@contextmanager
def pre_ping() -> Iterator[Any]:
    """SQLAlchemy's pool, which pings a connection before it hands it out."""
    with _engine("psycopg", pool_pre_ping=True).begin() as connection:
        yield _Sql(connection)


@contextmanager
def sqlalchemy_psycopg2() -> Iterator[Any]:
    """SQLAlchemy with psycopg2."""
    with _engine("psycopg2").begin() as connection:
        yield _Sql(connection)


class _Sql:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, sql: str, values: tuple[int, ...] = ()) -> Any:
        """Execute SQL."""
        return self._connection.exec_driver_sql(sql, values or None)


WAYS: dict[str, Callable[[], Any]] = {
    way.__name__: way
    for way in (one_off, persistent, pooled, pipelined, psycopg2, pre_ping, sqlalchemy_psycopg2)
}


def note(connection: Any) -> None:
    """Write down what is another each time, and look at it."""
    code = f"CPN-{random.randrange(1000, 9999)}"  # noqa: S311
    sql = f"UPDATE note SET code = '{code}', token = '{uuid4()}' WHERE item = 7"  # noqa: S608
    connection.execute(sql)
    connection.execute("SELECT code, token FROM note WHERE item = %s", (7,))


def keyed(path: str) -> str:
    """Sell with a key that another may take meanwhile; return the status."""
    from psycopg.errors import UniqueViolation

    try:
        with WAYS[os.environ["DRIVER"]]() as connection:
            connection.execute(KEYED)
    except UniqueViolation:
        if path == "/keyed":
            raise
        return "409 Conflict" if path == "/keyed-refused" else "503 Service Unavailable"
    return "201 Created"


def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Sell the last one: /buy looks first, /buy-locked locks while it looks.

    /buy-noted writes beside what differs from run to run; /buy-fails answers with its own fault,
    /lost that there is no such page. /keyed makes a key of the greatest there is, and fails where
    it is taken; /keyed-refused answers 409 then, and /keyed-busy 503.
    """
    path = environ["PATH_INFO"]
    if path.startswith("/keyed"):
        start(keyed(path), [("Content-Type", "text/plain")])
        return [b"keyed"]
    if path == "/lost":
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"no such page"]
    if not path.startswith("/buy"):
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"open"]
    if path == "/buy-fails":
        print("KeyError: 'basket'", file=sys.stderr, flush=True)  # noqa: T201
        start("500 Internal Server Error", [("Content-Type", "text/html")])
        return [b"<title>Server Error</title><p>The basket is gone"]
    look = f"{LOOK} FOR UPDATE" if path == "/buy-locked" else LOOK
    with WAYS[os.environ["DRIVER"]]() as connection:
        (left,) = connection.execute(look).fetchone()
        if left > 0:
            connection.execute(TAKE)
            connection.execute(NOTE)
            if path == "/buy-noted":
                note(connection)
    start("201 Created" if left > 0 else "409 Conflict", [("Content-Type", "text/plain")])
    return [b"sold" if left > 0 else b"sold out"]
