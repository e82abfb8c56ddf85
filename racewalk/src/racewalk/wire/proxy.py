"""The wire proxy: a listening loopback port for each request, a link for each connection.

Everything happens on one loop in one thread, so that nothing moves while the scheduler decides.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from racewalk.wire.edits import Editing
from racewalk.wire.events import Closed, Passed, Report
from racewalk.wire.link import Ear, Link, Tell
from racewalk.wire.loop import READ, Loop
from racewalk.wire.noise import RULES, Rule
from racewalk.wire.states import LinkState

LOOPBACK: Final = "127.0.0.1"
_CONNECT_SECONDS: Final = 5.0
Ears = Callable[[Link], Ear | None]
"""Says who stands between a new link and its client."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where PostgreSQL listens: a host name, or the directory of its Unix socket."""

    host: str
    port: int

    def connect(self) -> socket.socket:
        """Open a connection.

        Raises:
            OSError: nothing listens there.
        """
        if not self.host.startswith("/"):
            return socket.create_connection((self.host, self.port), _CONNECT_SECONDS)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(_CONNECT_SECONDS)
            sock.connect(f"{self.host}/.s.PGSQL.{self.port}")
        except OSError:
            sock.close()
            raise
        return sock


class Proxy:
    """Accepts connections on its ports and keeps their links.

    Args:
        loop: the event loop to live on.
        server: where to connect to for each client.
        tell: is told of everything that happens on the links.
        rules: which groups pass without being held.
        ears: what stands between each link and its client, or None.
        editing: what is changed of what is said; or None.

    Attributes:
        noise: how many groups passed, by rule.
        links: the connections that are not closed yet.
    """

    def __init__(
        self,
        loop: Loop,
        server: Address,
        tell: Tell,
        rules: Sequence[Rule] = RULES,
        ears: Ears | None = None,
        editing: Editing | None = None,
    ) -> None:
        self._loop, self._server, self._tell, self._rules = loop, server, tell, rules
        self._ears, self._editing = ears, editing
        self._listeners: list[socket.socket] = []
        self.noise: Counter[str] = Counter()
        self.links: list[Link] = []

    def listen(self, request: int | None) -> int:
        """Open a port for the connections of one request, or with None of all; return its number.

        With None whoever is told has to find out whose a connection is.
        """
        listener = socket.create_server((LOOPBACK, 0), backlog=128)
        listener.setblocking(False)
        self._listeners.append(listener)

        def accept(_events: int) -> None:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # the client gave up between the event and the accept
            edits = self._editing.connection(request) if self._editing else None
            connect, told = self._server.connect, self._told
            link = Link(self._loop, client, connect, told, request, self._rules, edits)
            link.ear = self._ears(link) if self._ears else None
            self.links.append(link)

        self._loop.watch(listener.fileno(), READ, accept)
        return int(listener.getsockname()[1])

    def close(self) -> None:
        """Close every port and every connection."""
        for listener in self._listeners:
            self._loop.forget(listener.fileno())
            listener.close()
        for link in self.links:
            link.close()
        self._listeners, self.links = [], []

    def _told(self, link: Link, report: Report) -> None:
        """Count what passed, forget a connection that is closed on both sides; hand on."""
        match report:
            case Passed(rule):
                self.noise[rule] += 1
            case Closed() if link in self.links and link.state is LinkState.CLOSED:
                self.links.remove(link)
        self._tell(link, report)
