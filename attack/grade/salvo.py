"""Requests sent past the explorer: a short attack at full speed, and a process that dies.

What lies inside one statement the explorer does not take apart, and threads of one process run as
they like here.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final

import psutil
import psycopg
from psycopg import sql

from attack.grade.trial import AS_ASKED, Ask, Trial, said
from racewalk import Application, Database, Facts, Outcome
from racewalk.targets import Instance, ResponseReader, encoded

_ANSWERED_WITHIN: Final = 10.0
_PAID_AGAIN_WITHIN: Final = 5.0
_ALL_STAND_WITHIN: Final = 2.0
_LOOKS: Final = 50
"""How often the same number of waiters has to be seen, 10 ms apart, where some never come."""
_SETTINGS: Final = b"""
SELECT split_part(each, '=', 1), substr(each, strpos(each, '=') + 1)
FROM pg_db_role_setting, unnest(setconfig) each
WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
LOST: Final = "lost"
"""What stands for an answer that did not come."""


@contextmanager
def running(application: Application, database: Database, log: Path) -> Iterator[Instance]:
    """Yield an application that reaches the database past the explorer.

    Raises:
        RacewalkError: it does not start.
    """
    with _as_without_the_explorer(database):
        instance = Instance(application, database.url, log)
        try:
            instance.wait_until_ready()
            yield instance
        finally:
            instance.stop()


@contextmanager
def _as_without_the_explorer(database: Database) -> Iterator[None]:
    """Have new sessions tell nothing of what the explorer has them tell: nobody listens."""
    with psycopg.connect(database.superuser_url, autocommit=True) as admin:
        alter = sql.SQL("ALTER DATABASE {} ").format(sql.Identifier(admin.info.dbname))
        kept = admin.execute(_SETTINGS).fetchall()
        admin.execute(alter + sql.SQL("RESET ALL"))
        try:
            yield
        finally:
            for name, value in kept:
                setting = sql.SQL("SET {} = {}").format(sql.SQL(name), sql.Literal(value))
                admin.execute(alter + setting)


def holds_up(tables: Sequence[str]) -> list[list[str]]:
    """Return what to run before each round of an attack, to hold requests up within a statement.

    In one round nobody is held up; in one all are where they meet a row, and in one where they
    write at all, having read what they will.

    Args:
        tables: those that they may write to.
    """
    rows = [f"SELECT 1 FROM {table} FOR UPDATE" for table in tables]  # noqa: S608 - our own words
    return [[], rows, [f"LOCK TABLE {', '.join(tables)} IN SHARE MODE"]]


def fire(
    instance: Instance,
    database: Database,
    trial: Trial,
    restored: Sequence[str],
    holds_up: Sequence[str] = (),
) -> Outcome:
    """Send all requests of a trial at once, the last byte of each last; return how it ended.

    Args:
        instance: which serves them.
        database: its own.
        trial: the requests.
        restored: what brings the tables back to their start.
        holds_up: statements that keep them from going on, until all stand.
    """
    with psycopg.connect(database.superuser_url, autocommit=True) as admin:
        _run(admin, [*restored, *trial.before])
        with psycopg.connect(database.superuser_url) as holding:
            _run(holding, holds_up)
            calls = [_Call(instance.port, ask) for ask in trial.asks]
            for call in calls:
                call.finish_sending()
            if holds_up:
                _wait_until_all_stand(admin, len(calls))
        answers = [call.answer() for call in calls]
        _wait_for_the_end(admin)
        return _outcome(admin, trial, answers)


def crash(
    instances: Sequence[Instance],
    database: Database,
    trial: Trial,
    holds_up: str,
    restored: Sequence[str],
) -> str:
    """End the process of the first request while it is at work, then send the second.

    Args:
        instances: one for each of the two requests.
        database: theirs.
        trial: the requests.
        holds_up: a statement that makes whoever pays wait, while it is not committed.
        restored: what brings the tables back to their start.

    Returns:
        What the second was answered within 5 s, or 'lost'.
    """
    with psycopg.connect(database.superuser_url, autocommit=True) as admin:
        _run(admin, [*restored, *trial.before])
        with psycopg.connect(database.superuser_url) as holding:
            holding.execute(holds_up.encode())
            first = _Call(instances[0].port, trial.asks[0])
            first.finish_sending()
            _wait_until_held_up(admin)
            _kill(instances[0])
        second = _Call(instances[1].port, trial.asks[1])
        second.finish_sending()
        return second.answer(_PAID_AGAIN_WITHIN)


def _kill(instance: Instance) -> None:
    """End all that serves it, as a machine does that loses its power."""
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        os.kill(instance.worker, signal.SIGKILL)
    instance.stop()


class _Call:
    """One request on a connection of its own."""

    def __init__(self, port: int, ask: Ask) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        url = f"http://127.0.0.1:{port}/{ask.door}"
        message = encoded("POST", url, headers, ask.body)
        self._socket = socket.create_connection(("127.0.0.1", port), _ANSWERED_WITHIN)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message[:-1])
        self._last = message[-1:]

    def finish_sending(self) -> None:
        self._socket.sendall(self._last)

    def answer(self, seconds: float = _ANSWERED_WITHIN) -> str:
        """Return what was answered, or 'lost'."""
        reader, deadline = ResponseReader("POST"), monotonic() + seconds
        with self._socket as sock:
            while reader.response is None:
                try:
                    sock.settimeout(deadline - monotonic())
                    reader.feed(sock.recv(65536))
                except Exception:
                    return LOST
            return said(0, reader.response).kind


def _run(admin: psycopg.Connection[tuple[object, ...]], statements: Sequence[str]) -> None:
    for statement in statements:
        admin.execute(statement.encode())


_AT_WORK: Final = b"""
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename <> current_user AND %s
"""


def _wait_for_the_end(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    """Wait until no session of the application has a transaction open."""
    _wait_until(admin, b"state <> 'idle'", none=True)


def _wait_until_held_up(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    _wait_until(admin, b"wait_event_type = 'Lock'", none=False)


def _wait_until_all_stand(admin: psycopg.Connection[tuple[object, ...]], all_: int) -> None:
    """Wait until all wait for a lock, or nobody more comes to."""
    deadline, seen = monotonic() + _ALL_STAND_WITHIN, list[object]()
    query = _AT_WORK.replace(b"%s", b"wait_event_type = 'Lock'")
    while monotonic() < deadline:
        row = admin.execute(query).fetchone()
        seen.append(row and row[0])
        if seen[-1] == all_ or (seen[-1] and seen[-_LOOKS:] == seen[-1:] * _LOOKS):
            return
        admin.execute("SELECT pg_sleep(0.01)")


def _wait_until(admin: psycopg.Connection[tuple[object, ...]], what: bytes, *, none: bool) -> None:
    deadline = monotonic() + _PAID_AGAIN_WITHIN
    while monotonic() < deadline:
        row = admin.execute(_AT_WORK.replace(b"%s", what)).fetchone()
        if row and (row[0] == 0) is none:
            return
        admin.execute("SELECT pg_sleep(0.01)")


def _outcome(
    admin: psycopg.Connection[tuple[object, ...]], trial: Trial, answers: Sequence[str]
) -> Outcome:
    pairs = list[tuple[str, int | str | None]]()
    for name, query in trial.facts.items():
        row = admin.execute(query.encode()).fetchone()
        value = row[0] if row else None
        pairs.append((name, value if isinstance(value, int) else str(value)))
    facts = Facts(tuple(pairs))
    broken = (AS_ASKED,) if trial.judged(facts, answers) else ()
    return Outcome(facts, tuple(answers), broken, ())
