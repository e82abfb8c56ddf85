"""Runs one schedule: releases a step of a request and waits until everything has settled.

To settle is to wait until no request is THINKING or RUNNING (the phases are those of `actor`).
Only then is the next choice made, so what a choice leads to depends on the choices alone, and a
replay sees the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from racewalk.errors import DivergenceError, LostError, StalledError
from racewalk.schedule.actor import READY, Actor, Phase, Scene
from racewalk.schedule.masks import Masks
from racewalk.schedule.observer import Observer
from racewalk.schedule.owners import owner
from racewalk.schedule.record import ABSENT, Answer, Choice, Closing, Run, Step
from racewalk.schedule.schedule import Begin, Release
from racewalk.schedule.settling import Pick, Settling, ended_by_the_clock, too_late
from racewalk.schedule.target import Target
from racewalk.schedule.wakes import Backends
from racewalk.wire.events import Closed, Completed, Held, Lost, Passed, Report, Waits
from racewalk.wire.groups import Group
from racewalk.wire.link import Link
from racewalk.wire.loop import Loop
from racewalk.wire.reply import Reply
from racewalk.words import name

TWO_AT_ONCE: Final = (
    "a request that speaks on two connections at once (asyncio.gather, threads) is not explored, "
    "nor is a task that goes on by the clock after its answer: have it say one statement after the "
    "other, before it answers (docs/limits.md)"
)
PATIENCE: Final = 10.0
"""Seconds without any event after which a schedule is given up as stalled."""


class Scheduler:
    """Drives one schedule after the other; it is told what happens on the proxy's links.

    Args:
        loop: the loop of proxy and target.
        target: what to start, and whom to ask for answers.
        observer: whom to ask who waits.
        backends: for waking several waiters in order.
        patience: seconds without an event after which a schedule is `StalledError`.
        sets_up: whether the database still has to answer what is no step.

    Attributes:
        masks: of what varies in the runs that it records.
        met_late: whether a statement came after the answer of its request.
    """

    def __init__(
        self,
        loop: Loop,
        target: Target,
        observer: Observer,
        backends: Backends,
        patience: float = PATIENCE,
        sets_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self._target, self._backends = target, backends
        self.masks = Masks()
        self._scene, self.met_late = Scene(), False
        self._settling = Settling(loop, target, observer, self._scene, patience, sets_up)
        self._choices: list[Choice] = []
        self._steps: list[Step] = []
        self._closings: list[Closing] = []
        self._numbers: dict[tuple[int, Link], int] = {}
        self._in_order = False
        self._open: list[Actor] | None = None

    @property
    def scene(self) -> Scene:
        """Where every request stands: to be looked at, by whoever shows it."""
        return self._scene

    @property
    def speaks_late(self) -> bool:
        """Whether requests may say something after their answer; see `Settling`."""
        return self._settling.speaks_late

    @speaks_late.setter
    def speaks_late(self, speaks_late: bool) -> None:
        self._settling.speaks_late = speaks_late

    # One schedule

    def begin(
        self,
        *,
        at_once: bool = True,
        in_order: bool = False,
        only: Collection[int] | None = None,
    ) -> None:
        """Start a schedule.

        Args:
            at_once: send all requests, one after the other, each until its first step is held.
                Otherwise it is a choice when each is sent.
            in_order: let none of these choices send a request before one with a lower number.
            only: the requests that take part; the others are ABSENT. None: all of them.

        Raises:
            StalledError, LostError, DivergenceError: see `errors`; so does `go_on`.
        """
        self._choices, self._steps, self._closings, self._numbers = [], [], [], {}
        self._scene.queue.clear()
        self._in_order, self._open = in_order, None
        for request in range(self._target.requests):
            self._scene.actors.append(Actor(request, Phase.UNBEGUN))
            if only is not None and request not in only:
                self._scene.actors[request] = Actor(request, Phase.DONE, answer=ABSENT)
            elif at_once:
                self._start(self._scene.actors[request])
                self._settling.settle()

    @property
    def options(self) -> tuple[Begin | Release, ...]:
        """What can be chosen now, by request, ascending."""
        return tuple(
            Begin(actor.request) if actor.phase is Phase.UNBEGUN else Release(actor.request)
            for actor in self._able()
        )

    @property
    def over(self) -> bool:
        """Whether all requests are done.

        Raises:
            StalledError: some are not, and none can go on.
        """
        if all(actor.phase is Phase.DONE for actor in self._scene.actors):
            return True
        if not self._able():
            raise StalledError(f"nobody can go on: {self._scene.describe()}")
        return False

    def _able(self) -> list[Actor]:
        """Those that can be chosen now, ascending; the same until something happens."""
        if self._open is None:
            able = self._scene.in_phase(*READY)
            later = self._scene.in_phase(Phase.UNBEGUN)[1:] if self._in_order else []
            self._open = [actor for actor in able if actor not in later]
        return self._open

    def choice(self, request: int) -> Choice:
        """Return the decision to go on with a request, without taking it."""
        able = self._able()
        return Choice(
            tuple(actor.request for actor in able),
            request,
            tuple(actor.announced for actor in able),
            tuple(self._scene.queue),
            tuple(actor.request for actor in self._scene.in_phase(Phase.INSIDE)),
            tuple(actor.request for actor in able if actor.phase is Phase.UNBEGUN),
        )

    def go_on(self, request: int, pick: Pick = lambda options: options[0]) -> None:
        """Let one step of a held request run, or send one that is not begun; settle.

        Args:
            request: which one.
            pick: says whom to wake first where the step sets several others free.
        """
        actor = self._scene.actors[request]
        self._choices.append(self.choice(request))
        self._scene.events += 1
        self._open = None
        if len(self._scene.queue) < 2:
            self._move(actor)
            self._settling.settle()
            return
        with self._backends as backends:
            for waiter in self._scene.waiters:
                backends.stop(waiter.pid)
            self._move(actor)
            wakes = self._settling.settle_in_turn(backends, pick)
        self._choices[-1] = replace(self._choices[-1], wakes=wakes)

    def linger(self, seconds: float) -> bool:
        """Let time pass while somebody waits for a lock, since the wait may have an end of its own.

        Of several whose waits end at once, chance says who goes on first: this is for two requests.

        Args:
            seconds: how long at most; it is over as soon as nobody waits.

        Returns:
            Whether somebody still waits.
        """
        self._open = None
        self._settling.linger(seconds)
        return bool(self._scene.waiters)

    def record(self) -> Run:
        """Return the schedule that is over.

        A step that set a waiter free comes before the waiter's, whichever was heard of first.
        """
        answers = tuple(actor.answer for actor in self._scene.actors if actor.answer)
        steps = sorted(self._steps, key=lambda s: (s.completed, s.released != s.completed))
        closings = tuple(self._closings)
        return Run(tuple(self._choices), tuple(steps), answers, closings, self.masks)

    def forget(self) -> None:
        """End the schedule; what comes next on the connections is set-up, until `begin`."""
        self._scene.actors.clear()

    def _move(self, actor: Actor) -> None:
        self._scene.stir()
        if actor.phase is Phase.UNBEGUN:
            self._start(actor)
            return
        if not actor.link:
            raise RuntimeError(f"request {name(actor.request)} is not held")
        actor.phase, actor.released, actor.waited_for = Phase.RUNNING, len(self._choices) - 1, None
        actor.link.release()

    def _start(self, actor: Actor) -> None:
        actor.phase = Phase.THINKING
        self._target.start(actor.request)

    # What the proxy tells

    def told(self, link: Link, report: Report) -> None:
        """Take what happened on a connection."""
        self._open = None
        match report:
            case Held(group):
                self._held(link, group)
            case Completed(group, reply):
                self._scene.events += 1
                if actor := self._scene.on(link):
                    self._completed(actor, link, group, reply)
            case Passed():
                self._scene.events += 1
            case Closed():
                self._closed(link)
            case Waits(waiting):
                self._waits(link, waiting)
            case Lost(group, reason) if self._scene.actors:
                raise LostError(f"{group.brief!r} was lost: {reason}")

    def _held(self, link: Link, group: Group) -> None:
        if (link.request or 0) >= len(self._scene.actors):  # it may belong to what was sent before
            self.met_late = self.met_late or self._target.late(link.request)
        if not self._scene.actors:
            link.release()
            return
        actor = owner(self._scene, link, group)
        if actor.slept:
            raise ended_by_the_clock(actor.request)
        if actor.phase is Phase.INSIDE and actor.evidence != self._scene.events:
            actor.phase = Phase.THINKING
        if actor.phase is Phase.DONE:
            self.met_late = True
            raise too_late(actor.request, f"{group.brief!r} being one")
        if actor.phase is not Phase.THINKING:
            raise DivergenceError(
                f"request {name(actor.request)} sent {group.brief!r} while {actor.phase.value}",
                cure=None if link is actor.link else TWO_AT_ONCE,
            )
        for other in self._scene.actors:  # a pool may have handed it on
            other.links.discard(link)
            if other.link is link:
                other.link = None
        actor.phase, actor.link, actor.group = Phase.HELD, link, group
        actor.was_inside = False
        actor.announced = self.masks.line(group.announcement)
        actor.links.add(link)
        if (actor.request, link) not in self._numbers:
            used = sum(request == actor.request for request, _ in self._numbers)
            self._numbers[actor.request, link] = used

    def _completed(self, actor: Actor, link: Link, group: Group, reply: Reply) -> None:
        """Record the step that is over."""
        self._scene.stir()
        if actor.phase is Phase.WAITING:
            self._scene.wakes(actor)
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
        if group.own and reply.error:  # the transaction that was put around the request
            actor.answer = Answer("failed", reply.error)

    def _waits(self, link: Link, waiting: bool) -> None:
        """Take the server's word that a running step waits, or no longer does."""
        actor = self._scene.on(link)
        if not actor or actor.phase not in (Phase.RUNNING, Phase.WAITING):
            return
        if actor.phase is Phase.WAITING:
            self._scene.wakes(actor)
        if waiting:
            actor.phase, actor.evidence = Phase.WAITING, -1
            actor.reports += 1
            actor.waited_for = actor.waited_for or link.waits_for
            self._scene.queue.append(actor.request)

    def _closed(self, link: Link) -> None:
        """Note that a connection's locks are gone."""
        self._scene.events += 1
        self._scene.stir(besides=self._scene.on(link))
        for (request, used), number in self._numbers.items():
            if used is link:
                self._closings.append(Closing(request, number, len(self._choices) - 1))
