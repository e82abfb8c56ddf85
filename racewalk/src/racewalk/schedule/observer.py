"""The lab's own connection to the server: who waits for a lock, and the settings that make it tell.

A wait is never guessed from time. Two sources say it, both from the server:

- Of each new wait the backend itself reports on its own connection. With log_lock_waits, a
  backend that still waits when its deadlock check is done logs 'still waiting for …', and
  'acquired …' when it has been granted; with client_min_messages = log the report also goes to
  the client, hence through the proxy, which takes it out of the stream. Since it comes *after*
  the deadlock check, two requests that lock each other out always have the same victim, the
  later one, without a pause anywhere.
- Whether a wait goes on after another step, pg_locks says: one consistent snapshot of the lock
  table, in which a lock is granted by its releaser before that one is ready again. `waitstart`
  tells a wait that goes on from a new one, whose deadlock check is still to come.

Source: PostgreSQL documentation, 'Error Reporting and Logging' and 'Lock Management'; ProcSleep
and JoinWaitQueue in src/backend/storage/lmgr/proc.c.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from time import time
from typing import Final, NamedTuple

from psycopg import pq, sql
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from racewalk.errors import RacewalkError
from racewalk.wire.statements import Value, decode

SETTINGS: Final = {
    "deadlock_timeout": "1ms",
    "log_lock_waits": "on",
    "client_min_messages": "log",
    "lc_messages": "C",
    "log_min_messages": "fatal",
}
"""What sessions of an explored database need; deadlock_timeout 1 ms is the server's minimum."""

PLANS: Final = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_verbose": "on",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "log",
    "auto_explain.log_parameter_max_length": "0",
}
"""What makes them tell, beside, which tables each statement touched; see `commute.plans`."""

_PREPARED: Final = re.compile(r"\s*(?:SELECT|WITH|VALUES|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
"""How those statements begin that have a plan."""
_WAITING_FOR_A_SNAPSHOT: Final = (
    "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SafeSnapshot'"
)
_WAITING: Final = b"SELECT pid, waitstart FROM pg_locks WHERE NOT granted"


_QUESTIONS: Final = 20
"""How often the server's clock is asked for."""


class Result(NamedTuple):
    """What one statement gave: names and type OIDs of its columns, and its rows.

    Integers are such; other values are as PostgreSQL writes them.
    """

    columns: tuple[str, ...]
    types: tuple[int, ...]
    rows: list[tuple[Value, ...]]


class Observer:
    """A direct connection to the explored database, for questions and for resets.

    Args:
        conninfo: libpq connection string; the role must be a superuser, for the settings.

    Raises:
        RacewalkError: no connection.
    """

    def __init__(self, conninfo: str) -> None:
        self._conn: PGconn = pq.PGconn.connect(conninfo.encode())
        if self._conn.error_message:
            raise RacewalkError(f"no database to explore: {_message(self._conn)}")
        self._conn.prepare(b"waiting", _WAITING)
        self._prepared: dict[str, str] = {}
        self._tells_plans: bool | None = None

    def adopt(self, *, plans: bool = True) -> None:
        """Give the connected database, and so every session begun from now on, the settings.

        They are this observer's to change; where it has given them, nothing is done.

        Args:
            plans: those for plans too, where the server has auto_explain: without it statements
                are read all the same, and nobody watches. They cost time at each statement, and
                whoever runs every schedule needs none.

        Raises:
            RacewalkError: the role may not do so.
        """
        if plans == self._tells_plans:
            return
        told = plans and self._has_auto_explain()
        settings = SETTINGS | (PLANS if told else dict.fromkeys(PLANS))
        try:
            self._adopt(settings)
        except RacewalkError:  # whoever may not have plans told may do the rest
            self._adopt(SETTINGS)
        self._tells_plans = plans

    def _adopt(self, settings: Mapping[str, str | None]) -> None:
        self.run(";\n".join(self._setting(name, value) for name, value in settings.items()))

    def leave(self) -> None:
        """Take the settings back: the database is somebody else's.

        Raises:
            RacewalkError: the role may not do so.
        """
        try:
            self._adopt(dict.fromkeys((*SETTINGS, *PLANS)))
        except RacewalkError:
            self._adopt(dict.fromkeys(SETTINGS))

    def _setting(self, name: str, value: str | None) -> str:
        change = sql.SQL("SET {} = {}") if value is not None else sql.SQL("RESET {}")
        words = [sql.SQL(name)] + ([sql.Literal(value)] if value is not None else [])
        database = sql.Identifier(self._conn.db.decode())
        return sql.SQL("ALTER DATABASE {} {}").format(database, change.format(*words)).as_string()

    def _has_auto_explain(self) -> bool:
        try:
            self.run("LOAD 'auto_explain'")
        except RacewalkError:
            return False
        # Loaded here as well, it would tell of the observer's own questions.
        self.run("SET auto_explain.log_min_duration = -1")
        return True

    def waiting(self) -> dict[int, bytes | None]:
        """Return the backends that wait for a lock, all at one moment.

        Returns:
            By process id, the moment at which this very wait began, which tells it from an
            earlier one. It is None for an instant after that moment.
        """
        result = self._conn.exec_prepared(b"waiting", [])
        if result.status != ExecStatus.TUPLES_OK:
            raise RacewalkError(f"pg_locks cannot be read: {_message(self._conn)}")
        rows = range(result.ntuples)
        return {int(result.get_value(row, 0) or 0): result.get_value(row, 1) for row in rows}

    def clock(self) -> Callable[[], float]:
        """Return what tells the server's time, in seconds since 1970, or is ahead of it.

        It is ahead by as long as the quickest of some questions took.
        """
        ahead = float("inf")
        for _ in range(_QUESTIONS):
            asked = time()
            ((told,),) = self.run("SELECT extract(epoch FROM clock_timestamp())")
            ahead = min(ahead, float(told or 0) - asked)
        return lambda: time() + ahead

    def waiting_for_a_snapshot(self) -> set[int]:
        """Return the backends that wait until all SERIALIZABLE transactions beside them are over.

        Those are on no lock, and so neither reported nor in pg_locks.
        """
        return {int(pid or 0) for (pid,) in self.run(_WAITING_FOR_A_SNAPSHOT)}

    def planned(self, query: str) -> str:
        """Return SQL that runs a statement without planning it again, where it can be prepared."""
        if not _PREPARED.match(query):
            return query
        if query not in self._prepared:
            name = f"racewalk_{len(self._prepared)}"
            result = self._conn.prepare(name.encode(), query.encode())
            told = result.status == ExecStatus.COMMAND_OK
            self._prepared[query] = f"EXECUTE {name}" if told else query
        return self._prepared[query]

    def run(self, commands: str) -> list[tuple[str | None, ...]]:
        """Run statements as one message and return the rows of all of them, as text.

        Raises:
            RacewalkError: one of them failed.
        """
        return [
            tuple(None if v is None else v.decode() for v in row)
            for result in self._results(commands)
            for row in _rows(result)
        ]

    def results(self, commands: str) -> list[Result]:
        """Run statements as one message and return what each gave.

        Raises:
            RacewalkError: one of them failed.
        """
        found = []
        for result in self._results(commands):
            fields = range(result.nfields)
            types = tuple(result.ftype(column) for column in fields)
            names = tuple((result.fname(column) or b"").decode() for column in fields)
            rows = [
                tuple(decode(v, oid, False) for v, oid in zip(row, types, strict=True))
                for row in _rows(result)
            ]
            found.append(Result(names, types, rows))
        return found

    def _results(self, commands: str) -> list[PGresult]:
        self._conn.send_query(commands.encode())
        results: list[PGresult] = []
        failure: str | None = None
        while result := self._conn.get_result():
            if result.status == ExecStatus.FATAL_ERROR:
                failure = result.error_message.decode().strip()
            results.append(result)
        if failure:
            raise RacewalkError(failure)
        return results

    def close(self) -> None:
        """Close the connection."""
        self._conn.finish()


def _rows(result: PGresult) -> Iterator[list[bytes | None]]:
    for row in range(result.ntuples):
        yield [result.get_value(row, column) for column in range(result.nfields)]


def _message(conn: PGconn) -> str:
    return " ".join(conn.error_message.decode("utf-8", "replace").split())
