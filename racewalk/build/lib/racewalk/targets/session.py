"""Scripted sessions: generators of SQL that may branch on what they read, run through the proxy.

    def withdraw(request: int) -> Script:
        balance = (yield "SELECT balance FROM account").number
        if balance < 80:
            return Answer("refused")
        yield "UPDATE account SET balance = balance - 80"
        return Answer("paid")

A script may use several connections, and close them, as an application does:

    yield On(1, "SELECT 1")
    yield CLOSE                      # or On(1, CLOSE); it is open again when the script starts anew

A failed statement is raised inside the generator as `SqlError`; one that it lets out makes the
answer 'failed' with the SQLSTATE.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from psycopg import pq
from psycopg.pq import ExecStatus, PollingStatus
from psycopg.pq.abc import PGconn, PGresult

from racewalk.errors import RacewalkError
from racewalk.schedule.record import Answer
from racewalk.wire.loop import READ, WRITE, Loop
from racewalk.wire.statements import Value, decode


class SqlError(Exception):
    """A statement of a script failed; `sqlstate` says how."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(f"{sqlstate} {message}")
        self.sqlstate = sqlstate


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement gave: its rows, and the command tag such as 'UPDATE 1'."""

    rows: tuple[tuple[Value, ...], ...]
    tag: str

    @property
    def number(self) -> int:
        """The only value, which is an integer.

        Raises:
            ValueError: it is not one row of one column, or no integer.
        """
        ((value,),) = self.rows
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is no integer")
        return value


Query: TypeAlias = str | tuple[str, tuple[int | str | bytes, ...]]
"""SQL for the simple protocol, or SQL with $1, $2 … and values for the extended one.

Bytes are sent as they are, in binary, and the server tells their type; so asyncpg does.
"""


class Close:
    """The end of a connection, without a word to its transaction."""


CLOSE: Final = Close()


@dataclass(frozen=True, slots=True)
class On:
    """What is sent on another connection than the first."""

    connection: int
    query: Query | Close


Script: TypeAlias = Generator[Query | Close | On, Result, Answer]
Scripted: TypeAlias = Callable[[int], Script]
"""Makes the script of one request, given its number."""


class Session:
    """Runs one script after the other on libpq connections of its own, without blocking.

    Args:
        loop: the event loop.
        conninfo: libpq connection string, leading to the proxy.
        connections: how many a script may use.

    Raises:
        RacewalkError: no connection.
    """

    def __init__(self, loop: Loop, conninfo: str, connections: int = 1) -> None:
        self._loop, self._conninfo = loop, conninfo
        self._conns: list[PGconn | None] = [None] * connections
        self._script: Script | None = None
        self._results: list[PGresult] = []
        self.answer: Answer | None = None
        self._open()

    def start(self, script: Script) -> None:
        """Send the first statement of a script; `answer` is None until it has returned."""
        self._open()
        self._script, self.answer = script, None
        self._go_on(lambda: next(script))

    def close(self) -> None:
        """Close the connections."""
        for number in range(len(self._conns)):
            self._close(number)

    def _open(self) -> None:
        """Open what is not open."""
        for number, conn in enumerate(self._conns):
            if conn is None:
                self._conns[number] = opened = _connect(self._loop, self._conninfo)
                opened.nonblocking = 1
                self._loop.watch(opened.socket, READ, partial(self._readable, opened))

    def _close(self, number: int) -> None:
        conn, self._conns[number] = self._conns[number], None
        if conn:
            self._loop.forget(conn.socket)
            conn.finish()

    def _go_on(self, resume: Callable[[], Query | Close | On]) -> None:
        try:
            said = resume()
        except StopIteration as end:
            self.answer = end.value
        except SqlError as error:
            self.answer = Answer("failed", error.sqlstate)
        else:
            on = said if isinstance(said, On) else On(0, said)
            self._send(on.connection, on.query)

    def _send(self, number: int, query: Query | Close) -> None:
        conn, script = self._conns[number], self._script
        if isinstance(query, Close) and script:
            self._close(number)
            self._go_on(lambda: script.send(Result((), "CLOSE")))
            return
        if conn is None:
            raise RacewalkError(f"a script speaks on connection {number}, which is closed")
        if isinstance(query, str):
            conn.send_query(query.encode())
        elif isinstance(query, tuple):
            sql, values = query
            raw = [v if isinstance(v, bytes) else str(v).encode() for v in values]
            formats = [int(isinstance(v, bytes)) for v in values]
            conn.send_query_params(sql.encode(), raw, param_formats=formats)
        while conn.flush():  # the proxy reads at all times, so the rest goes on the next turn
            self._loop.pump(0)

    def _readable(self, conn: PGconn, _events: int) -> None:
        conn.consume_input()
        while not conn.is_busy():
            result = conn.get_result()
            if result is None:
                self._finish_statement()
                return
            self._results.append(result)

    def _finish_statement(self) -> None:
        results, self._results = self._results, []
        script = self._script
        if not results or script is None:
            return
        failed = [result for result in results if result.status == ExecStatus.FATAL_ERROR]
        if failed:
            error = _error(failed[0])
            self._go_on(lambda: script.throw(error))
        else:
            result = _result(results[-1])
            self._go_on(lambda: script.send(result))


def _result(result: PGresult) -> Result:
    oids = [result.ftype(column) for column in range(result.nfields)]
    rows = tuple(
        tuple(decode(result.get_value(row, c), oid, False) for c, oid in enumerate(oids))
        for row in range(result.ntuples)
    )
    return Result(rows, (result.command_status or b"").decode())


def _error(result: PGresult) -> SqlError:
    sqlstate = result.error_field(ord("C")) or b"?????"
    message = result.error_field(ord("M")) or b""
    return SqlError(sqlstate.decode(), message.decode("utf-8", "replace"))


def _connect(loop: Loop, conninfo: str) -> PGconn:
    """Connect without blocking, since the proxy that answers is on the same loop."""
    conn: PGconn = pq.PGconn.connect_start(conninfo.encode())
    wanted: dict[int, int] = {PollingStatus.READING: READ, PollingStatus.WRITING: WRITE}
    status: int = PollingStatus.WRITING
    while status in wanted:
        ready: list[int] = []
        loop.watch(conn.socket, wanted[status], ready.append)
        while not ready:
            loop.pump(1.0)
        loop.forget(conn.socket)
        status = conn.connect_poll()
    if status != PollingStatus.OK:
        raise RacewalkError(f"a scripted session cannot connect: {conn.error_message.decode()}")
    return conn
