"""Scripted sessions: generators of SQL that may branch on what they read, run through the proxy.

    def withdraw(request: int) -> Script:
        balance = (yield "SELECT balance FROM account").number
        if balance < 80:
            return Answer("refused")
        yield "UPDATE account SET balance = balance - 80"
        return Answer("paid")

A failed statement is raised inside the generator as `SqlError`; one that it lets out makes the
answer 'failed' with the SQLSTATE.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias

from psycopg import pq
from psycopg.pq import ExecStatus, PollingStatus
from psycopg.pq.abc import PGconn, PGresult

from racewalk.errors import ExploreError
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


Query: TypeAlias = str | tuple[str, tuple[int | str, ...]]
"""SQL for the simple protocol, or SQL with $1, $2 … and values for the extended one."""
Script: TypeAlias = Generator[Query, Result, Answer]
Scripted: TypeAlias = Callable[[int], Script]
"""Makes the script of one request, given its number."""


class Session:
    """One libpq connection that runs one script after the other, without blocking.

    Args:
        loop: the event loop.
        conninfo: libpq connection string, leading to the proxy.

    Raises:
        ExploreError: no connection.
    """

    def __init__(self, loop: Loop, conninfo: str) -> None:
        self._loop = loop
        self._conn = _connect(loop, conninfo)
        self._conn.nonblocking = 1
        self._script: Script | None = None
        self._results: list[PGresult] = []
        self.answer: Answer | None = None
        loop.watch(self._conn.socket, READ, self._readable)

    def start(self, script: Script) -> None:
        """Send the first statement of a script; `answer` is None until it has returned."""
        self._script, self.answer = script, None
        self._go_on(lambda: next(script))

    def close(self) -> None:
        """Close the connection."""
        self._loop.forget(self._conn.socket)
        self._conn.finish()

    def _go_on(self, resume: Callable[[], Query]) -> None:
        try:
            query = resume()
        except StopIteration as end:
            self.answer = end.value
        except SqlError as error:
            self.answer = Answer("failed", error.sqlstate)
        else:
            self._send(query)

    def _send(self, query: Query) -> None:
        if isinstance(query, str):
            self._conn.send_query(query.encode())
        else:
            sql, values = query
            self._conn.send_query_params(sql.encode(), [str(v).encode() for v in values])
        while self._conn.flush():  # the proxy reads at all times, so the rest goes on the next turn
            self._loop.pump(0)

    def _readable(self, _events: int) -> None:
        self._conn.consume_input()
        while not self._conn.is_busy():
            result = self._conn.get_result()
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
        raise ExploreError(f"a scripted session cannot connect: {conn.error_message.decode()}")
    return conn
