"""A connection of a salvo, plain HTTP: kept between requests, with a write that can be held back.

It is made of httpcore, the engine below httpx, for two reasons: httpx offers no way to a single
write, and its cookies, redirects and models take most of the time of a request, time in which no
other thread of the salvo sends its own.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import httpcore

from racewalk import DoubtError
from racewalk.targets import Allowance

TIMEOUT_S = 15.0
_TIMEOUTS = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)}

# What a request that failed raises; httpcore has no class above these.
FAILURES = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)

Hold = Callable[[Callable[[], None]], None]


class Connection:
    """One HTTP connection, opened at the first request and again where the server closed it."""

    def __init__(self) -> None:
        self._wire = _Wire()
        self._http = httpcore.ConnectionPool(max_connections=1, network_backend=self._wire)

    def post(
        self, url: str, headers: dict[str, str], content: Iterator[bytes] | bytes
    ) -> httpcore.Response:
        """Send a request and read the answer; follow no redirect, use no proxy.

        Raises:
            any of FAILURES: the request failed, or took longer than TIMEOUT_S at one step.
        """
        return self._http.request(
            "POST", url, headers=list(headers.items()), content=content, extensions=_TIMEOUTS
        )

    def hold_next_write(self, hold: Hold) -> None:
        """Give the next write to `hold`, which sends it when it likes; the sender goes on."""
        self._wire.hold = hold

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


class _Wire(httpcore.SyncBackend):
    """TCP, with the write that the connection wants held back."""

    hold: Hold | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, wire: _Wire) -> None:
        self._stream, self._wire = stream, wire
        self._answer = Allowance()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, timeout)
        try:
            self._answer.take(len(data))
        except DoubtError as error:
            raise httpcore.ReadError(str(error)) from None
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        hold, self._wire.hold = self._wire.hold, None
        self._answer = Allowance()
        if hold:
            hold(partial(self._stream.write, buffer, timeout))
        else:
            self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
