"""One single-threaded event loop over non-blocking sockets, and a byte channel on it."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Final, TypeVar

READ: Final = selectors.EVENT_READ
WRITE: Final = selectors.EVENT_WRITE
_CHUNK: Final = 64 * 1024
_HIGH_WATER: Final = 1024 * 1024

T = TypeVar("T")
Callback = Callable[[int], None]
"""Called with the ready events, `READ` or `WRITE` or both."""


class Loop:
    """Calls back for every file descriptor that is ready; knows nothing of time."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._callbacks: dict[int, Callback] = {}

    def watch(self, fd: int, events: int, callback: Callback) -> None:
        """Call `callback` whenever `fd` is ready for `events`."""
        self._selector.register(fd, events, callback)
        self._callbacks[fd] = callback

    def change(self, fd: int, events: int, callback: Callback) -> None:
        """Replace what a watched `fd` waits for."""
        self._selector.modify(fd, events, callback)
        self._callbacks[fd] = callback

    def forget(self, fd: int) -> None:
        """Stop watching `fd`."""
        self._selector.unregister(fd)
        del self._callbacks[fd]

    def pump(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for something to be ready, call back, say if there was.

        0 only looks.
        """
        ready = self._selector.select(timeout)
        for key, events in ready:
            # An earlier callback may have closed this descriptor, or given its number away.
            if self._callbacks.get(key.fd) == key.data:
                key.data(events)
        return bool(ready)

    def close(self) -> None:
        """Release the selector; watched descriptors stay open."""
        self._selector.close()


class Channel:
    """A non-blocking stream socket on a loop, with an output buffer.

    Args:
        loop: where to wait.
        sock: a connected stream socket; the channel owns it.
        received: called with each chunk of bytes, and with b"" once at the end of the stream.

    Attributes:
        closed: whether the socket is closed.
    """

    def __init__(self, loop: Loop, sock: socket.socket, received: Callable[[bytes], None]) -> None:
        sock.setblocking(False)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop = loop
        self._sock = sock
        self._received = received
        self._out = bytearray()
        self._reading = True
        self._ending = False
        self._watched = 0
        self.closed = False
        self.drained: Callable[[], None] | None = None
        self._update()

    @property
    def congested(self) -> bool:
        """Whether so much output waits that its source should not be read for now."""
        return len(self._out) > _HIGH_WATER

    def send(self, data: bytes) -> None:
        """Send now what the socket takes, and the rest when it can."""
        if self.closed or self._ending:
            return
        if not self._out:
            try:
                data = data[self._sock.send(data) :]
            except BlockingIOError:
                pass
            except OSError:
                return  # the peer is gone; reading will tell
        if data:
            self._out += data
            self._update()

    def listen(self, reading: bool) -> None:
        """Read from the socket, or leave its bytes in the kernel for now."""
        self._reading = reading
        self._update()

    def finish(self) -> None:
        """Send what is left, then end the outgoing direction; reading goes on."""
        self._ending = True
        self._end_if_flushed()

    def close(self) -> None:
        """Close the socket, dropping unsent bytes."""
        if self.closed:
            return
        if self._watched:
            self._loop.forget(self._sock.fileno())
            self._watched = 0
        self.closed = True
        self._sock.close()

    def _update(self) -> None:
        if self.closed:
            return
        events = (READ if self._reading else 0) | (WRITE if self._out else 0)
        if events == self._watched:
            return
        fd = self._sock.fileno()
        if not events:
            self._loop.forget(fd)
        elif self._watched:
            self._loop.change(fd, events, self._ready)
        else:
            self._loop.watch(fd, events, self._ready)
        self._watched = events

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._flush()
        if events & READ and not self.closed:
            try:
                data = self._sock.recv(_CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.listen(False)
            self._received(data)

    def _flush(self) -> None:
        was_congested = self.congested
        try:
            del self._out[: self._sock.send(self._out)]
        except BlockingIOError:
            return
        except OSError:
            self._out.clear()
        self._update()
        self._end_if_flushed()
        if was_congested and not self.congested and self.drained:
            self.drained()

    def _end_if_flushed(self) -> None:
        if self._ending and not self._out and not self.closed:
            try:
                self._sock.shutdown(socket.SHUT_WR)
            except OSError:
                return  # already gone in both directions


def beside(loop: Loop, work: Callable[[], T]) -> T:
    """Run blocking work in a thread while the loop turns, and return what it returns.

    For what is written as plain calls but leads through the proxy, which is on this same loop. An
    exception out of the loop, such as the end of this process, does not wait for the work.
    """
    ours, theirs = socket.socketpair()
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)
        with suppress(OSError):  # nobody waits any more
            theirs.send(b".")

    with ours, theirs:
        loop.watch(ours.fileno(), READ, lambda _events: None)
        try:
            Thread(target=run, daemon=True).start()
            while not future.done():
                loop.pump(1.0)
        finally:
            loop.forget(ours.fileno())
    return future.result()
