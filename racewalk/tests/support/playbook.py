"""A conversation as a page to read: what goes in (>>), and what must come out of it (<<).

    play = logged_in()
    play >> Client(query("SELECT 1 FROM t")) << held("SELECT 1 FROM t") << nothing
    play >> Release() << to_server(query("SELECT 1 FROM t")) << nothing
    play >> Server(tag("SELECT 1") + ready()) << to_client(...) << completed("SELECT 1") << nothing

What came out and was not named fails the line that comes next. Ends of streams are b"".
"""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass

from racewalk.wire.conversation import Conversation
from racewalk.wire.events import (
    Completed,
    Event,
    Held,
    Lost,
    OpenServer,
    Passed,
    Send,
    Side,
)
from racewalk.wire.framing import encode
from racewalk.wire.noise import RULES
from support import messages as m


@dataclass(frozen=True)
class Client:
    """Bytes that the client sends."""

    data: bytes


@dataclass(frozen=True)
class Server:
    """Bytes that the server sends."""

    data: bytes


@dataclass(frozen=True)
class Release:
    """The permission to go on."""


@dataclass(frozen=True)
class Told:
    """A report in the words of a test: its kind, and what it says."""

    kind: type[Event]
    text: str = ""
    tags: tuple[str, ...] = ()
    error: str | None = None
    status: str | None = None


class Nothing:
    """Nothing more comes out."""


nothing = Nothing()


class Playbook:
    """One conversation, line by line."""

    def __init__(self) -> None:
        self.conversation = Conversation(RULES)
        self._out: deque[Event] = deque()

    def __rshift__(self, step: Client | Server | Release) -> Playbook:
        assert not self._out, f"not named: {list(self._out)}"
        match step:
            case Client(data):
                events = self.conversation.from_client(data)
            case Server(data):
                events = self.conversation.from_server(data)
            case Release():
                events = self.conversation.release()
        for event in events:
            self._take(event)
        return self

    def _take(self, event: Event) -> None:
        """Keep an event; bytes that go the same way one after the other are as good as joined."""
        match self._out[-1] if self._out else None, event:
            case (Send(before, data), Send(to, more)) if before is to:
                self._out[-1] = Send(to, data + more)
            case _:
                self._out.append(event)

    def __lshift__(self, expected: Event | Told | Nothing) -> Playbook:
        if isinstance(expected, Nothing):
            assert not self._out, f"not named: {list(self._out)}"
            return self
        assert self._out, f"nothing came where {expected} should"
        event = self._out.popleft()
        if isinstance(expected, Told):
            assert _told(event, expected) == expected
        else:
            assert event == expected
        return self


def _told(event: Event, expected: Told) -> Told:
    """The report in the words of a test; a status that it does not ask for is left out."""
    match event:
        case Held(group):
            return Told(Held, group.announcement)
        case Completed(group, reply):
            status = None if expected.status is None else reply.status
            tags = tuple(reply.tags)
            return Told(Completed, group.announcement, tags, reply.error, status)
        case Lost(_, reason):
            return Told(Lost, reason)
        case _:
            return Told(type(event))


def to_client(data: bytes) -> Send:
    """They go to the client."""
    return Send(Side.CLIENT, data)


def to_server(data: bytes) -> Send:
    """They go to the server."""
    return Send(Side.SERVER, data)


def held(text: str) -> Told:
    """It waits to be released."""
    return Told(Held, text)


def completed(text: str, *tags: str, error: str | None = None, status: str | None = None) -> Told:
    """It is over, with these command tags."""
    return Told(Completed, text, tags, error, status)


def logged_in() -> Playbook:
    """Return a conversation past its start."""
    play = Playbook()
    start = m.startup(user="a", database="b")
    play >> Client(start) << OpenServer(start) << Passed("connection set-up") << nothing
    hello = encode("R", struct.pack("!i", 0)) + ready()
    return play >> Server(hello) << to_client(hello) << nothing


def ready(status: str = "I") -> bytes:
    """Return a ReadyForQuery."""
    return encode("Z", status.encode())


def tag(text: str) -> bytes:
    """Return a CommandComplete."""
    return encode("C", text.encode() + b"\0")


def error(sqlstate: str) -> bytes:
    """Return an ErrorResponse."""
    return encode("E", f"SERROR\0VERROR\0C{sqlstate}\0Mfailed\0\0".encode())


PARSED, BOUND, NO_DATA, CLOSED = (encode(kind) for kind in "12n3")
COPY_IN = encode("G", b"\0\0\0")
COPY_DATA, COPY_DONE = encode("d", b"1\n"), encode("c")
