"""The wire proxy: a listening loopback port for each request, a link for each connection.

Everything happens on one loop in one thread, so that nothing moves while the scheduler decides.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from racewalk.wire.groups import Group
from racewalk.wire.link import Link
from racewalk.wire.loop import READ, Loop
from racewalk.wire.noise import RULES, Rule
from racewalk.wire.reply import Reply
from racewalk.wire.watcher import LinkState, Watcher

LOOPBACK: Final = "127.0.0.1"
_CONNECT_SECONDS: Final = 5.0


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
        watcher: is told of everything that happens on the links; see `link.Watcher`.
        rules: which groups pass without being held.

    Attributes:
        noise: how many groups passed, by rule.
        links: the connections that are not closed yet.
    """

    def __init__(
        self, loop: Loop, server: Address, watcher: Watcher, rules: Sequence[Rule] = RULES
    ) -> None:
        self._loop, self._server, self._watcher, self._rules = loop, server, watcher, rules
        self._listeners: list[socket.socket] = []
        self.noise: Counter[str] = Counter()
        self.links: list[Link] = []

    def listen(self, request: int | None) -> int:
        """Open a port for the connections of one request, or with None of all; return its number.

        With None the watcher has to find out whose a connection is.
        """
        listener = socket.create_server((LOOPBACK, 0), backlog=128)
        listener.setblocking(False)
        self._listeners.append(listener)

        def accept(_events: int) -> None:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # the client gave up between the event and the accept
            self.links.append(
                Link(self._loop, client, self._server.connect, self, request, self._rules)
            )

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

    # What the links tell is counted where it is noise, and handed on.

    def held(self, link: Link, group: Group) -> None:
        """Hand on."""
        self._watcher.held(link, group)

    def completed(self, link: Link, group: Group, reply: Reply) -> None:
        """Hand on."""
        self._watcher.completed(link, group, reply)

    def passed(self, link: Link, rule: str) -> None:
        """Count what passed without being a step."""
        self.noise[rule] += 1
        self._watcher.passed(link, rule)

    def waits(self, link: Link, waiting: bool) -> None:
        """Hand on."""
        self._watcher.waits(link, waiting)

    def lost(self, link: Link, group: Group, reason: str) -> None:
        """Hand on."""
        self._watcher.lost(link, group, reason)

    def closed(self, link: Link) -> None:
        """Forget a connection that is closed on both sides."""
        if link in self.links and link.state is LinkState.CLOSED:
            self.links.remove(link)
        self._watcher.closed(link)
