"""Hears of it at once when something ends that has to stay: a server process, or the database."""

import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

import psycopg

from shared_db.errors import LabError
from shared_db.server import connect, place

Connection = psycopg.Connection[tuple[object, ...]]

# Sent to every client when one server process dies and the others have to start anew.
_CRASH = psycopg.errors.CrashShutdown.sqlstate
# How long the end of the server process may come after that of a connection.
_PROCESS_WITHIN_S = 0.5


class Watch:
    """Watches processes and the database; `ended` gives the first that was lost, in one line."""

    def __init__(self) -> None:
        self._ended: SimpleQueue[str] = SimpleQueue()
        self._first = ""

    def process(self, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
        """Watch a child of ours from now on."""

        def wait() -> None:
            code = process.wait()
            self._ended.put(f"{name} ended ({_how(code)}): its log is {log}")

        threading.Thread(target=wait, daemon=True).start()

    def database(self, url: str, log: Path | None) -> None:
        """Watch a database by a connection that is there for nothing else.

        A connection that the server ended with a word, as for an administrator, is no loss while
        another one can be opened. One that ends without a word, or with that of a crash, is.

        Args:
            url: of the database.
            log: of its server, where that is the lab's own.

        Raises:
            LabError: it does not answer now.
        """
        name = "PostgreSQL" if log else f"the database at {place(url)}"
        where = f": its log is {log}" if log else ""
        first = connect(url)

        def wait() -> None:
            current: Connection | None = first
            while current:
                crashed = _until_it_ends(current)
                time.sleep(_PROCESS_WITHIN_S)  # the server's own end says more, and is told first
                current = None if crashed else _connected(url)
            self._ended.put(f"{name} crashed, or broke off its connections{where}")

        threading.Thread(target=wait, daemon=True).start()

    def ended(self, *, wait: bool) -> str:
        """Return what was lost first, or '' where nothing is.

        Args:
            wait: until something is.
        """
        if not self._first and (wait or not self._ended.empty()):
            self._first = self._ended.get()
        return self._first


def _until_it_ends(connection: Connection) -> bool:
    """Wait until a connection is lost; return whether that was a crash."""
    said: list[str | None] = []
    connection.add_notice_handler(lambda notice: said.append(notice.sqlstate))
    with suppress(psycopg.OperationalError):
        for _ in connection.notifies():  # nobody notifies: it ends with the connection
            pass
    connection.close()
    return not said or _CRASH in said


def _connected(url: str) -> Connection | None:
    with suppress(LabError):
        return connect(url)
    return None


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
