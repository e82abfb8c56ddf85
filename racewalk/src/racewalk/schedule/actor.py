"""One request as the scheduler sees it.

A request is, at any moment, in one of these phases:

    UNBEGUN    it is not sent yet
    THINKING   the application works; it will speak, answer, or wait inside
    HELD       a statement of it waits at the proxy to be released
    RUNNING    its statement is at the server
    WAITING    its statement waits for a lock: the server said so
    INSIDE     it waits for another request inside the application: the target proved it
    DONE       it has answered, and its connections are out of every transaction
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from racewalk.errors import LostError
from racewalk.schedule.record import Answer
from racewalk.wire.groups import Group
from racewalk.wire.link import Link
from racewalk.wire.states import LinkState
from racewalk.words import Word, name


class Phase(Word):
    """Where a request stands; see the module's list."""

    UNBEGUN = "not begun"
    THINKING = "thinking"
    HELD = "held"
    RUNNING = "running"
    WAITING = "waiting for a lock"
    INSIDE = "waiting inside the application"
    DONE = "done"


READY: Final = frozenset({Phase.UNBEGUN, Phase.HELD})
"""Phases in which it goes on as soon as it is chosen."""
AT_THE_DATABASE: Final = frozenset({Phase.HELD, Phase.RUNNING, Phase.WAITING})
"""Phases in which the application waits for the answer to a statement."""


@dataclass(slots=True)
class Actor:
    """One request in the current schedule.

    Attributes:
        link: the connection on which it is held, running, or spoke last.
        group: what is held or running.
        announced: what that is about to do, in one line, masked.
        released: index of the choice that released its last step.
        waited_for: the lock that its running step waited for.
        evidence: the number of events that had happened when its wait was last confirmed.
        reports: how often the server has reported that the step waits.
        wait: when the confirmed wait began, by the server's clock.
        was_inside: whether it has waited inside the application since its last statement.
        slept: whether it was seen to sleep for a while that nobody has ended yet.
        links: all connections that it used.
    """

    request: int
    phase: Phase = Phase.THINKING
    link: Link | None = None
    group: Group | None = None
    announced: str = ""
    answer: Answer | None = None
    released: int = -1
    waited_for: str | None = None
    evidence: int = -1
    reports: int = 0
    wait: bytes | None = None
    was_inside: bool = False
    slept: bool = False
    links: set[Link] = field(default_factory=set)

    @property
    def owing(self) -> Link | None:
        """A connection with a transaction of ours that waits for its end; the oldest first."""
        owing = [link for link in self.links if link.owes_end]
        return min(owing, key=lambda link: link.pid or 0, default=None)

    @property
    def pid(self) -> int:
        """Process id of the backend that its step is on."""
        if self.link is None or self.link.pid is None:
            raise LostError(f"the connection of request {name(self.request)} is gone")
        return self.link.pid


@dataclass(slots=True)
class Scene:
    """All requests of the current schedule.

    Attributes:
        actors: one for each request; empty between two schedules.
        queue: the requests that wait for a lock, in the order in which they began to.
        events: how much has happened: what was confirmed earlier may no longer be so.
    """

    actors: list[Actor] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)
    events: int = 0

    @property
    def waiters(self) -> list[Actor]:
        """Those who wait for a lock, in order."""
        return [self.actors[request] for request in self.queue]

    @property
    def closes(self) -> bool:
        """Whether a connection is about to be closed, and its locks to be gone."""
        links = (link for actor in self.actors for link in actor.links)
        return any(link.state is LinkState.CLOSING for link in links)

    def in_phase(self, *phases: Phase) -> list[Actor]:
        """Return those in one of these phases, ascending."""
        return [actor for actor in self.actors if actor.phase in phases]

    def on(self, link: Link) -> Actor | None:
        """Return the request whose latest step is on this connection.

        A pool may have handed it on since another request spoke there last.
        """
        for actor in self.actors:
            if actor.link is link and link in actor.links:
                return actor
        return None

    def stir(self, besides: Actor | None = None) -> None:
        """Take it that something happened which may have woken whoever slept.

        Args:
            besides: whose doing it is.
        """
        for actor in self.actors:
            actor.slept = actor.slept and actor is besides

    def wakes(self, actor: Actor) -> None:
        """Take it that a request waits for a lock no longer."""
        actor.phase, actor.wait = Phase.RUNNING, None
        self.queue.remove(actor.request)

    def describe(self) -> str:
        """Say for a person where everybody stands."""
        return ", ".join(f"request {name(a.request)} {a.phase.value}" for a in self.actors)
