"""A target of which requests are remembered: the application is asked for what is new alone.

Each request has to have an application of its own, which nobody else speaks to: then what it says
hangs on what it is told. Nothing else is remembered: the database answers every statement of every
schedule, and the facts are read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from time import time
from typing import Final

from racewalk.errors import DivergenceError
from racewalk.memory.player import Mode, Player
from racewalk.memory.tree import EVERY
from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.schedule.target import Target
from racewalk.wire.link import Ear, Link
from racewalk.wire.loop import Loop
from racewalk.words import name

CHECKED: Final = 24
"""One schedule of so many is run by the application, whatever is remembered of it."""


class RememberedTarget:
    """A target, remembered. Implements `target.Target`.

    Args:
        target: the application. Nothing of one that serves all requests in one process is
            remembered: they share what nobody sees.
        checked: one schedule of so many is run by the application and compared.
        now: the server's clock, or ahead of it, in seconds since 1970; None: nobody asks it.

    Attributes:
        on: whether what is remembered is used; set between two schedules.
        asks: whether the application runs the next schedule, whatever is remembered of it.
        remembered: schedules in which the application was not asked for anything.
        played: whether something of the last schedule was played.
    """

    def __init__(
        self, target: Target, checked: int = CHECKED, now: Callable[[], float] | None = None
    ) -> None:
        self.target, self._checked, self._now = target, checked, now
        self.requests, self.shared_port = target.requests, target.shared_port
        self.on = self.asks = False
        self.remembered = 0
        self.played = False
        self._players = [Player(request, now or time) for request in range(target.requests)]
        self._asked: set[int] = set()
        self._begun: set[int] = set()
        self._rested: set[int] = set()
        self._schedules = 0
        self._since: float | None = None

    @property
    def gave_up(self) -> bool:
        """Whether a driver was met, or a pool, of which nothing can be remembered."""
        return any(player.driver.counts or player.ended for player in self._players)

    def ear(self, link: Link) -> Ear | None:
        """Return what stands between a new connection and its client."""
        return None if link.request is None else self._players[link.request].listen(link)

    def forget(self) -> None:
        """Take it that nothing is known: from now on the requests are others."""
        self._schedules, self.asks = 0, False
        for player in self._players:
            player.forget()

    # The target

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Make the application ready."""
        self.target.open(loop, ports)

    def reset(self) -> Facts:
        """Learn from the last schedule, then read what it left and restore the start.

        Raises:
            DivergenceError: the application did not do what it had done after the same replies.
        """
        for request in self._begun:
            asked = request in self._asked
            self._players[request].end(self.target.answer(request) if asked else None)
        if self._begun:
            self._schedules += 1
            self.remembered += not self._asked
        self._begun, self._asked, self._rested = set(), set(), set()
        found = self.target.reset()
        self._since = self._now() if self._now else None
        return found

    def start(self, request: int) -> None:
        """Play it, or send it."""
        if not self.on or self.shared_port:
            self.target.start(request)
            return
        if not self._begun:
            self.played = False
        self._begun.add(request)
        played = self._schedules % self._checked > 0 and not self.asks
        if self._players[request].begin(self._since, played=played):
            self.played = True
        else:
            self._ask(request)

    def _ask(self, request: int) -> None:
        self._asked.add(request)
        self.target.start(request)

    def answer(self, request: int) -> Answer | None:
        """Return what it answered, or None while it has not.

        Raises:
            DivergenceError: it answered before it had said all that was said in its place.
        """
        if request not in self._begun:
            return self.target.answer(request)
        player = self._players[request]
        if player.mode is Mode.PLAYED:
            return player.answer
        if request not in self._asked:
            self._ask(request)  # not where the reply is told: the loop is in the midst of it
        found = self.target.answer(request)
        if found and player.mode is Mode.BEHIND:
            if not self._silent(request):
                return None
            raise DivergenceError(
                f"request {name(request)}: after the same replies of the database it answered "
                f"{found.kind!r}, and said more before",
                cure=EVERY,
            )
        return found

    def _silent(self, request: int) -> bool:
        """Whether it will say nothing more: asked twice, for what it sent may be on its way."""
        rests = self.target.rests(request) is not False
        was, self._rested = request in self._rested, self._rested - {request}
        if rests:
            self._rested |= {request}
        return rests and was

    def stuck(self, request: int, at_database: Collection[int]) -> bool:
        """Return whether it waits for another inside the application."""
        return self.target.stuck(request, at_database)

    def settled(self, at_database: Collection[int]) -> bool:
        """Have it take note of a moment at which nothing moves."""
        return self.target.settled(at_database)

    def sleeps(self, request: int, since: float) -> bool:
        """Return whether what serves a request, and others too, sleeps."""
        return self.target.sleeps(request, since)

    def late(self, request: int | None) -> bool:
        """Return whether a statement that comes now, in the set-up, comes after an answer."""
        return self.target.late(request)

    def rests(self, request: int) -> bool | None:
        """Return whether nothing more will come of a request that has answered."""
        if request in self._begun and request not in self._asked:
            return True
        return self.target.rests(request)

    def close(self) -> None:
        """Give everything back."""
        for player in self._players:
            player.leave()
        self.target.close()
