"""The same application with other SQL: what a connection says is changed as it passes.

What is changed is said from outside, by `Edits`, in terms of SQL; how that is put into messages
is here. A Query and a Parse get another text and keep all else: name, types of the parameters,
order. A statement that was prepared long ago, for all its uses, is prepared a second time under
a name of ours where one use of it has to be another one; the server's word that this was done is
kept from the client. Where nothing is changed each byte is the client's own.

Texts are decoded as Latin-1, which gives each byte back as it was, whatever it encodes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from racewalk.wire.framing import Message, encode
from racewalk.wire.statements import Prepared, Reader

_BYTES: Final = "latin-1"
_OURS: Final = "racewalk_variant"
_REPLIES: Final = frozenset("CDEITZns123t")
"""What the server says to a statement; the rest comes whenever it likes."""


class Edits(Protocol):
    """What is changed on one connection, in the order in which it is said."""

    def ahead(self, sql: str) -> str:
        """Return what a text is parsed as that is to be executed later."""

    def text(self, sql: str) -> str:
        """Return what a text is executed as, now."""

    def opening(self) -> str | None:
        """Return what has to be run before the next statement, or None."""

    def closing(self, failed: bool = False) -> str | None:
        """Return what has to be run before the connection is at rest, or None.

        Args:
            failed: whether the request was given up.
        """

    def tagged(self, tag: str) -> str:
        """Return what the client is told in place of the next command tag."""

    def failed(self) -> None:
        """Learn that a statement failed, and those behind it in its batch with it."""

    def ready(self, status: str, tag: str, *, own: bool) -> None:
        """Learn the status of the transaction, once all is answered.

        Args:
            status: of the server.
            tag: the last command tag.
            own: whether it was a statement of ours.
        """

    def seen(self, status: str) -> str:
        """Return the status of a transaction as the client is told it."""


class Editing(Protocol):
    """What is changed on all connections of an application."""

    def connection(self, request: int | None) -> Edits:
        """Return the changes of a new connection.

        Args:
            request: whose it is, or None where several requests share it.
        """

    def begin(self) -> None:
        """Change what is said from now on: a schedule begins."""

    def rest(self) -> None:
        """Change nothing from now on: what comes is set-up."""


class Editor:
    """Puts the changes of a connection into its messages, both ways.

    Args:
        edits: what is changed.
    """

    def __init__(self, edits: Edits) -> None:
        self._edits = edits
        self._texts: dict[str, str] = {}
        self._parsed: dict[str, str] = {}
        self._acknowledged: dict[str, deque[bool]] = {"1": deque(), "3": deque()}
        self._tag = ""

    def opening(self) -> Message | None:
        """Return a Query that has to come before what the client says next, or None."""
        opening = self._edits.opening()
        return None if opening is None else _query(opening)

    def closing(self, failed: bool = False) -> Message | None:
        """Return a Query that has to come before the connection is at rest, or None."""
        closing = self._edits.closing(failed)
        return None if closing is None else _query(closing)

    @property
    def closes(self) -> bool:
        """Whether there is one."""
        return self._edits.closing() is not None

    def sent(self, messages: Sequence[Message], prepared: Prepared) -> list[Message]:
        """Return what is sent in place of a whole group of the client's messages.

        Args:
            messages: of the client.
            prepared: the statements of the connection as the server knows them.
        """
        return [out for message in messages for out in self._sent(message, prepared)]

    def _sent(self, message: Message, prepared: Prepared) -> Iterator[Message]:
        reader = Reader(message.body)
        match message.kind:
            case "Q":
                text = _string(message.body, 0)
                wanted = self._edits.text(text)
                yield message if wanted == text else _query(wanted)
            case "P":
                name, text = (_string(message.body, at) for at in (0, 1))
                self._texts[name], self._parsed[name] = text, self._edits.ahead(text)
                self._acknowledged["1"].append(False)
                yield _parse(message, name, text, self._parsed[name])
            case "B":
                yield from self._bound(message, prepared)
            case "C":
                self._acknowledged["3"].append(False)
                if reader.take(1) == b"S":
                    self._texts.pop(_string(message.body[1:], 0), None)
                yield message
            case _:
                yield message

    def _bound(self, message: Message, prepared: Prepared) -> Iterator[Message]:
        """A Bind; where its statement has to be another one this time, that is prepared first."""
        portal, name = (_string(message.body, at) for at in (0, 1))
        if name not in self._texts:
            yield message
            return
        wanted = self._edits.text(self._texts[name])
        if wanted == self._parsed[name]:
            yield message
            return
        _, oids = prepared.statements.get(name, ("", ()))
        prepared.stand_ins[_OURS] = name
        types = b"".join(oid.to_bytes(4, "big") for oid in oids)
        ours = f"{_OURS}\0".encode()
        text = wanted.encode(_BYTES) + b"\0" + len(oids).to_bytes(2, "big") + types
        rest = message.body[len(portal) + len(name) + 2 :]
        for kind in "31":
            self._acknowledged[kind].append(True)
        # Whatever else has dropped all statements meanwhile: to close one that is not there is
        # no error.
        yield Message("C", encode("C", b"S" + ours))
        yield Message("P", encode("P", ours + text))
        yield Message("B", encode("B", portal.encode(_BYTES) + b"\0" + ours + rest))

    def told(self, message: Message, *, own: bool) -> bytes:
        """Return what the client is told in place of a message of the server's.

        Args:
            message: of the server.
            own: whether it answers a statement of ours.
        """
        told = message.raw
        match message.kind:
            case "1" | "3" as kind:
                waiting = self._acknowledged[kind]
                told = b"" if waiting and waiting.popleft() else told
            case "C":
                self._tag = _string(message.body, 0)
                if not own:
                    tag = self._edits.tagged(self._tag)
                    told = told if tag == self._tag else encode("C", tag.encode(_BYTES) + b"\0")
            case "E":
                self._edits.failed()
            case "Z":
                told = self._ready(message, own)
        return b"" if own and message.kind in _REPLIES else told

    def _ready(self, message: Message, own: bool) -> bytes:
        for each in self._acknowledged.values():
            each.clear()
        status = message.body.decode("ascii", "replace")
        self._edits.ready(status, self._tag, own=own)
        self._tag = ""
        return encode("Z", self.seen(status).encode())

    def seen(self, status: str) -> str:
        """Return the status of a transaction as the client is told it."""
        return self._edits.seen(status)


def _string(body: bytes, index: int) -> str:
    return body.split(b"\0", index + 1)[index].decode(_BYTES)


def _query(text: str) -> Message:
    return Message("Q", encode("Q", text.encode(_BYTES) + b"\0"))


def _parse(message: Message, name: str, text: str, wanted: str) -> Message:
    if text == wanted:
        return message
    rest = message.body[len(name) + len(text) + 2 :]
    strings = b"".join(each.encode(_BYTES) + b"\0" for each in (name, wanted))
    return Message("P", encode("P", strings + rest))
