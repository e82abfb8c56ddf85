"""A place to grade in: a database of its own, and in it a role that owns nothing.

The tables are the server's superuser's. The role of a repair may read and change rows; it can make
nothing, not even a temporary table, and can end nobody's session. It is made for each grading and
dropped after it, with what it may have set for itself.
"""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from racewalk import Database
from racewalk.server import EXPLORED
from shared_db import embedded
from shared_db.errors import LabError
from shared_db.paths import lab_folder

FOLDER: Final = ("grade",)
_NOT_FOR_A_ROLE: Final = (
    *("pg_sleep(double precision)", "pg_sleep_for(interval)"),
    "pg_sleep_until(timestamp with time zone)",
    *("pg_terminate_backend(integer, bigint)", "pg_cancel_backend(integer)"),
    *("lo_create(oid)", "lo_creat(integer)", "lo_from_bytea(oid, bytea)", "lo_import(text)"),
    *("pg_notify(text, text)", "pg_export_snapshot()"),
)


@contextmanager
def server() -> Iterator[str]:
    """Yield the superuser's URL of the grader's own PostgreSQL; one of a checkout at a time.

    Raises:
        LabError: another one grades here, or the server does not start.
    """
    with (lab_folder(*FOLDER) / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError("this checkout is grading already: wait for its end") from None
        started = embedded.start("postgres-grade", EXPLORED)
        try:
            yield started.url(superuser=True, database="postgres")
        finally:
            started.stop()


@dataclass(frozen=True)
class Lane:
    """One of the places that grade side by side; each is used by one process at a time.

    Attributes:
        server: the superuser's URL of the server.
        number: from 0.
    """

    server: str
    number: int = 0

    @property
    def folder(self) -> Path:
        """For logs and copies."""
        return lab_folder(*FOLDER, f"lane-{self.number}")

    @contextmanager
    def database(
        self, tables: str, parents_first: Sequence[str], grants: str
    ) -> Iterator[Database]:
        """Make the tables anew, and a role that may use them; yield the database, and drop it.

        Args:
            tables: SQL that makes and fills them.
            parents_first: their names, none before one that it refers to.
            grants: SQL that tells what the role may do, with {role} for its name.
        """
        name, password = f"grade_{self.number}", secrets.token_urlsafe(24)
        role = f"repair_{self.number}"
        with psycopg.connect(self.server, autocommit=True) as admin:
            self._drop(admin, name, role)
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            self._make_role(admin, role, password, name)
        try:
            with psycopg.connect(self._url(name), autocommit=True) as owner:
                _fill(owner, tables, parents_first)
                owner.execute(grants.format(role=f'"{role}"').encode())
            login = self._url(name, f"{role}:{password}")
            yield Database(login, self._url(name))
        finally:
            with psycopg.connect(self.server, autocommit=True) as admin:
                self._drop(admin, name, role)

    def _url(self, database: str, login: str = "") -> str:
        parts = urlsplit(self.server)
        who, _, where = parts.netloc.rpartition("@")
        return parts._replace(netloc=f"{login or who}@{where}", path=f"/{database}").geturl()

    @staticmethod
    def _drop(admin: psycopg.Connection[tuple[object, ...]], name: str, role: str) -> None:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        admin.execute(drop)
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

    @staticmethod
    def _make_role(
        admin: psycopg.Connection[tuple[object, ...]], role: str, password: str, database: str
    ) -> None:
        hashed = admin.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        ).decode()
        who, where = sql.Identifier(role), sql.Identifier(database)
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(who, hashed))
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(where))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(where, who))


def _fill(
    owner: psycopg.Connection[tuple[object, ...]], tables: str, parents_first: Sequence[str]
) -> None:
    """Make the tables, and keep their rows in a schema that nobody else looks into."""
    owner.execute(tables.encode())
    owner.execute("CREATE SCHEMA start")
    for table in parents_first:
        owner.execute(f"CREATE TABLE start.{table} AS TABLE {table}".encode())
    for function in _NOT_FOR_A_ROLE:
        owner.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC".encode())


def restored(parents_first: Sequence[str]) -> list[str]:
    """Return SQL that gives the tables the rows that they began with."""
    return [
        *(f"DELETE FROM {table}" for table in reversed(parents_first)),  # noqa: S608
        *(f"INSERT INTO {t} OVERRIDING SYSTEM VALUE TABLE start.{t}" for t in parents_first),
    ]
