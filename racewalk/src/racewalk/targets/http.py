"""One HTTP/1.1 connection on the explorer's loop: bytes made beforehand out, an answer back.

A schedule costs a few milliseconds, and an ordinary client would spend one of them on building
headers. Here a request is a string of bytes that is made once and sent again and again; h11 reads
the answer.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from functools import lru_cache
from time import monotonic
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import h11

from racewalk.errors import DoubtError, LostError, ProtocolError
from racewalk.targets.bounds import Allowance
from racewalk.wire.loop import Channel, Loop

_CONNECT_SECONDS: Final = 5.0
_FAULT: Final = 500
_IDLE_SECONDS: Final = 0.5
"""An idle connection older than this may be closed by the server: look before it is used."""


class Response(NamedTuple):
    """An answer; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


_OVER: Final = h11.EndOfMessage()


@lru_cache(maxsize=16)
def _request(method: str) -> h11.Request:
    return h11.Request(method=method, target="/", headers=[("Host", "racewalk")])


class ResponseReader:
    """Reads one answer, fed piece by piece, and knows where it ends.

    Args:
        method: of the request: an answer to HEAD has no body.

    Attributes:
        response: the answer once it is whole, or None.
    """

    def __init__(self, method: str = "GET") -> None:
        self._parser = h11.Connection(h11.CLIENT)
        # What was sent is not told to h11 in full, but that a request is over.
        self._parser.send(_request(method))
        self._parser.send(_OVER)
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._allowance = Allowance()
        self._ended = False
        self.response: Response | None = None

    @property
    def keeps_alive(self) -> bool:
        """Whether the server will take another request on this connection."""
        return not self._ended and self._parser.their_state is h11.DONE

    def feed(self, data: bytes) -> None:
        """Take bytes; b"" is the end of the stream.

        Raises:
            ProtocolError: they are no answer in HTTP/1.1.
            LostError: the stream ended before the answer did.
            DoubtError: the answer exceeds a limit of `bounds`.
        """
        self._ended = not data
        self._allowance.take(len(data))
        try:
            self._parser.receive_data(data)
            while not self.response:
                event = self._parser.next_event()
                match event:
                    case h11.Response():
                        self._status = event.status_code
                        self._headers = {
                            k.decode("latin-1"): v.decode("latin-1") for k, v in event.headers
                        }
                    case h11.Data():
                        self._body += event.data
                    case h11.EndOfMessage():
                        self.response = Response(self._status, self._headers, bytes(self._body))
                    case h11.InformationalResponse():
                        continue
                    case _:
                        return
        except h11.RemoteProtocolError as error:
            if not data:
                raise LostError("the application closed the connection without an answer") from None
            raise ProtocolError(f"no HTTP answer: {error}") from None


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
        self._used = 0.0

    @property
    def response(self) -> Response | None:
        """The answer to what was sent last, or None while it is not whole."""
        return self._reader.response if self._reader else None

    @property
    def in_flight(self) -> bool:
        """Whether something was sent to which the answer is not whole yet."""
        return self._reader is not None and not self._reader.response

    def send(self, request: bytes) -> None:
        """Send a request, connecting first where the server has closed the connection.

        Raises:
            LostError: nothing listens there.
        """
        if self._channel and monotonic() - self._used > _IDLE_SECONDS:
            self._loop.pump(0)  # its end may have come meanwhile, as servers end what is idle
        if self._channel is None:
            self._channel = Channel(self._loop, self._connect(), self._received)
        self._reader = ResponseReader(request[: request.index(b" ")].decode())
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
        self._used = monotonic()
        if self._reader and not self._reader.response:
            try:
                self._reader.feed(data)
            except DoubtError:
                self.close()  # for more will come
                raise
        if not data or (self._reader and self._reader.response and not self._stays):
            self.close()

    @property
    def _stays(self) -> bool:
        """Whether the next request may go here: some close late after a fault, and tell nobody."""
        if not self._reader or not self._reader.response:
            return False
        return self._reader.keeps_alive and self._reader.response.status < _FAULT


def encoded(method: str, url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a request as the bytes to send, to be answered on a connection kept alive."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    lines = {"Host": parts.netloc, **headers}
    if body or method not in ("GET", "HEAD"):
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body
