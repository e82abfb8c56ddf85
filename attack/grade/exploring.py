"""How many orders are seen, and when so many that something can be said.

Orders are counted, not seconds, so that a verdict does not hang on how fast the machine is; the
seconds are for what would go on for ever.
"""

from __future__ import annotations

from time import monotonic
from typing import Final

from attack.grade import contract
from attack.grade.grading import Grading
from attack.grade.trial import Fault, Trial, worst
from racewalk import Budget, Certificate, Outcome, RacewalkError, Run

TWO: Final = 2
"""Requests of which every order is run."""
_ALL: Final = Budget(seconds=180, schedules=1500)
"""For two requests, each in a process of its own, of which every order is seen."""
_ONE_PROCESS: Final = Budget(seconds=60, schedules=100)
"""For all requests in one process, where no order can be left out, so that there are too many."""
_THREE: Final = Budget(seconds=60, schedules=200)
"""For three requests, of which there are many more orders."""
_TELLING: Final = Budget(seconds=60, schedules=30)
"""For one process, to tell why a repair is refused, which it is already."""
_ENOUGH: Final = 2.0
"""Seconds after which an exploration that has found a fault looks for no simpler one."""
_FEW: Final = 10
"""Orders below which nothing is said of them where time was too short for more."""
_SPENT: Final = "budget of"
_BEGUN_ANEW: Final = "it went another way from one time to the next"
"""Why an exploration ended that has shown what is wrong, unless that was before it began anew."""


class _EnoughError(RacewalkError):
    """The exploration has found what it looks for."""


def looked_for_a_fault(
    grading: Grading, trial: Trial, *, shared: bool
) -> tuple[Certificate, tuple[Fault, Run, Outcome] | None]:
    """Explore; once more where that neither shows a fault nor could show that there is none.

    What the second time shows is a fault or nothing: a repair that goes another way each time may
    go the right way once, in processes that have just begun.

    Args:
        grading: whose repair.
        trial: what it is put to.
        shared: whether all requests meet in one process.

    Raises:
        Failed: the inside has told of something that no repair may do.
    """
    certificate, found = _looked_once(grading, trial, shared=shared)
    if found or not (certificate.diverged or certificate.inconclusive == _BEGUN_ANEW):
        return certificate, found
    again, found = _looked_once(grading, trial, shared=shared)
    return (again if found else certificate), found


def _looked_once(
    grading: Grading, trial: Trial, *, shared: bool
) -> tuple[Certificate, tuple[Fault, Run, Outcome] | None]:
    certificate = _explore(grading, trial, shared=shared)
    grading.refuse_noted()
    return certificate, worst(trial, certificate)


def holds_in_one_process(grading: Grading, trial: Trial) -> bool:
    """Tell whether a repair that fails holds where all requests meet in one process."""
    if trial.strangers or not contract.of_one_process(grading.repair.file.read_bytes()):
        return False
    certificate = _explore(grading, trial, shared=True, budget=_TELLING)
    seen_enough = certificate.exhausted or cut_short(certificate)
    return seen_enough and worst(trial, certificate) is None


def cut_short(certificate: Certificate) -> bool:
    """Tell whether of more orders than can be seen so many were that it says something."""
    return _SPENT in (certificate.inconclusive or "") and certificate.runs >= _FEW


def _explore(
    grading: Grading, trial: Trial, *, shared: bool, budget: Budget | None = None
) -> Certificate:
    requests, application = len(trial.asks), grading.each
    if shared:
        application = grading.repair.application(threads=requests, shared=True)
    began, found = monotonic(), False

    def seen(run: Run, end: Outcome) -> None:
        nonlocal found
        if not shared and requests == TWO and not trial.strangers:
            grading.held.saw(run)
        found = found or trial.fault(end) is not None
        if found and monotonic() - began > _ENOUGH:
            raise _EnoughError(_BEGUN_ANEW)

    budget = budget or (_ONE_PROCESS if shared else _ALL if requests == TWO else _THREE)
    return grading.explorer.explore(grading.race(trial, application), budget, seen=seen)
