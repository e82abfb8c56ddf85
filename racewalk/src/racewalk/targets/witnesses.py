"""Whom the threads of a shared process serve that wait for others, once a request has answered.

A thread may go on after the answer of its request, and wait for a lock then. It looks like one that
serves a request without an answer, and in numbers it would stand for one that has no thread: an
event loop serves many. They are told apart at moments at which nothing moves, of two kinds:

- Where as many threads wait as requests wait inside, these are theirs. For as long as such a thread
  has not run, it serves whom it served, whoever has answered since.
- The others serve nobody who could wait inside. For as long as none of them has run, and nobody
  else has answered, a further thread that waits is one of a request that went on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from racewalk.targets.rest import Picture


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the requests of a schedule stand.

    Attributes:
        at_database: how many wait for the answer to a statement.
        inside: how many do not, and have no answer yet.
        answered: those that have one; one that speaks again may be at the database, too.
    """

    at_database: int
    inside: int
    answered: frozenset[int]


class Witnesses:
    """Which threads serve a request that waits inside, and which nobody, in one schedule.

    What its methods call idle is the same process while no request was in flight.
    """

    def __init__(self) -> None:
        self._serving: Mapping[int, str] = {}
        self._strangers: Mapping[int, str] | None = {}  # None: it is not known which
        self._answered: frozenset[int] = frozenset()

    def prove_waits(self, picture: Picture, idle: Picture, stand: Stand) -> bool:
        """Return whether those of whom nothing is heard wait inside; see `Picture.proves_waits`."""
        unknown = self._unknown(picture, stand.answered)
        return picture.proves_waits(stand.at_database, stand.inside, idle, unknown)

    def know(self, stand: Stand) -> bool:
        """Return whether a moment at which nothing moves would tell no more."""
        return not stand.inside and self._strangers == {} and self._answered == stand.answered

    def note(self, picture: Picture, idle: Picture, stand: Stand) -> None:
        """Take note of a moment at which every request is done, is held, or waits."""
        back = picture.back(idle)
        waiting = picture.waiting_for_locks() - back
        still = waiting & picture.unmoved(self._serving)
        new = waiting - self._unknown(picture, stand.answered)
        kinds = (frozenset[int](), still, new, waiting)
        serving = next((each for each in kinds if len(each) == stand.inside), None)
        self._serving = picture.times_run(still if serving is None else serving)
        # Who sleeps for another reason, and serves nobody, may wait for a lock later on.
        is_known = serving is not None and len(picture.others(back)) == stand.at_database
        if stand.answered:
            strangers = waiting - (serving or frozenset())
            self._strangers = picture.times_run(strangers) if is_known else None
        self._answered = stand.answered

    def _unknown(self, picture: Picture, answered: frozenset[int]) -> frozenset[int]:
        """Return the threads of which it is not known that they serve somebody without answer."""
        if self._strangers is not None and self._answered == answered:
            unmoved = picture.unmoved(self._strangers)
            if len(unmoved) == len(self._strangers):
                return unmoved
        return frozenset(picture.threads) - picture.unmoved(self._serving)
