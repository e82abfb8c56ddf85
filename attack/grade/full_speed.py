"""Requests past the explorer: a short attack, and a process that dies while it is at work."""

from __future__ import annotations

from typing import Final

from attack.grade import salvo
from attack.grade.grading import Grading
from attack.grade.stop import Failed
from attack.grade.trial import PAID, Fault

_THREADS: Final = 8
"""Of each of two workers."""


def put_to_an_attack(grading: Grading) -> None:
    """Send all requests at once, in a few rounds.

    Raises:
        Failed: a round ended as it should not, or a request was not answered.
    """
    trial = grading.kind.salvo()
    grading.on_phase(trial.title)
    application = grading.repair.application(threads=_THREADS, workers=2)
    database, log = grading.database, grading.folder / "salvo.log"
    with grading.to_the_end(), salvo.running(application, database, log) as instance:
        for held in salvo.holds_up(grading.kind.parents_first):
            end = salvo.fire(instance, database, trial, grading.restored, held)
            grading.refuse_noted()
            if salvo.LOST in end.answers:
                raise Failed(Fault("never_returns", "It was so in a short attack."))
            if fault := trial.fault(end):
                raise Failed(grading.told(fault, None), trial, None, end)


def put_to_a_crash(grading: Grading) -> None:
    """End the process of one request while it is at work, and send another.

    Raises:
        Failed: the other one is not paid.
    """
    trial, holds_up = grading.kind.crash()
    grading.on_phase(trial.title)
    database, logs = grading.database, [grading.folder / f"crash-{n}.log" for n in range(2)]
    with (
        grading.to_the_end(),
        salvo.running(grading.each, database, logs[0]) as one,
        salvo.running(grading.each, database, logs[1]) as other,
    ):
        answer = salvo.crash((one, other), database, trial, holds_up, grading.restored)
    grading.refuse_noted()
    if answer != PAID:
        raise Failed(Fault("stuck_after_crash", f"The next one was answered: {answer}."))
