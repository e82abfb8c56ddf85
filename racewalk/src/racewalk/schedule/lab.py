"""Everything that one schedule needs, put together: loop, proxy, scheduler, target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from types import TracebackType
from typing import Final, Self

from racewalk.errors import DivergenceError, ExploreError, StalledError
from racewalk.schedule.backends import Backends
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome, judge
from racewalk.schedule.record import Run
from racewalk.schedule.scheduler import PATIENCE, Scheduler
from racewalk.schedule.target import Target
from racewalk.wire.loop import Loop
from racewalk.wire.noise import RULES, Rule
from racewalk.wire.proxy import Address, Proxy

STEP_LIMIT: Final = 500
"""Steps of one schedule above which it is given up: a retry that never ends."""
_FAREWELL: Final = 2.0


class Lab:
    """Runs single schedules of a target, each from a fresh start.

    After an error of `errors` the lab is of no more use than to be closed: a request may be in
    flight somewhere.

    Args:
        target: what is explored; the lab opens and closes it.
        observer: a direct connection to the explored database.
        server: where the proxy connects to.
        rules: which groups pass without being a step.
        patience: seconds without an event after which a schedule is `StalledError`.
    """

    def __init__(
        self,
        target: Target,
        observer: Observer,
        server: Address,
        rules: Sequence[Rule] = RULES,
        patience: float = PATIENCE,
    ) -> None:
        self.target = target
        self._usable = True
        self._patience = patience
        self._loop = Loop()
        observer.adopt()
        self._scheduler = Scheduler(self._loop, target, observer, Backends(observer), patience)
        self.proxy = Proxy(self._loop, server, self._scheduler.told, rules)
        if target.shared_port:
            ports = [self.proxy.listen(None)] * target.requests
        else:
            ports = [self.proxy.listen(request) for request in range(target.requests)]
        try:
            target.open(self._loop, ports)
            target.reset()
        except BaseException:
            self.close()
            raise

    def run(self, prefix: Sequence[int] = (), like: Run | None = None) -> tuple[Run, Outcome]:
        """Run one schedule: the choices of `prefix`, and then on without a preemption.

        Args:
            prefix: the request to release at each of the first choices.
            like: an earlier run with the same choices, the last one of `prefix` perhaps excepted;
                everything up to there must be seen again.

        Raises:
            DivergenceError: a choice of `prefix` is not open, or `like` was not seen again.
            StalledError, LostError, UnorderableError: see `errors`.
        """
        if not self._usable:
            raise ExploreError("an earlier schedule of this lab failed: it can only be closed")
        self._usable = False
        self._finish_set_up()
        scheduler = self._scheduler
        scheduler.begin()
        current = -1
        depth = 0
        while not scheduler.over:
            enabled = scheduler.enabled
            if depth < len(prefix):
                current = prefix[depth]
            elif current not in enabled:
                current = enabled[0]
            if current not in enabled:
                raise DivergenceError(
                    f"choice {depth}: request {current} cannot go on, {enabled} can"
                )
            if depth == STEP_LIMIT:
                raise StalledError(f"a schedule went on for more than {STEP_LIMIT} steps")
            scheduler.release(current)
            depth += 1
        run = scheduler.record()
        scheduler.forget()
        if like:
            compare(like, run, len(prefix))
        outcome = judge(run, self.target.reset(), self.target.invariants)
        self._usable = True
        return run, outcome

    def _finish_set_up(self) -> None:
        """Wait for what the target sent past the scheduler: a teardown comes after the answer."""
        deadline = monotonic() + self._patience
        while not all(link.quiet for link in self.proxy.links):
            self._loop.pump(self._patience)
            if monotonic() > deadline:
                raise StalledError("the set-up left a transaction open")

    def close(self) -> None:
        """Close target, proxy and loop; the observer stays open.

        The sessions are given a moment to end, so that none holds a lock when the next lab begins.
        """
        self._scheduler.forget()
        self.target.close()
        deadline = monotonic() + _FAREWELL
        while self.proxy.links and monotonic() < deadline:
            self._loop.pump(_FAREWELL)
        self.proxy.close()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()


def compare(expected: Run, actual: Run, depth: int) -> None:
    """Check that two runs with the same first `depth` - 1 choices looked the same up to there.

    Raises:
        DivergenceError: names the first difference.
    """
    for index in range(depth):
        before, after = expected.choices[index], actual.choices[index]
        if replace(before, chosen=after.chosen) != after:
            raise DivergenceError(f"choice {index}: expected {before}, got {after}")
    old = [step.observed for step in expected.steps if step.completed < depth - 1]
    new = [step.observed for step in actual.steps if step.completed < depth - 1]
    if old != new:
        pairs = zip([*old, None], [*new, None], strict=False)
        first = next((pair for pair in pairs if pair[0] != pair[1]), (None, None))
        raise DivergenceError(f"expected step {first[0]}, got {first[1]}")
