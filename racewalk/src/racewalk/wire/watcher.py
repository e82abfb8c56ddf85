"""What is told of a connection: the states that it is in, and who hears of them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from racewalk.wire.groups import Group
from racewalk.wire.reply import Reply

if TYPE_CHECKING:
    from racewalk.wire.link import Link


class LinkState(Enum):
    """Where a connection stands; `link` draws how it moves between them."""

    OPENING = "opening"
    IDLE = "idle"
    HELD = "held"
    RUNNING = "running"
    PREPARED = "prepared"
    PASSING = "passing"
    CLOSING = "closing"
    CLOSED = "closed"


class Watcher(Protocol):
    """Who is told what happens on the connections: the scheduler."""

    def held(self, link: Link, group: Group) -> None:
        """Learn that a statement waits to be released."""

    def completed(self, link: Link, group: Group, reply: Reply) -> None:
        """Learn that the released step is over and its client has the answer."""

    def passed(self, link: Link, rule: str) -> None:
        """Learn that a group went through without being a step, under this rule."""

    def waits(self, link: Link, waiting: bool) -> None:
        """Learn from the server that the backend began (or ended) a wait for a lock."""

    def lost(self, link: Link, group: Group, reason: str) -> None:
        """Learn that a held or running statement vanished with its connection."""

    def closed(self, link: Link) -> None:
        """Learn that the connection is closed on the server's side too, its locks released."""
