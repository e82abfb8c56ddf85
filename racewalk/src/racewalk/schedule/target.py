"""What the explorer can be pointed at: the one protocol that scripts and web requests implement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.wire.loop import Loop

SEVERAL: Final = 3
"""Requests of which one may be done while two others may still come in either order."""


class Target(Protocol):
    """A fixed number of requests that can be sent again and again from the same start.

    All methods are called from the thread that runs the loop, and none may block on a request:
    sockets are watched on the loop, and answers are found by its callbacks.
    """

    @property
    def requests(self) -> int:
        """How many requests race; they are counted from 0."""

    @property
    def shared_port(self) -> bool:
        """Whether one instance of the application, hence one proxy port, serves all requests.

        What these do before they speak, and in which order they begin, may then decide something.
        """

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Make ready to send requests; request i reaches the database through `ports[i]`.

        Statements sent in here are let through as set-up.
        """

    def reset(self) -> Facts:
        """Read what the last schedule left, then restore the start. No request is in flight."""

    def start(self, request: int) -> None:
        """Send one request."""

    def answer(self, request: int) -> Answer | None:
        """Return what the request answered, or None while it has not."""

    def stuck(self, request: int, at_database: Collection[int]) -> bool:
        """Return True only on proof that the request waits for another inside the application.

        Asked again and again while a request neither speaks nor answers; False is always safe.

        Args:
            request: which one.
            at_database: those of all requests that wait for the answer to a statement; one that has
                answered may be among them, since it speaks again.
        """

    def settled(self, at_database: Collection[int]) -> bool:
        """Take note of a moment at which every request is done, is held, or waits.

        Asked of `SEVERAL` requests that share a process, while two of them are not done: what is
        seen then tells whom `stuck` sees later, when one more has answered.

        Args:
            at_database: see `stuck`.

        Returns:
            Whether it has, or gives it up; False while what comes after an answer is not over.
        """

    def sleeps(self, request: int, since: float) -> bool:
        """Return whether what serves a request, and others too, sleeps at this moment.

        Asked while a request keeps silent. It may wait for another of them, for a time: whether
        that, or the other, ends it first is a choice that nobody takes. Where they share nothing
        but the database this is False.

        Args:
            request: which one.
            since: when anything was heard last, as `time.monotonic` tells it.
        """

    def late(self, request: int | None) -> bool:
        """Return whether a statement that comes now, in the set-up, comes after an answer.

        Args:
            request: whose it is; None: of one of those that share a process.
        """

    def rests(self, request: int) -> bool | None:
        """Return whether nothing more will come of a request that has answered.

        What it has sent by now may still be on its way; None: nobody can tell.
        """

    def close(self) -> None:
        """Give everything back."""
