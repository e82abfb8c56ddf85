"""One connection of libpq, asked without blocking."""

from __future__ import annotations

from psycopg import pq
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from oracle.program import Reply, Row

_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)


class Client:
    """A connection.

    Args:
        conninfo: libpq connection string.
    """

    def __init__(self, conninfo: str) -> None:
        self._conn = pq.PGconn.connect(conninfo.encode())
        assert self._conn.status == ConnStatus.OK, self._conn.error_message.decode()
        self.pid, self.socket = self._conn.backend_pid, self._conn.socket
        self._results: list[PGresult] = []

    @property
    def idle(self) -> bool:
        """Whether no transaction is open."""
        return TransactionStatus(self._conn.transaction_status) is TransactionStatus.IDLE

    def send(self, sql: str) -> None:
        """Send statements as one message."""
        self._results = []
        self._conn.send_query(sql.encode())
        self._conn.flush()

    def reply(self) -> Reply | None:
        """Return the reply of the last statement once all of it has come, None before."""
        self._conn.consume_input()
        while not self._conn.is_busy():
            result = self._conn.get_result()
            if result is None:
                return _reply(self._results)
            self._results.append(result)
        return None

    def rows(self, sql: str) -> list[tuple[Row, ...]]:
        """Run statements as one message; return the rows of each.

        Raises:
            AssertionError: one failed.
        """
        self.send(sql)
        found: list[PGresult] = []
        while (result := self._conn.get_result()) is not None:
            found.append(result)
        for result in found:
            assert result.status not in _FAILED, f"{result.error_message.decode()}: {sql}"
        return [_rows(result) for result in found]

    def close(self) -> None:
        """End the connection."""
        self._conn.finish()


def _reply(results: list[PGresult]) -> Reply:
    for result in results:
        if result.status in _FAILED:
            return Reply(error=(result.error_field(ord("C")) or b"").decode())
    return Reply(_rows(results[-1]), (results[-1].command_status or b"").decode())


def _rows(result: PGresult) -> tuple[Row, ...]:
    values = (
        (result.get_value(row, column) for column in range(result.nfields))
        for row in range(result.ntuples)
    )
    return tuple(
        tuple(None if value is None else value.decode() for value in row) for row in values
    )
