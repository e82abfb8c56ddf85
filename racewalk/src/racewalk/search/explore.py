"""The loop of every search: ask the strategy, run the schedule, tell the strategy, count."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from racewalk.errors import DivergenceError, RacewalkError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.budget import UNLIMITED, Budget
from racewalk.search.certificate import Certificate
from racewalk.search.strategy import Runner, Strategy
from racewalk.search.tally import Tally

Seen = Callable[[Run, Outcome], None]


def explore(
    runner: Runner,
    requests: int,
    strategy: Strategy,
    budget: Budget = UNLIMITED,
    seen: Seen = lambda _run, _outcome: None,
) -> Certificate:
    """Run schedules until the strategy has none left, and return what that proves.

    Args:
        runner: runs them; of no further use where the certificate is inconclusive for another
            reason than the budget.
        requests: how many race.
        strategy: says which.
        budget: when to stop.
        seen: called with every run and its outcome.
    """
    tally, begun = Tally(requests), monotonic()
    weighed, stepped = None, False
    try:
        while (schedule := strategy.next()) is not None:
            if spent := budget.spent(tally.runs, monotonic() - begun, strategy.bound):
                tally.stop(spent)
                break
            run, outcome = runner.run(schedule, strategy.like)
            tally.add(run, outcome)
            strategy.saw(run, outcome)
            seen(run, outcome)
            stepped = stepped or bool(run.steps)
        else:
            weighed = strategy.weigh()
            if spent := budget.spent(0, 0, strategy.bound) if strategy.cut else None:
                tally.stop(spent)
            if not stepped:
                tally.stop("no request sent a statement through the proxy: nothing was explored")
    except RacewalkError as error:
        tally.stop(error.told, isinstance(error, DivergenceError))
    return tally.certificate(
        monotonic() - begun,
        runner.noise.copy(),
        runner.masks,
        strategy.assumed,
        strategy.reduction(),
        weighed,
        strategy.bound,
    )
