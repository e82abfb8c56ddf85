"""PostgreSQL protocol 3 framing: bytes in, whole messages out. Pure and incremental, no I/O.

In every schedule the same bytes are said again: those that came together are cut up once.

Source: PostgreSQL documentation, chapter 'Frontend/Backend Protocol', sections 'Message Flow' and
'Message Formats'. Size limits follow the server's own (src/include/libpq/libpq.h, pqcomm.h).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from racewalk.errors import ProtocolError

MESSAGE_LIMIT: Final = 16 * 1024 * 1024
"""Largest message passed in either direction, in bytes; a 10 MB statement passes."""
SMALL_LIMIT: Final = 10_000
"""Largest startup packet and largest message of a kind that carries no data, in bytes."""

_INT32: Final = struct.Struct("!i")
_REQUEST_TLS: Final = 80877103
_REQUEST_GSS: Final = 80877104
_REQUEST_CANCEL: Final = 80877102
_End = Literal["frontend", "backend"]
_LIMITS: Final[dict[_End, dict[str, int]]] = {
    "frontend": dict.fromkeys("BFPQdp", MESSAGE_LIMIT) | dict.fromkeys("CDEHSXcf", SMALL_LIMIT),
    "backend": dict.fromkeys("123ACDEGHIKNRSTVWZcdnstv", MESSAGE_LIMIT),
}
"""What either end says: the largest message of each kind, in bytes."""
SHORT: Final = 4096
"""Bytes up to which what came together is remembered."""
_REMEMBERED: Final = 1024
"""How much of that, of what was met last."""


class Packet(StrEnum):
    """Kinds of the untyped packets that open a connection, as `Message.kind`."""

    STARTUP = "startup"
    TLS = "SSLRequest"
    GSS = "GSSENCRequest"
    CANCEL = "CancelRequest"


class Message(NamedTuple):
    """One whole message; `kind` is its type byte as a character, or a `Packet`."""

    kind: str
    raw: bytes

    @property
    def body(self) -> bytes:
        """The payload behind the type byte and the length."""
        return self.raw[5:] if len(self.kind) == 1 else self.raw[4:]


class FrontendFramer:
    """Cut what a client sends into messages, beginning with the untyped start-up packets."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._started = False

    @property
    def partial(self) -> bool:
        """Whether a message has begun and is not whole yet."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> Sequence[Message]:
        """Return the messages that `data` completes.

        Raises:
            ProtocolError: an unknown kind, an impossible length, or a message above the limit. It
                is raised as soon as the header shows it, before the payload has arrived.
        """
        if self._started:
            return _completed(self._buffer, data, "frontend")
        self._buffer += data
        messages: list[Message] = []
        self._startup(messages)
        if self._started:
            messages += _completed(self._buffer, b"", "frontend")
        return messages

    def _startup(self, messages: list[Message]) -> None:
        buffer = self._buffer
        while not self._started and len(buffer) >= 4:
            (length,) = _INT32.unpack_from(buffer)
            if not 8 <= length <= SMALL_LIMIT:
                raise ProtocolError(f"no start-up packet: its length would be {length}")
            if len(buffer) < length:
                return
            raw = bytes(buffer[:length])
            del buffer[:length]
            kind = _packet(raw)
            self._started = kind is Packet.STARTUP
            messages.append(Message(kind, raw))


class BackendFramer:
    """Cut what the server sends into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Sequence[Message]:
        """Return the messages that `data` completes.

        Raises:
            ProtocolError: an unknown kind, an impossible length, or a message above the limit.
        """
        return _completed(self._buffer, data, "backend")


def typed(data: bytes) -> Sequence[Message]:
    """Return the whole messages in what a client sends once its connection is open.

    Raises:
        ProtocolError: see `FrontendFramer.feed`.
    """
    return _completed(bytearray(), data, "frontend")


def _completed(buffer: bytearray, data: bytes, said_by: _End) -> Sequence[Message]:
    """Return the messages that `data` completes, and leave in `buffer` what it does not."""
    if buffer or len(data) > SHORT:
        buffer += data
        messages, size = _whole(buffer, said_by)
        del buffer[:size]
    else:
        messages, size = _known(data, said_by)
        buffer += data[size:]
    return messages


def _whole(data: bytes | bytearray, said_by: _End) -> tuple[Sequence[Message], int]:
    """Return every whole typed message at the front, and how many bytes they take."""
    limits = _LIMITS[said_by]
    found: list[Message] = []
    start, end = 0, len(data)
    while end - start >= 5:
        kind = chr(data[start])
        (length,) = _INT32.unpack_from(data, start + 1)
        if kind not in limits:
            raise ProtocolError(f"unknown {said_by} message {kind!r}")
        if length < 4:
            raise ProtocolError(f"message {kind!r} claims a length of {length}")
        if length > (limit := limits[kind]):
            raise ProtocolError(
                f"message {kind!r} of {length} bytes is above the limit of {limit}", "54000"
            )
        if end - start <= length:
            break
        found.append(Message(kind, bytes(data[start : start + length + 1])))
        start += length + 1
    return tuple(found), start


_known = lru_cache(maxsize=_REMEMBERED)(_whole)


def _packet(raw: bytes) -> Packet:
    (code,) = _INT32.unpack_from(raw, 4)
    match code:
        case _ if code == _REQUEST_TLS:
            return Packet.TLS
        case _ if code == _REQUEST_GSS:
            return Packet.GSS
        case _ if code == _REQUEST_CANCEL:
            return Packet.CANCEL
        case _ if code >> 16 == 3:
            return Packet.STARTUP
    raise ProtocolError(f"protocol {code >> 16}.{code & 0xFFFF} is not spoken here", "0A000")


def startup_parameters(packet: Message) -> dict[str, str]:
    """Return the parameters of a StartupMessage, such as `user` and `database`.

    Raises:
        ProtocolError: a key without a value, or no terminator.
    """
    fields = packet.raw[8:].split(b"\0")
    if len(fields) < 2 or fields[-1] or fields[-2] or len(fields) % 2:
        raise ProtocolError("start-up packet with broken parameters")
    text = [field.decode("utf-8", "backslashreplace") for field in fields[:-2]]
    return dict(zip(text[::2], text[1::2], strict=True))


def encode(kind: str, body: bytes = b"") -> bytes:
    """Return one typed message."""
    return kind.encode("ascii") + _INT32.pack(len(body) + 4) + body


TERMINATE: Final = encode("X")
"""By which a client ends its connection."""


def fatal(sqlstate: str, text: str) -> bytes:
    """Return the ErrorResponse that refuses a client before its connection is closed."""
    fields = (("S", "FATAL"), ("V", "FATAL"), ("C", sqlstate), ("M", text))
    body = b"".join(key.encode() + value.encode() + b"\0" for key, value in fields)
    return encode("E", body + b"\0")


def notice_fields(message: Message) -> dict[str, str]:
    """Return the fields of an ErrorResponse or NoticeResponse by their one-letter code.

    'V' is the severity, 'C' the SQLSTATE, 'M' the text, 'R' the routine that reported it
    (section 'Error and Notice Message Fields').
    """
    fields = (field for field in message.body.split(b"\0") if field)
    return {chr(field[0]): field[1:].decode("utf-8", "backslashreplace") for field in fields}
