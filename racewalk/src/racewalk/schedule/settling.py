"""Waiting until nothing moves: every request is held, done, or provably waits.

Nothing here is guessed from time: a wait is the server's word or the target's proof, and is asked
for again after every event that could have ended it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final

from racewalk.errors import DivergenceError, DoubtError, StalledError
from racewalk.schedule.actor import AT_THE_DATABASE, Actor, Phase, Scene
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import FAULTS
from racewalk.schedule.record import Answer, Waking
from racewalk.schedule.target import SEVERAL, Target
from racewalk.schedule.wakes import Backends
from racewalk.wire.loop import Loop
from racewalk.words import name

_LOOK_INSIDE: Final = 0.002
"""Seconds of silence after which the target is asked whether a request is stuck inside it."""
_LOOK_AGAIN: Final = 0.001
"""The same for one that was, for it is likely to be so still. Asking more often changes nothing."""

_MANY: Final = 10
"""How many times longer than it was to be a pause may have been, and count in full."""

_LOOK_AT_SNAPSHOTS: Final = 0.25
"""The same for a statement that is silent: the server reports all its waits but one."""

_WORKED_BESIDE: Final = -1
"""The evidence of a wait inside that was seen while another request worked: none."""

_RESTLESS: Final = "and its process does not come to rest"
_UNTOLD: Final = "and this system does not tell when its process is at rest"


_SLEPT: Final = (
    "it waits for another request inside the application, which is proven of a thread that waits "
    "for a lock, and of no event loop (asyncio.Lock, a pool that is used up), or for another "
    "server (docs/limits.md)"
)


def too_late(request: int, why: str = _RESTLESS) -> DivergenceError:
    """Return the error of a request of which nobody knows whether it has said all.

    Args:
        request: which.
        why: why nobody knows.
    """
    return DivergenceError(
        f"request {name(request)} sends statements after its answer, {why}",
        cure="give the connection back before the answer, inside the function that handles the "
        "request (docs/limits.md)",
    )


def ended_by_the_clock(request: int) -> DoubtError:
    """Return the error of a request that went on with nobody's help, others being in flight.

    Args:
        request: which.
    """
    return DoubtError(
        f"request {name(request)} slept inside the application, and went on by itself: had it "
        "waited for another request (a lock with a timeout, a pool), that might have come first, "
        "which is not explored",
        cure="have it wait without a timeout, or not sleep; where requests meet in the database "
        "alone, shared = false (docs/limits.md)",
    )


Pick = Callable[[Sequence[int]], int]
"""Says whom to wake first of several requests, told in the order in which they began to wait."""


class Settling:
    """Brings the requests of a scene to rest.

    Args:
        loop: the loop of proxy and target.
        target: whom to ask for answers, and for waits inside the application.
        observer: whom to ask who waits.
        scene: the requests.
        patience: seconds without an event after which a schedule is `StalledError`.
        sets_up: whether the database still has to answer what is no step.

    Attributes:
        speaks_late: whether requests may say something after their answer, so that they are done
            only once their process rests.
    """

    def __init__(
        self,
        loop: Loop,
        target: Target,
        observer: Observer,
        scene: Scene,
        patience: float,
        sets_up: Callable[[], bool],
    ) -> None:
        self._loop, self._target, self._observer = loop, target, observer
        self._scene, self._patience, self._sets_up = scene, patience, sets_up
        self.speaks_late = False
        self._over = False  # whether somebody is done since the loop was last looked at

    def settle(self) -> None:
        """Wait until nothing moves.

        Raises:
            StalledError: nothing happens, and somebody is not at rest.
        """
        self._rest()
        while stale := self._stale():
            self._confirm(stale)
            self._rest()

    def settle_in_turn(self, backends: Backends, pick: Pick) -> tuple[Waking, ...]:
        """Settle with one waiter awake at a time; return whom it was chosen to wake.

        Where the server shows several as granted that are still stopped, it is a choice which of
        them goes on first; the others follow in the same way.
        """
        decided: list[Waking] = []
        self._rest()
        while stale := self._stale():
            first = stale[0]
            granted = self._granted(stale)
            if len(granted) > 1:
                options = tuple(actor.request for actor in granted)
                decided.append(Waking(options, pick(options)))
                first = self._scene.actors[decided[-1].chosen]
            elif granted:
                first = granted[0]
            for waiter in self._scene.waiters:
                if waiter is not first:
                    backends.stop(waiter.pid)
            if first.phase is Phase.WAITING:
                backends.wake(first.pid)
            self._confirm([first])
            self._rest()
        return tuple(decided)

    def linger(self, seconds: float) -> None:
        """Wait until nobody waits for a lock, or so long; settle.

        Raises:
            StalledError: see `settle`.
        """
        deadline = monotonic() + seconds
        while self._scene.waiters and (left := deadline - monotonic()) > 0:
            if self._loop.pump(left):
                self.settle()

    def _granted(self, stale: Sequence[Actor]) -> list[Actor]:
        """Those whose lock the server shows as granted: they only have to wake."""
        waiting = self._observer.waiting()
        return [a for a in stale if a.phase is Phase.WAITING and a.pid not in waiting]

    def _rest(self) -> None:
        """Pump until nobody is restless."""
        silence, since = 0.0, monotonic()
        before = since
        while True:
            pause = self._pause()
            if pause is None:
                over, self._over = self._over, False
                if over and self._loop.pump(0):
                    continue  # who is done may still hang up
                if self._stirs():
                    continue
                return
            if self._loop.pump(pause):
                silence, since = 0.0, monotonic()
                before = since
                continue
            # More was not listened to: this process was stopped, or waited for a busy machine.
            now = monotonic()
            silence, before = silence + min(now - before, _MANY * pause), now
            if silence > self._patience:
                self._doubt_the_answered()
                raise StalledError(
                    f"nothing happened for {self._patience:g} s: {self._scene.describe()}",
                    cure=_SLEPT if any(each.slept for each in self._scene.actors) else None,
                )
            if self._scene.in_phase(Phase.THINKING):
                self._look_inside()
                self._look_who_sleeps(since)
            else:
                self._look_at_snapshots()

    def _stirs(self) -> bool:
        """Have the target take note of the moment; return whether it is not one of rest yet."""
        if not self._target.shared_port or self._target.requests < SEVERAL:
            return False
        left = self._target.requests - len(self._scene.in_phase(Phase.DONE))
        if left < 2 or self._stale():
            return False
        if self._target.settled([each.request for each in self._scene.in_phase(*AT_THE_DATABASE)]):
            return self._loop.pump(0)  # what moved before is read first
        self._loop.pump(_LOOK_AGAIN)
        return True

    def _pause(self) -> float | None:
        """Return the seconds of silence after which to ask who keeps silent; None: all rest."""
        pauses: list[float] = []
        for actor in self._scene.actors:
            if actor.phase is Phase.THINKING:
                answer = self._take_answer(actor)
                if actor.phase is Phase.THINKING:
                    pauses.append(_LOOK_AGAIN if answer or actor.was_inside else _LOOK_INSIDE)
            elif actor.phase is Phase.RUNNING:
                pauses.append(min(_LOOK_AT_SNAPSHOTS, self._patience))
        if not pauses and self._scene.closes:
            return min(_LOOK_AT_SNAPSHOTS, self._patience)
        return min(pauses, default=None)

    def _take_answer(self, actor: Actor) -> Answer | None:
        """Take it that a request is done, where it is; return what it has answered."""
        answer = self._answered(actor)
        if answer and actor.slept:
            raise ended_by_the_clock(actor.request)
        # Of who speaks late it counts from the moment on at which they are done: at which of two
        # statements it comes is a matter of luck.
        if answer and self._has_said_all(actor):
            actor.answer = answer
        if actor.answer:
            if link := actor.owing:
                link.end(failed=actor.answer.kind in FAULTS)  # it holds a step thereupon
            elif all(link.quiet for link in actor.links):
                actor.phase, self._over = Phase.DONE, True
        return answer

    def _answered(self, actor: Actor) -> Answer | None:
        return actor.answer or self._target.answer(actor.request)

    def _has_said_all(self, actor: Actor) -> bool:
        """Whether nothing more comes of a request that has answered."""
        if not self.speaks_late:
            return True
        rests = self._target.rests(actor.request)
        if rests is None:
            raise too_late(actor.request, _UNTOLD)
        # What it sent before it came to rest is read first, and wins.
        return rests and not self._loop.pump(0)

    def _doubt_the_answered(self) -> None:
        """Give up where somebody has answered, and nobody knows whether they will say more.

        Raises:
            DivergenceError: somebody has.
        """
        for actor in self._scene.in_phase(Phase.THINKING):
            if (
                self.speaks_late
                and self._answered(actor)
                and all(link.quiet for link in actor.links)
            ):
                raise too_late(actor.request)

    def _look_inside(self) -> None:
        """Ask whether those that keep silent wait inside; what they sent before that wins."""
        at_database = [actor.request for actor in self._scene.in_phase(*AT_THE_DATABASE)]
        silent = [each for each in self._scene.in_phase(Phase.THINKING) if not self._answered(each)]
        stuck = [each for each in silent if self._target.stuck(each.request, at_database)]
        if stuck and not self._loop.pump(0):
            # Who works on beside them may release what they wait for without an event, so their
            # wait is asked about again until nobody works.
            evidence = self._scene.events if len(stuck) == len(silent) else _WORKED_BESIDE
            for actor in stuck:
                actor.phase, actor.evidence = Phase.INSIDE, evidence
                actor.was_inside = True

    def _look_who_sleeps(self, since: float) -> None:
        """Note who sleeps though none but another request could end it before its time."""
        if self._scene.in_phase(Phase.RUNNING) or self._sets_up():
            return  # what comes of that may end it
        silent = [each for each in self._scene.in_phase(Phase.THINKING) if not self._answered(each)]
        if len(silent) + len(self._scene.in_phase(Phase.DONE)) == len(self._scene.actors):
            return
        for actor in silent:
            actor.slept = actor.slept or self._target.sleeps(actor.request, since)

    def _look_at_snapshots(self) -> None:
        """Give up where somebody waits of whom the server does not tell when they go on.

        Raises:
            StalledError: somebody does.
        """
        waiting = self._observer.waiting_for_a_snapshot()
        for actor in self._scene.in_phase(Phase.RUNNING):
            if actor.pid in waiting:
                raise StalledError(
                    f"request {name(actor.request)} waits for a snapshot that nobody can break"
                    " (SERIALIZABLE READ ONLY DEFERRABLE), which is not explored",
                    cure="",
                )

    def _stale(self) -> list[Actor]:
        """Those who waited before the latest event, in order: they may wait no longer."""
        waiting = self._scene.waiters + self._scene.in_phase(Phase.INSIDE)
        return [actor for actor in waiting if actor.evidence != self._scene.events]

    def _confirm(self, stale: Sequence[Actor]) -> None:
        """Ask whether they still wait; who does not is restless again."""
        events = self._scene.events
        reports = {actor.request: actor.reports for actor in stale}
        waiting = self._observer.waiting()
        self._loop.pump(0)
        for actor in stale:
            if actor.phase is Phase.INSIDE:
                actor.phase, actor.slept = Phase.THINKING, False
            elif actor.phase is not Phase.WAITING or actor.reports != reports[actor.request]:
                continue  # its socket told more than the question, and later
            elif actor.pid not in waiting:
                self._scene.wakes(actor)
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
            self._scene.wakes(actor)  # a new wait, to be reported once its deadlock check is done
