"""Release one step at a time, and know after each one that nothing moves any more.

To settle is to wait until no request is THINKING or RUNNING (the phases are those of `actor`).
Only then is the next choice made, so what a choice leads to depends on the choices alone, and a
replay sees the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Final

from racewalk.errors import DivergenceError, LostError, StalledError
from racewalk.schedule.actor import AT_THE_DATABASE, RESTLESS, Actor, Phase
from racewalk.schedule.backends import Backends
from racewalk.schedule.observer import Observer
from racewalk.schedule.record import Choice, Closing, Run, Step
from racewalk.schedule.target import Target
from racewalk.wire.events import Closed, Completed, Held, Lost, Passed, Report, Waits
from racewalk.wire.groups import Group
from racewalk.wire.link import Link
from racewalk.wire.loop import Loop
from racewalk.wire.reply import Reply
from racewalk.wire.states import LinkState

PATIENCE: Final = 10.0
"""Seconds without any event after which a schedule is given up as stalled."""
_LOOK_INSIDE: Final = 0.002
"""Seconds of silence after which the target is asked whether a request is stuck inside it."""


class Scheduler:
    """Drives one schedule after the other; it is told what happens on the proxy's links.

    Args:
        loop: the loop of proxy and target.
        target: what to start, and whom to ask for answers.
        observer: whom to ask who waits.
        backends: for waking several waiters in order.
        patience: seconds without an event after which a schedule is `StalledError`.
    """

    def __init__(
        self,
        loop: Loop,
        target: Target,
        observer: Observer,
        backends: Backends,
        patience: float = PATIENCE,
    ) -> None:
        self._loop, self._target, self._observer = loop, target, observer
        self._backends, self._patience = backends, patience
        self._actors: list[Actor] = []
        self._queue: list[int] = []
        self._choices: list[Choice] = []
        self._steps: list[Step] = []
        self._closings: list[Closing] = []
        self._numbers: dict[tuple[int, Link], int] = {}
        self._events = 0

    # One schedule

    def begin(self) -> None:
        """Start all requests, one after the other, each until its first step is held.

        Raises:
            StalledError, LostError, DivergenceError: see `errors`; so does `release`.
        """
        self._actors, self._queue, self._choices, self._steps = [], [], [], []
        self._closings, self._numbers = [], {}
        for request in range(self._target.requests):
            self._actors.append(Actor(request))
            self._target.start(request)
            self._settle()

    @property
    def enabled(self) -> tuple[int, ...]:
        """The requests that can be released now, ascending."""
        return tuple(actor.request for actor in self._actors if actor.phase is Phase.HELD)

    @property
    def over(self) -> bool:
        """Whether all requests are done.

        Raises:
            StalledError: some are not, and none can be released.
        """
        if all(actor.phase is Phase.DONE for actor in self._actors):
            return True
        if not self.enabled:
            raise StalledError(f"nobody can go on: {self._describe()}")
        return False

    def choice(self, request: int) -> Choice:
        """Return the decision to release `request` now, without taking it."""
        held = [actor for actor in self._actors if actor.phase is Phase.HELD]
        return Choice(
            tuple(actor.request for actor in held),
            request,
            tuple(actor.group.announcement if actor.group else "" for actor in held),
            tuple(self._queue),
            tuple(actor.request for actor in self._actors if actor.phase is Phase.INSIDE),
        )

    def release(self, request: int) -> None:
        """Let one step of a held request run, and settle."""
        actor = self._actors[request]
        self._choices.append(self.choice(request))
        actor.phase, actor.released, actor.waited_for = Phase.RUNNING, len(self._choices) - 1, None
        self._events += 1
        if not actor.link:
            raise RuntimeError(f"request {request} is not held")
        if len(self._queue) < 2:
            actor.link.release()
            self._settle()
            return
        with self._backends as backends:
            for waiter in self._waiters():
                backends.stop(waiter.pid)
            actor.link.release()
            self._settle_in_order(backends)

    def record(self) -> Run:
        """Return the schedule that is over.

        A step that set a waiter free comes before the waiter's, whichever was heard of first.
        """
        answers = tuple(actor.answer for actor in self._actors if actor.answer)
        steps = sorted(self._steps, key=lambda s: (s.completed, s.released != s.completed))
        return Run(tuple(self._choices), tuple(steps), answers, tuple(self._closings))

    def forget(self) -> None:
        """End the schedule; what comes next on the connections is set-up, until `begin`."""
        self._actors = []

    # Settling

    def _settle(self) -> None:
        self._rest()
        while stale := self._stale():
            self._confirm(stale)
            self._rest()

    def _settle_in_order(self, backends: Backends) -> None:
        """Settle with one waiter awake at a time, in the order in which they began to wait."""
        self._rest()
        while stale := self._stale():
            first = stale[0]
            for waiter in self._waiters():
                if waiter is not first:
                    backends.stop(waiter.pid)
            if first.phase is Phase.WAITING:
                backends.wake(first.pid)
            self._confirm([first])
            self._rest()

    def _rest(self) -> None:
        """Pump until nobody is restless."""
        deadline = monotonic() + self._patience
        while self._anyone_restless():
            thinking = any(actor.phase is Phase.THINKING for actor in self._actors)
            if self._loop.pump(_LOOK_INSIDE if thinking else self._patience):
                deadline = monotonic() + self._patience
            elif monotonic() > deadline:
                raise StalledError(f"nothing happened for {self._patience:g} s: {self._describe()}")
            else:
                self._look_inside()

    def _anyone_restless(self) -> bool:
        restless = False
        for actor in self._actors:
            if actor.phase is Phase.THINKING:
                actor.answer = actor.answer or self._target.answer(actor.request)
                if actor.answer and all(link.quiet for link in actor.links):
                    actor.phase = Phase.DONE
            closing = any(link.state is LinkState.CLOSING for link in actor.links)
            restless = restless or actor.phase in RESTLESS or closing
        return restless

    def _look_inside(self) -> None:
        """Ask whether those that keep silent wait inside; what they sent before that wins."""
        at_database = sum(actor.phase in AT_THE_DATABASE for actor in self._actors)
        stuck = [
            actor
            for actor in self._actors
            if actor.phase is Phase.THINKING
            and not actor.answer
            and self._target.stuck(actor.request, at_database)
        ]
        if stuck and not self._loop.pump(0):
            for actor in stuck:
                actor.phase, actor.evidence = Phase.INSIDE, self._events

    def _waiters(self) -> list[Actor]:
        return [self._actors[request] for request in self._queue]

    def _stale(self) -> list[Actor]:
        """Those who waited before the latest event, in order: they may wait no longer."""
        inside = [actor for actor in self._actors if actor.phase is Phase.INSIDE]
        return [actor for actor in self._waiters() + inside if actor.evidence != self._events]

    def _confirm(self, stale: Sequence[Actor]) -> None:
        """Ask whether they still wait; who does not is restless again."""
        events = self._events
        reports = {actor.request: actor.reports for actor in stale}
        waiting = self._observer.waiting()
        self._loop.pump(0)
        for actor in stale:
            if actor.phase is Phase.INSIDE:
                actor.phase = Phase.THINKING
            elif actor.phase is not Phase.WAITING or actor.reports != reports[actor.request]:
                continue  # its socket told more than the question, and later
            elif actor.pid not in waiting:
                self._wakes(actor)
            else:
                self._compare_waits(actor, waiting[actor.pid], events)

    def _compare_waits(self, actor: Actor, began: bytes | None, events: int) -> None:
        if actor.wait is None:
            actor.wait = began  # the one that was reported; if it is not told yet, ask again
        if actor.wait is None:
            return
        if actor.wait == began:
            actor.evidence = events
        else:
            self._wakes(actor)  # a new wait, to be reported once its deadlock check is done

    def _wakes(self, actor: Actor) -> None:
        actor.phase, actor.wait = Phase.RUNNING, None
        self._queue.remove(actor.request)

    def _describe(self) -> str:
        return ", ".join(f"request {a.request} {a.phase.value}" for a in self._actors)

    # What the proxy tells

    def told(self, link: Link, report: Report) -> None:
        """Take what happened on a connection."""
        match report:
            case Held(group):
                self._held(link, group)
            case Completed(group, reply):
                self._events += 1
                if actor := self._actor_on(link):
                    self._completed(actor, link, group, reply)
            case Passed():
                self._events += 1
            case Closed():
                self._closed(link)
            case Waits(waiting):
                self._waits(link, waiting)
            case Lost(group, reason) if self._actors:
                raise LostError(f"{group.announcement!r} was lost: {reason}")

    def _held(self, link: Link, group: Group) -> None:
        if not self._actors:
            link.release()
            return
        actor = self._owner(link, group)
        if actor.phase is Phase.INSIDE and actor.evidence != self._events:
            actor.phase = Phase.THINKING
        if actor.phase is not Phase.THINKING:
            raise DivergenceError(
                f"request {actor.request} sent {group.announcement!r} while {actor.phase.value}"
            )
        actor.phase, actor.link, actor.group = Phase.HELD, link, group
        for other in self._actors:
            other.links.discard(link)  # a pool may have handed it on
        actor.links.add(link)
        used = sum(request == actor.request for request, _ in self._numbers)
        self._numbers.setdefault((actor.request, link), used)

    def _completed(self, actor: Actor, link: Link, group: Group, reply: Reply) -> None:
        """Record the step that is over."""
        if actor.phase is Phase.WAITING:
            self._wakes(actor)
        self._steps.append(
            Step(
                actor.request,
                group.statements,
                reply.columns,
                tuple(reply.rows),
                tuple(reply.tags),
                reply.error,
                reply.status,
                actor.waited_for,
                actor.released,
                len(self._choices) - 1,
                self._numbers[actor.request, link],
                link.parameters.settings,
                tuple(reply.plans),
            )
        )
        actor.phase, actor.group = Phase.THINKING, None

    def _waits(self, link: Link, waiting: bool) -> None:
        """Take the server's word that a running step waits, or no longer does."""
        actor = self._actor_on(link)
        if not actor or actor.phase not in (Phase.RUNNING, Phase.WAITING):
            return
        if actor.phase is Phase.WAITING:
            self._wakes(actor)
        if waiting:
            actor.phase, actor.evidence = Phase.WAITING, -1
            actor.reports += 1
            actor.waited_for = actor.waited_for or link.waits_for
            self._queue.append(actor.request)

    def _closed(self, link: Link) -> None:
        """Note that a connection's locks are gone."""
        self._events += 1
        for (request, used), number in self._numbers.items():
            if used is link:
                self._closings.append(Closing(request, number, len(self._choices) - 1))

    def _owner(self, link: Link, group: Group) -> Actor:
        """Find whose statement has just been held, on a port that several requests share too."""
        if link.request is not None:
            if link.request < len(self._actors):
                return self._actors[link.request]
            raise DivergenceError(
                f"request {link.request} sent {group.announcement!r} before it was started"
            )
        last = self._actor_on(link)
        able = [a for a in self._actors if a.phase in (Phase.THINKING, Phase.INSIDE)]
        if last and (link.status != "I" or last in able):
            return last
        moving = [a for a in able if a.phase is Phase.THINKING or a.evidence != self._events]
        for candidates in (able, moving):
            if len(candidates) == 1:
                return candidates[0]
        raise DivergenceError("two requests of one instance moved at once: whose statement is it?")

    def _actor_on(self, link: Link) -> Actor | None:
        """The request whose latest step is on this connection."""
        return next((actor for actor in self._actors if actor.link is link), None)
