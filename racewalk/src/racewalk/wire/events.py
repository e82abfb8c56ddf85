"""What comes out of a conversation: commands for its two sockets, and reports of what happened."""

from __future__ import annotations

from dataclasses import dataclass

from racewalk.wire.groups import Group
from racewalk.wire.reply import Reply
from racewalk.words import Word


class Side(Word):
    """Who is at the other end of a socket."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Send:
    """Send these bytes."""

    to: Side
    data: bytes


@dataclass(frozen=True, slots=True)
class OpenServer:
    """Connect to the server and send this first."""

    first: bytes


@dataclass(frozen=True, slots=True)
class Finish:
    """End the stream to one side, once all is sent; what comes from there is still taken.

    With `at_once` the connection is closed, and nothing comes any more.
    """

    to: Side
    at_once: bool = False


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


Command = Send | OpenServer | Finish
Report = Held | Completed | Passed | Waits | Lost | Closed
Event = Command | Report
