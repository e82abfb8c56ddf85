"""One request after the other: whether the repair does what it is for, and no more than it may."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Final

from attack.grade import contract
from attack.grade.grading import LATE, Grading
from attack.grade.stop import Failed
from attack.grade.trial import Fault, Trial, idle
from racewalk import Outcome, Run, Schedule

_PATIENCE: Final = 10.0
"""Seconds without any sign of a request after which it is taken never to come."""
_SLOW: Final = 0.3
"""Seconds that two requests may take alone, beside what a busy machine adds."""
_MORE_THAN_NOTHING: Final = 4
"""How much longer than two requests for nothing they may take on a busy machine."""
_ROUNDS: Final = range(3, 7)
"""How often that is tried, and how often at most until it is so: a pause is there each time."""


def put_in_turn(grading: Grading) -> None:
    """Send requests one after the other; look at their ends, their statements and their time.

    Raises:
        Failed: something is not as it was asked for.
    """
    trials = grading.kind.contract()
    first, *_ = [_run(grading, trial) for trial in trials]
    sleep(LATE)
    _refuse_slow(grading, trials[0])
    run, end = first
    if fault := contract.broken_rule(grading.task.exercise.rules, grading.task.stack, run):
        raise Failed(fault, trials[0], run, end)


def _refuse_slow(grading: Grading, trial: Trial) -> None:
    fastest = least = float("inf")
    for tries in range(1, _ROUNDS.stop):
        began = monotonic()
        _run(grading, trial)
        between = monotonic()
        _run_idle(grading)
        fastest, least = min(fastest, between - began), min(least, monotonic() - between)
        grading.refuse_noted("sleeps")
        if tries in _ROUNDS and fastest <= _SLOW + _MORE_THAN_NOTHING * least:
            return
    raise Failed(Fault("sleeps", f"Two requests took {fastest:.1f} s, alone."))


def _run_idle(grading: Grading) -> None:
    with grading.to_the_end():
        grading.explorer.applications.runner(idle(grading.each), _PATIENCE).run(Schedule())


def _run(grading: Grading, trial: Trial) -> tuple[Run, Outcome]:
    grading.on_phase(trial.title)
    race = grading.race(trial, grading.each, warm=0)
    with grading.to_the_end():
        run, end = grading.explorer.applications.runner(race, _PATIENCE).run(Schedule())
    grading.refuse_noted()
    if fault := contract.forbidden(run) or trial.fault(end):
        raise Failed(grading.told(fault, run), trial, run, end)
    return run, end
