"""Everything that one schedule needs, put together: loop, proxy, scheduler, target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from time import monotonic
from typing import Final, Self

from racewalk.errors import RacewalkError, StalledError
from racewalk.schedule.actor import Scene
from racewalk.schedule.compare import compare
from racewalk.schedule.masks import Masks
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Judges, Outcome, judge
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.schedule.scheduler import PATIENCE, Scheduler
from racewalk.schedule.script import Ask, Script
from racewalk.schedule.settling import too_late
from racewalk.schedule.target import Target
from racewalk.schedule.wakes import Backends
from racewalk.wire.edits import Editing
from racewalk.wire.loop import Loop
from racewalk.wire.noise import RULES, Rule
from racewalk.wire.proxy import Address, Ears, Proxy
from racewalk.wire.states import SET_UP

STEP_LIMIT: Final = 500
"""Steps of one schedule above which it is given up: a retry that never ends."""
_FAREWELL: Final = 2.0
_LOOK_AGAIN: Final = 0.001
EMPTY: Final = Schedule()
NONE: Final[Judges] = {}


class LiveRunner:
    """Runs single schedules of a target on a server, each from a fresh start.

    After an error of `errors` it is of no more use than to be closed: a request may be in flight
    somewhere.

    Args:
        target: what is explored; the runner opens and closes it.
        observer: a direct connection to the explored database.
        server: where the proxy connects to.
        judges: what has to hold after each schedule.
        rules: which groups pass without being a step.
        patience: seconds without an event after which a schedule is `StalledError`.
        plans: have the sessions tell their statements' plans, for who reads the runs.
        ears: what stands between each connection and its client, where the target wants it.
        editing: what is changed of what the target says in a schedule; or None.

    Attributes:
        in_order: whether requests that share a process begin in the order of their numbers: they
            are alike, so that the other orders are these by other names. When each of them begins
            is a choice all the same.
        at_once: whether all are begun before the first choice: so it is in processes of their own.
        watch: is shown where every request stands at the start and after each choice, while
            nothing moves; or None.
        ask: is asked for the choices that a schedule does not tell; or None.
        linger: seconds that pass before each choice while somebody waits for a lock, or fewer
            where the wait ends: a timeout ends one only if whoever has the lock takes that long.
        outlasted: whether somebody waited for longer, since whoever reads it has cleared it.
    """

    def __init__(
        self,
        target: Target,
        observer: Observer,
        server: Address,
        judges: Judges = NONE,
        rules: Sequence[Rule] = RULES,
        patience: float = PATIENCE,
        *,
        plans: bool = True,
        ears: Ears | None = None,
        editing: Editing | None = None,
    ) -> None:
        self.target, self.judges, self._editing = target, judges, editing
        self.in_order, self.at_once = False, not target.shared_port
        self.watch: Callable[[Scene], None] | None = None
        self.ask: Ask | None = None
        self.linger, self.outlasted = 0.0, False
        self._usable = True
        self._patience = patience
        self._loop = Loop()
        observer.adopt(plans=plans)
        backends = Backends(observer)
        self._scheduler = Scheduler(self._loop, target, observer, backends, patience, self._sets_up)
        self._proxy = Proxy(self._loop, server, self._scheduler.told, rules, ears, editing)
        if target.shared_port:
            ports = [self._proxy.listen(None)] * target.requests
        else:
            ports = [self._proxy.listen(request) for request in range(target.requests)]
        try:
            target.open(self._loop, ports)
            target.reset()
        except BaseException:
            self.close()
            raise

    @property
    def masks(self) -> Masks:
        """What varies in the runs, and is left out where they are compared."""
        return self._scheduler.masks

    @masks.setter
    def masks(self, masks: Masks) -> None:
        self._scheduler.masks = masks

    @property
    def speaks_late(self) -> bool:
        """Whether requests may say something after their answer; see `Settling`."""
        return self._scheduler.speaks_late

    @speaks_late.setter
    def speaks_late(self, speaks_late: bool) -> None:
        self._scheduler.speaks_late = speaks_late

    @property
    def met_late(self) -> bool:
        """Whether a statement came after the answer of its request."""
        return self._scheduler.met_late

    @property
    def noise(self) -> Counter[str]:
        """How many groups passed without being a step, by rule; whoever reads it may clear it."""
        return self._proxy.noise

    def run(
        self,
        schedule: Schedule = EMPTY,
        like: Run | None = None,
        only: Collection[int] | None = None,
    ) -> tuple[Run, Outcome]:
        """Run one schedule: the choices that are given, and then on without a preemption.

        Args:
            schedule: the first choices. Of several requests that a step sets free, the one that
                began to wait first goes on first, where nothing else is said.
            like: an earlier run with the same choices, the last one perhaps excepted; everything
                up to there must be seen again.
            only: the requests that take part; None: all of them.

        Raises:
            DivergenceError: a choice is not open, or `like` was not seen again.
            StalledError, LostError, UnorderableError: see `errors`.
        """
        if not self._usable:
            raise RacewalkError("an earlier schedule failed: the runner can only be closed")
        self._usable = False
        self._finish_set_up()
        if self._editing:
            self._editing.begin()
        script = Script(schedule, self.ask)
        scheduler = self._scheduler
        scheduler.begin(at_once=self.at_once, in_order=self.in_order, only=only)
        self._show()
        depth = 0
        while not scheduler.over:
            if self.linger:
                self.outlasted |= scheduler.linger(self.linger)
            request = script.choose(scheduler.options)
            if depth == STEP_LIMIT:
                raise StalledError(f"a schedule went on for more than {STEP_LIMIT} steps")
            scheduler.go_on(request, script.wake)
            depth += 1
            self._show()
        run = scheduler.record()
        scheduler.forget()
        if self._editing:
            self._editing.rest()
        script.check_spent()
        if like:
            compare(like, run, script.choices)
        outcome = judge(run, self.target.reset(), self.judges)
        self._usable = True
        return run, outcome

    @property
    def so_far(self) -> Run:
        """The schedule that is under way, as far as it has come."""
        return self._scheduler.record()

    def _show(self) -> None:
        if self.watch:
            self.watch(self._scheduler.scene)

    def _finish_set_up(self) -> None:
        """Wait for what the target sent past the scheduler: a teardown comes after the answer."""
        deadline = monotonic() + self._patience
        while not self._is_over():
            if monotonic() > deadline:
                if self.speaks_late and (restless := self._restless()):
                    raise too_late(restless[0])
                raise StalledError(
                    "the application left a transaction open before the race",
                    cure="have it commit or roll back what it begins as it starts or logs in",
                )
            self._loop.pump(_LOOK_AGAIN if self.speaks_late else self._patience)

    def _is_over(self) -> bool:
        """Whether nothing of what was sent past the scheduler is under way."""
        # What was sent before they came to rest is read first.
        if self.speaks_late and (self._restless() or self._loop.pump(0)):
            return False
        return all(link.quiet for link in self._proxy.links)

    def _sets_up(self) -> bool:
        return any(link.state in SET_UP for link in self._proxy.links)

    def _restless(self) -> list[int]:
        """The requests of which more may come."""
        requests = range(self.target.requests)
        return [request for request in requests if self.target.rests(request) is False]

    def close(self) -> None:
        """Close target, proxy and loop; the observer stays open.

        The sessions are given a moment to end, so that none holds a lock when the next one begins.
        """
        self._scheduler.forget()
        self.target.close()
        deadline = monotonic() + _FAREWELL
        while self._proxy.links and monotonic() < deadline:
            self._loop.pump(_FAREWELL)
        self._proxy.close()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
