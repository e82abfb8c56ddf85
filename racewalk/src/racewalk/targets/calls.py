"""Plain callables as a target: a thread for each, which reaches the database by a port of its own.

The threads stay from one schedule to the next, and so do what they keep: connections, most of all.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from queue import SimpleQueue
from sys import getswitchinterval
from threading import Thread, get_native_id
from time import monotonic
from typing import Any, Final, Protocol

from racewalk.reset.written import WrittenReset
from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.targets.rest import A_WHILE, sleeps, sleeps_for_a_time, times_run, waits_for_a_lock
from racewalk.wire.loop import READ, Loop

_FAREWELL: Final = 2.0
_TURNS: Final = 4
"""How often whoever waits for the interpreter would have asked for it anew meanwhile."""
_LONGEST: Final = 80
Holds = Callable[[], bool | None]
"""An invariant: broken where it returns False, or raises an AssertionError."""


class Connected(Protocol):
    """How callables reach the database: implemented for each framework."""

    def call(self, port: int, call: Callable[..., Any]) -> Any:
        """Call with all connections of this thread leading through a port of this machine."""

    def close(self) -> None:
        """Close what this thread has opened."""


class CallsTarget:
    """Callables. Implements `target.Target`.

    Args:
        calls: what races.
        connected: how they reach the database.
        reset: restores the start.
        invariants: by name, asked after each schedule on a connection past the proxy.
        told: what an answer says of a value that was returned.

    Attributes:
        values: what each returned last, or the exception that it raised.
    """

    shared_port = False

    def __init__(
        self,
        calls: Sequence[Callable[..., Any]],
        connected: Connected,
        reset: WrittenReset,
        invariants: dict[str, Holds],
        told: Callable[[Any], Answer],
    ) -> None:
        self.requests = len(calls)
        self._calls, self._connected, self._reset = calls, connected, reset
        self._invariants, self._told = invariants, told
        self._workers: list[_Worker] = []
        self._loop: Loop | None = None
        self._bell: tuple[socket.socket, socket.socket] | None = None

    @property
    def values(self) -> list[Any]:
        """What each returned last."""
        return [worker.value for worker in self._workers]

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Start the threads."""
        self._loop, self._bell = loop, socket.socketpair()
        ours, theirs = self._bell
        loop.watch(ours.fileno(), READ, self._rung)
        for port, call in zip(ports, self._calls, strict=True):
            self._workers.append(_Worker(self._connected, port, call, theirs))

    def _rung(self, _events: int) -> None:
        if self._bell:
            self._bell[0].recv(1 << 12)

    def reset(self) -> Facts:
        """Ask the invariants, then read what was written and restore the start."""
        pairs = tuple((name, int(_holds(holds))) for name, holds in self._invariants.items())
        return replace(self._reset(), pairs=pairs)

    def start(self, request: int) -> None:
        """Call it."""
        self._workers[request].start()

    def answer(self, request: int) -> Answer | None:
        """Return what it returned or raised, or None while it runs."""
        worker = self._workers[request]
        if not worker.done:
            return None
        if isinstance(worker.value, BaseException):
            kind = type(worker.value).__name__
            return Answer("failed", f"{kind}: {' '.join(str(worker.value).split())}"[:_LONGEST])
        return self._told(worker.value)

    def stuck(self, request: int, at_database: Collection[int]) -> bool:
        """Return whether its thread waits for another, such as for a threading.Lock."""
        del at_database
        return waits_for_a_lock(os.getpid(), self._workers[request].thread)

    def settled(self, at_database: Collection[int]) -> bool:
        """Whom a thread serves is known at any time."""
        del at_database
        return True

    def sleeps(self, request: int, since: float) -> bool:
        """Return whether its thread has slept for a while: for a time, or for another server."""
        del since
        return self._workers[request].sleeps()

    def late(self, request: int | None) -> bool:
        """What a call returned, it returned last."""
        del request
        return False

    def rests(self, request: int) -> bool | None:
        """What a call returned, it returned last."""
        del request
        return True

    def close(self) -> None:
        """End the threads; one that still waits for a lock is left behind, and ends with us."""
        for worker in self._workers:
            worker.end()
        if self._loop and self._bell:
            self._loop.forget(self._bell[0].fileno())
            for each in self._bell:
                each.close()
        self._loop, self._bell = None, None


class _Worker:
    """A thread that makes one call again and again."""

    def __init__(
        self, connected: Connected, port: int, call: Callable[..., Any], bell: socket.socket
    ) -> None:
        self._connected, self._port, self._call, self._bell = connected, port, call, bell
        self._orders = SimpleQueue[bool]()
        self.done, self.value = False, None
        self.thread = 0
        self._ran, self._since = "", 0.0
        self._running = Thread(target=self._run, name=f"racewalk-{port}", daemon=True)
        self._running.start()

    def start(self) -> None:
        """Make the call."""
        self.done, self.value = False, None
        self._orders.put(True)

    def sleeps(self) -> bool:
        """Return whether the thread was asked for before, and has not run for a while since then.

        One that waits for the interpreter sleeps for a time, and runs again before long.
        """
        pid, now = os.getpid(), monotonic()
        ran = times_run(pid, self.thread)
        if ran != self._ran or not sleeps(pid, self.thread):
            self._ran, self._since = ran, now
        rested, turns = now - self._since, _TURNS * getswitchinterval()
        if not ran or rested < min(turns, A_WHILE):
            return False
        return rested >= A_WHILE or sleeps_for_a_time(pid, self.thread)

    def end(self) -> None:
        """End the thread, if it is not in a call."""
        self._orders.put(False)

    def join(self) -> None:
        """Wait for its end for a moment."""
        self._running.join(_FAREWELL)

    def _run(self) -> None:
        self.thread = get_native_id()
        while self._orders.get():
            try:
                value = self._connected.call(self._port, self._call)
            except BaseException as error:  # an outcome like any other, told in the picture
                value = error
            self.value, self.done = value, True
            with suppress(OSError):
                self._bell.send(b".")
        with suppress(Exception):
            self._connected.close()


def _holds(invariant: Holds) -> bool:
    try:
        return invariant() in (None, True)
    except AssertionError:
        return False
