"""Functions that talk to the database by a driver of their own, as a target: each in a thread."""

import socket
from collections.abc import Callable, Collection, Sequence
from threading import Thread

from psycopg.conninfo import make_conninfo

from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.wire.loop import READ, Loop

Call = Callable[[str], Answer]
"""Does its work on connections to this address, and says how that ended."""


class Calls:
    """Requests that are functions. Implements `target.Target`."""

    shared_port = False

    def __init__(self, conninfo: str, calls: Sequence[Call], reset: Callable[[], Facts]) -> None:
        self.requests = len(calls)
        self.reset = reset
        self._conninfo, self._calls = conninfo, calls
        self._addresses: list[str] = []
        self._answers: dict[int, Answer] = {}
        self._ours, self._theirs = socket.socketpair()

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Note where each goes."""
        loop.watch(self._ours.fileno(), READ, self._told)
        self._addresses = [
            make_conninfo(self._conninfo, port=port, sslmode="disable", gssencmode="disable")
            for port in ports
        ]

    def _told(self, _events: int) -> None:
        self._ours.recv(64)

    def start(self, request: int) -> None:
        """Begin one in a thread."""
        self._answers.pop(request, None)

        def work() -> None:
            self._answers[request] = self._calls[request](self._addresses[request])
            self._theirs.send(b".")

        Thread(target=work, daemon=True).start()

    def answer(self, request: int) -> Answer | None:
        """Return what it returned."""
        return self._answers.get(request)

    def stuck(self, request: int, at_database: Collection[int]) -> bool:
        """They share nothing."""
        del request, at_database
        return False

    def settled(self, at_database: Collection[int]) -> bool:
        """They share nothing."""
        del at_database
        return True

    def sleeps(self, request: int, since: float) -> bool:
        """They share nothing."""
        del request, since
        return False

    def late(self, request: int | None) -> bool:
        """What a call returned, it returned last."""
        del request
        return False

    def rests(self, request: int) -> bool | None:
        """What a call returned, it returned last."""
        del request
        return True

    def close(self) -> None:
        """Nothing is kept open."""
