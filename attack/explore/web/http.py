"""A raw HTTP/1.1 client on the explorer's own loop: bytes made beforehand out, a status back.

A schedule costs a few milliseconds, and an ordinary client would spend one of them on building
headers. Here a request is a string of bytes that is made once and sent again and again.

Source: RFC 9112, 'HTTP/1.1', sections 4 (status line), 6 (message body) and 7.1 (chunked).
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from racewalk.errors import LostError, ProtocolError
from racewalk.wire.loop import Channel, Loop

_HEAD_LIMIT: Final = 64 * 1024
_CONNECT_SECONDS: Final = 5.0
_BODILESS: Final = frozenset({204, 304})


class Response(NamedTuple):
    """The head of an answer; header names in lower case. Its body is read and dropped."""

    status: int
    headers: Mapping[str, str]


class ResponseReader:
    """Reads one answer, fed piece by piece, and knows where it ends."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: Response | None = None
        self._left = 0
        self._chunked = self._until_close = False
        self.whole = False

    @property
    def response(self) -> Response | None:
        """The answer once it is whole, or None."""
        return self._head if self.whole else None

    @property
    def keeps_alive(self) -> bool:
        """Whether the server will take another request on this connection."""
        close = self._head and self._head.headers.get("connection", "").lower() == "close"
        return not (close or self._until_close)

    def feed(self, data: bytes) -> None:
        """Take bytes; b"" is the end of the stream.

        Raises:
            ProtocolError: they are no answer in HTTP/1.1.
            LostError: the stream ended before the answer did.
        """
        if not data:
            if not (self._head and self._until_close):
                raise LostError("the application closed the connection without an answer")
            self.whole = True
            return
        self._buffer += data
        while self._head is None and self._read_head():
            pass
        if self._head is None or self._until_close:
            return
        if self._chunked:
            while not self.whole and self._read_chunk():
                pass
            return
        taken = min(self._left, len(self._buffer))
        del self._buffer[:taken]
        self._left -= taken
        self.whole = not self._left

    def _read_head(self) -> bool:
        """Take the head if it is whole; skip an interim answer (1xx)."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _HEAD_LIMIT:
                raise ProtocolError("an HTTP head without an end")
            return False
        first, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        version, _, rest = first.partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
            raise ProtocolError(f"no HTTP answer: {first[:80]!r}")
        status = int(rest[:3])
        if status < 200:
            return True
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self._head = Response(status, headers)
        self._expect_body(status, headers)
        return False

    def _expect_body(self, status: int, headers: Mapping[str, str]) -> None:
        if status in _BODILESS:
            return
        self._chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        length = headers.get("content-length")
        if length is None:
            self._until_close = not self._chunked
        elif length.isascii() and length.isdigit():
            self._left = int(length)
        else:
            raise ProtocolError(f"no length: {length[:40]!r}")

    def _read_chunk(self) -> bool:
        """Drop one whole chunk; the last one is empty, and may be followed by trailers."""
        line_end = self._buffer.find(b"\r\n")
        if line_end < 0:
            return False
        try:
            size = int(bytes(self._buffer[:line_end]).partition(b";")[0], 16)
        except ValueError:
            raise ProtocolError("no size of a chunk") from None
        if size:
            end = line_end + 2 + size + 2
            if len(self._buffer) < end:
                return False
            del self._buffer[:end]
            return True
        trailers = self._buffer.find(b"\r\n\r\n", line_end)
        self.whole = trailers >= 0
        return False


class HttpConnection:
    """A connection to an application that one request at a time is sent on.

    Args:
        loop: the event loop.
        port: of the application, on this machine.
    """

    def __init__(self, loop: Loop, port: int) -> None:
        self._loop, self._port = loop, port
        self._channel: Channel | None = None
        self._reader: ResponseReader | None = None

    @property
    def response(self) -> Response | None:
        """The answer to what was sent last, or None while it is not whole."""
        return self._reader.response if self._reader else None

    def send(self, request: bytes) -> None:
        """Send a request, connecting first where the server has closed the connection.

        Raises:
            LostError: nothing listens there.
        """
        if self._channel is None:
            self._channel = Channel(self._loop, self._connect(), self._received)
        self._reader = ResponseReader()
        self._channel.send(request)

    def close(self) -> None:
        """Close the connection."""
        if self._channel:
            self._channel.close()
            self._channel = None

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(("127.0.0.1", self._port), _CONNECT_SECONDS)
        except OSError as error:
            raise LostError(f"the application at port {self._port} is gone: {error}") from error

    def _received(self, data: bytes) -> None:
        if self._reader and not self._reader.whole:
            self._reader.feed(data)
        if not data or (self._reader and self._reader.whole and not self._reader.keeps_alive):
            self.close()


def encoded(method: str, url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a request as the bytes to send, to be answered on a connection kept alive."""
    parts = urlsplit(url)
    lines = {"Host": parts.netloc, **headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {parts.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body
