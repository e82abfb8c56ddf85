"""One request of a schedule: played from memory, or learnt from the application.

    IDLE     between two schedules: the application speaks for itself
    LIVE     it speaks, and what it says is noted
    PLAYED   what it would say is said in its place, and it knows of nothing
    BEHIND   a reply came that it was never told: it is sent the request, says again what was said
             in its place, is told what was told, and is LIVE where it has caught up

Whoever is caught up with has to say every byte again; so does whoever is LIVE where it is known
what comes next. Only requests that speak on one connection, open before and after, are played.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import time

from racewalk.errors import DivergenceError
from racewalk.memory.driver import Driver
from racewalk.memory.reply import Fresh
from racewalk.memory.tree import EVERY, Deed, Exchange, Node, Tree, otherwise
from racewalk.schedule.record import Answer
from racewalk.wire.framing import TERMINATE
from racewalk.wire.link import Link
from racewalk.wire.states import LinkState
from racewalk.words import Word, name

_ENDED = frozenset({LinkState.CLOSING, LinkState.CLOSED})


class Mode(Word):
    """Who speaks for a request; see the module's list."""

    IDLE = "idle"
    LIVE = "live"
    PLAYED = "played"
    BEHIND = "behind"


@dataclass(slots=True)
class _Turn:
    """What was said, what was told thereupon, and until when, in seconds since 1970."""

    said: bytes
    told: bytes = b""
    until: float = 0.0


class Player:
    """One request, schedule after schedule.

    Args:
        request: its number.
        now: the server's clock, or ahead of it, in seconds since 1970.

    Attributes:
        mode: who speaks for it.
        ended: whether its application ended a connection in the midst of what was remembered of it.
        driver: how its application speaks.
        answer: what it answered, where the application was not asked.
    """

    def __init__(self, request: int, now: Callable[[], float] = time) -> None:
        self._request, self._now = request, now
        self._tree = Tree()
        self.mode, self.ended = Mode.IDLE, False
        self.answer: Answer | None = None
        self._links: list[Link] = []
        self._link: Link | None = None
        self.driver = Driver()
        self._drops = False
        self._node: Node | None = None
        self._fresh, self._walked = Fresh(None), 0
        self._course: list[_Turn] = []
        self._at, self._repeated = 0, b""

    # Its connections

    def listen(self, link: Link) -> Ear:
        """Return what stands between a new connection of the request and its client."""
        self._drops = True
        self.forget()
        self._links.append(link)
        return Ear(self, link)

    def _only_link(self) -> Link | None:
        """The one connection that is open, if nothing is under way on it."""
        self._links = [link for link in self._links if link.state not in _ENDED]
        return self._links[0] if len(self._links) == 1 and self._links[0].quiet else None

    # A schedule of it

    def begin(self, since: float | None, *, played: bool) -> bool:
        """Begin a schedule; return whether it is played, so that the application is not asked.

        Args:
            since: when the schedule began; see `Fresh`.
            played: whether it may be.
        """
        link = self._only_link()
        self._link, self._drops = link, link is None or self.driver.counts
        self._fresh, self._walked = Fresh(since), 0
        self._node, self._course, self.answer = self._tree.start, [], None
        self._at, self._repeated = 0, b""
        self.mode = Mode.LIVE
        start = self._tree.start
        if played and link and not self._drops and start.trusted and isinstance(start.deed, bytes):
            self.mode = Mode.PLAYED
            self._act(link, start.deed)
        return self.mode is Mode.PLAYED

    def end(self, answer: Answer | None) -> None:
        """End it, and learn from what the application did.

        Args:
            answer: what it answered, or None.

        Raises:
            DivergenceError: it did something else than after the same replies before.
        """
        mode, self.mode = self.mode, Mode.IDLE
        if mode is not Mode.LIVE or self._drops:
            return
        fresh = Fresh(self._fresh.since)
        course = [Exchange(turn.said, fresh.told(turn.told, turn.until)) for turn in self._course]
        if self.driver.renames(b"".join(said for said, _ in course)):
            self._tree.forget()  # some statements are said otherwise from now on
            return
        try:
            self._tree.learn(course, answer)
        except DivergenceError as error:
            raise self._told(error) from None

    def forget(self) -> None:
        """Take it that nothing is known of what it does."""
        self._tree.forget()

    def leave(self) -> None:
        """Let the application speak for itself, whatever is under way."""
        self.mode = Mode.IDLE

    def _told(self, error: DivergenceError) -> DivergenceError:
        return DivergenceError(f"request {name(self._request)}: {error}", cure=EVERY)

    def _act(self, link: Link, said: bytes) -> None:
        self._course.append(_Turn(said))
        link.say(said)

    # What its connections tell

    def said(self, link: Link, data: bytes) -> None:
        """Take what its client says.

        Raises:
            DivergenceError: it is not what was said in its place.
        """
        if _ends(data) and self.mode in (Mode.PLAYED, Mode.BEHIND) and link is self._link:
            self.ended = True
        if self.mode is Mode.BEHIND and link is self._link:
            self._say_again(data)
            return
        if self.mode is Mode.PLAYED:
            words = f"sent {data!r}" if data else "ended its connection"
            raise self._told(DivergenceError(f"it was remembered, and the application {words}"))
        if self.mode is Mode.IDLE and self.driver.renames(data):
            self._tree.forget()
        if self.mode is Mode.LIVE:
            self._note(link, data)
        link.say(data)

    def _note(self, link: Link, data: bytes) -> None:
        if link is not self._link or _ends(data):
            self._drops = True
            return
        if not self._course or self._course[-1].told:
            self._walk()
            self._course.append(_Turn(b""))
        self._course[-1].said += data
        if self._node and self._node.trusted and not self._drops:
            self._compare(self._node.deed, self._course[-1].said)

    def _compare(self, deed: Deed | None, said: bytes) -> None:
        """Compare what the application says with what is known."""
        if isinstance(deed, bytes) and deed.startswith(said):
            return
        self._drops = True
        if self.driver.renames(said):
            self.forget()
        elif not isinstance(deed, bytes) or not said.startswith(deed):
            raise self._told(DivergenceError(otherwise(deed, said)))

    def _walk(self) -> None:
        """Go on in the tree by the last reply.

        Who speaks on without waiting for it is heard in other pieces, which are not compared.
        """
        if self._walked == len(self._course):
            return
        self._walked = len(self._course)
        deed = self._node.deed if self._node else None
        last = self._course[-1]
        self._drops = self._drops or (deed is not None and deed != last.said)
        reply = self._fresh.told(last.told, last.until)
        self._node = self._node.after.get(reply) if self._node else None

    def told(self, link: Link, data: bytes) -> None:
        """Take what its client is to be told."""
        if link is self._link and self._course:
            turn = self._course[-1]
            turn.told, turn.until = turn.told + data, self._now()
        if self.mode in (Mode.IDLE, Mode.LIVE):
            link.tell(data)

    def rested(self, link: Link) -> None:
        """Go on where all that it has said is answered.

        Raises:
            DivergenceError: its connection was ended.
        """
        if self.mode is not Mode.PLAYED or link is not self._link or self.answer:
            return
        if link.state in _ENDED:
            raise self._told(DivergenceError("its connection was ended while it was remembered"))
        if not self._course[-1].told or not link.rests:
            return
        self._walk()
        if self._node is None or not self._node.trusted:
            self.mode = Mode.BEHIND
        elif isinstance(self._node.deed, Answer):
            self.answer = self._node.deed
        elif self._node.deed:
            self._act(link, self._node.deed)

    def _say_again(self, data: bytes) -> None:
        """Compare what the application says with what was said in its place, and tell it more."""
        self._repeated += data
        while self.mode is Mode.BEHIND and self._link:
            turn = self._course[self._at]
            said, told = turn.said, turn.told
            heard, rest = self._repeated[: len(said)], self._repeated[len(said) :]
            if not data or not said.startswith(heard):
                self.driver.renames(self._repeated)
                raise self._told(DivergenceError(otherwise(said, self._repeated)))
            if heard != said:
                return
            self._at, self._repeated = self._at + 1, rest
            if self._at == len(self._course):
                self.mode = Mode.LIVE
            self._link.tell(told)
        if self._repeated and self._link:
            self.said(self._link, self._repeated)


def _ends(data: bytes) -> bool:
    """Whether a client ends its connection, as pools do with one that has grown old."""
    return data in (b"", TERMINATE)


class Ear:
    """Stands between one connection of a request and its client. Implements `link.Ear`."""

    def __init__(self, player: Player, link: Link) -> None:
        self._player, self._link = player, link

    def said(self, data: bytes) -> None:
        """Take what the client says."""
        self._player.said(self._link, data)

    def told(self, data: bytes) -> None:
        """Take what the client is to be told."""
        self._player.told(self._link, data)

    def rested(self) -> None:
        """Go on where all is answered."""
        self._player.rested(self._link)
