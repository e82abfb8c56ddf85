"""What comes out of a conversation: commands for its two sockets, and reports of what happened."""

from __future__ import annotations

from dataclasses import dataclass

from racewalk.wire.groups import Group
from racewalk.wire.reply import Reply


@dataclass(frozen=True, slots=True)
class ToClient:
    """Send this to the client."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ToServer:
    """Send this to the server."""

    data: bytes


@dataclass(frozen=True, slots=True)
class OpenServer:
    """Connect to the server and send this first."""

    first: bytes


@dataclass(frozen=True, slots=True)
class FinishClient:
    """End the stream to the client, once all is sent."""


@dataclass(frozen=True, slots=True)
class CloseClient:
    """Close the client's connection at once."""


@dataclass(frozen=True, slots=True)
class FinishServer:
    """End the stream to the server, once all is sent."""


@dataclass(frozen=True, slots=True)
class CloseServer:
    """Close the server's connection at once."""


@dataclass(frozen=True, slots=True)
class Held:
    """A statement waits to be released."""

    group: Group


@dataclass(frozen=True, slots=True)
class Completed:
    """The released step is over, and its client has the answer that it asked for."""

    group: Group
    reply: Reply


@dataclass(frozen=True, slots=True)
class Passed:
    """Something went through without being a step, under this rule."""

    rule: str


@dataclass(frozen=True, slots=True)
class Waits:
    """The backend said that it waits for a lock, or no longer does."""

    waiting: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A held or running statement vanished with its connection."""

    group: Group
    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is closed on the server's side too, its locks released."""


Command = ToClient | ToServer | OpenServer | FinishClient | CloseClient | FinishServer | CloseServer
Report = Held | Completed | Passed | Waits | Lost | Closed
Event = Command | Report
