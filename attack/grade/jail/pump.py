"""Carries bytes between pairs of sockets, and lines from pipes, in one thread."""

from __future__ import annotations

import os
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_AT_ONCE: Final = 65536


class Pump:
    """What is read on one side is written on the other, until either side ends."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def listen(self, listener: socket.socket, came: Callable[[socket.socket], None]) -> None:
        """Hand each connection that is accepted to `came`."""

        def accept() -> None:
            with suppress(OSError):  # who called has gone again
                came(listener.accept()[0])

        self._selector.register(listener, selectors.EVENT_READ, accept)

    def read(self, pipe: int, came: Callable[[bytes], None]) -> None:
        """Hand what is read from a pipe to `came`."""

        def more() -> None:
            if data := os.read(pipe, _AT_ONCE):
                came(data)
            else:
                self._selector.unregister(pipe)

        self._selector.register(pipe, selectors.EVENT_READ, more)

    def join(
        self, one: socket.socket, other: socket.socket, came: Callable[[], None] = lambda: None
    ) -> None:
        """Carry bytes both ways; close both when one has ended. Any thread may call this.

        Args:
            one: the caller.
            other: the called.
            came: told of each piece that comes from the called.
        """
        there = _carrying(self, one, other, lambda: None)
        back = _carrying(self, other, one, came)
        self._selector.register(one, selectors.EVENT_READ, there)
        self._selector.register(other, selectors.EVENT_READ, back)

    def part(self, *sockets: socket.socket) -> None:
        """Close a pair."""
        for each in sockets:
            with suppress(KeyError, ValueError):
                self._selector.unregister(each)
            each.close()

    def turn(self, seconds: float) -> None:
        """Do what there is to do, waiting for it so long at most."""
        for key, _ in self._selector.select(seconds):
            if key.fd in self._selector.get_map():  # an earlier one may have parted it
                key.data()


def _carrying(
    pump: Pump, source: socket.socket, sink: socket.socket, came: Callable[[], None]
) -> Callable[[], None]:
    def carry() -> None:
        try:
            data = source.recv(_AT_ONCE)
            if data:
                sink.sendall(data)
                came()
                return
        except OSError:
            pass  # either side is gone, and so is the other then
        pump.part(source, sink)

    return carry
