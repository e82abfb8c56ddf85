"""A tap on the way to PostgreSQL: passes every byte on and writes down what a client sends.

An application whose DATABASE_URL leads through it is none the wiser. It tells which SQL a page
sends, so that the same can be sent without the application.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from racewalk.targets.process import Instance
from racewalk.targets.race import Application
from racewalk.wire.framing import FrontendFramer
from racewalk.wire.statements import Prepared, Statement, Value

__all__ = ["Statement", "Tap", "Value", "overheard"]
_CHUNK = 65_536


class Tap:
    """Listens on a loopback port until close(), and keeps the statements that pass."""

    def __init__(self, database_url: str) -> None:
        self._url = urlsplit(database_url)
        self._statements: list[Statement] = []
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The database's URL by way of the tap; in plain text, for an encrypted one tells none."""
        user, at, _ = self._url.netloc.rpartition("@")
        place = f"{user}{at}127.0.0.1:{self._server.getsockname()[1]}"
        query = "&".join(filter(None, (self._url.query, "sslmode=disable")))
        return urlunsplit(self._url._replace(netloc=place, query=query))

    def taken(self) -> list[Statement]:
        """Return what has passed since the last call, in the order in which it was sent."""
        taken, self._statements = self._statements, []
        return taken

    def close(self) -> None:
        """Close the port and every connection."""
        for each in (self._server, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
                server = socket.create_connection(
                    (self._url.hostname or "localhost", self._url.port or 5432)
                )
            except OSError:
                return
            self._open |= {client, server}
            for source, sink, reads in ((client, server, True), (server, client, False)):
                pump = threading.Thread(target=self._pump, args=(source, sink, reads), daemon=True)
                pump.start()

    def _pump(self, source: socket.socket, sink: socket.socket, reads: bool) -> None:
        framer, prepared = FrontendFramer(), Prepared()
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if reads:
                    self._statements += prepared.read(
                        message for message in framer.feed(data) if len(message.kind) == 1
                    )
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def overheard(application: Application, database_url: str, log: Path) -> Iterator[tuple[str, Tap]]:
    """Yield the address of a running application, and the tap between it and its database.

    Args:
        application: what to start.
        database_url: of its database, for the application's role.
        log: file for what it prints.

    Raises:
        RacewalkError: it does not start.
    """
    tap = Tap(database_url)
    try:
        instance = Instance(application, tap.url, log)
        try:
            instance.wait_until_ready()
            yield instance.url, tap
        finally:
            instance.stop()
    finally:
        tap.close()
