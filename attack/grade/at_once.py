"""Requests at once, under the explorer: every order, one that takes long, and two that go by."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from attack.grade import cause, lasting, overtaking
from attack.grade.exploring import TWO, cut_short, holds_in_one_process, looked_for_a_fault
from attack.grade.grading import Grading
from attack.grade.reasons import INCONCLUSIVE
from attack.grade.stepping import page_of
from attack.grade.stop import Failed
from attack.grade.trial import Fault, Trial
from racewalk import RacewalkError, Run

_TOO_LONG: Final = (
    f"It sets a timeout of more than {lasting.LONGEST:g} s, longer than anybody is held here: "
    "set a shorter one to have it graded."
)


def put_to_every_order(grading: Grading, trial: Trial, *, shared: bool = False) -> None:
    """Run every order of the requests, or as many as there is room for.

    Args:
        grading: whose repair.
        trial: the requests.
        shared: whether all meet in one process.

    Raises:
        Failed: an order ended as it should not, or too few could be seen.
    """
    grading.on_phase(trial.title)
    many = len(trial.asks) > TWO
    certificate, found = looked_for_a_fault(grading, trial, shared=shared)
    if found:
        fault, run, end = found
        if not shared and holds_in_one_process(grading, trial):
            fault = Fault("one_process", fault.seen)
        steps = not (shared or many or certificate.diverged)
        why = "" if shared else _cause(grading, trial, run)
        page = _page(grading, trial) if grading.task.page and steps else ""
        raise Failed(grading.told(fault, run), trial, run, end, page, steps, why)
    if not (shared or many or trial.strangers) and lasting.may_end(certificate):
        _hold_long(grading, trial)
    if certificate.inconclusive and not ((shared or many) and cut_short(certificate)):
        raise grading.broke_off(certificate.inconclusive)


def put_to_overtaking(grading: Grading, trial: Trial) -> None:
    """Hold one of three requests while two go by.

    Raises:
        Failed: it ended as it should not.
    """
    grading.on_phase(trial.title)
    with grading.to_the_end():
        for run, end in overtaking.overtaken(grading.explorer, grading.race(trial, grading.each)):
            grading.refuse_noted()
            if fault := trial.fault(end):
                why = _cause(grading, trial, run)
                told = grading.told(trial.refined(fault, run), run)
                raise Failed(told, trial, run, end, "", False, why)


def _hold_long(grading: Grading, trial: Trial) -> None:
    grading.on_phase(f"{trial.title}, and one takes its time")
    with grading.to_the_end():
        lasted = lasting.held_long(grading.explorer, grading.race(trial, grading.each), trial)
    if lasted.found:
        fault, run, end = lasted.found
        raise Failed(fault, trial, run, end)
    if lasted.outlasted:
        raise Failed(Fault(INCONCLUSIVE, _TOO_LONG))


def _cause(grading: Grading, trial: Trial, run: Run) -> str:
    """Return which read was stale, with the student's lines if the order can be run again."""
    amounts = {
        number: int(value)
        for number, ask in enumerate(trial.asks)
        for field, value in ask.fields
        if field == "amount"
    }
    if not cause.stale_read(run, trial.column, amounts, [None] * len(run.steps)):
        return ""
    lines: cause.Lines = [None] * len(run.steps)
    with suppress(RacewalkError):
        race = grading.race(trial, grading.repair.application(marked=True))
        marked, _ = grading.explorer.applications.runner(race).run(run.schedule)
        lines = cause.lines_of(run, marked)
    return cause.stale_read(run, trial.column, amounts, lines)


def _page(grading: Grading, trial: Trial) -> str:
    grading.on_phase("every order, to step through")
    task = grading.task
    title = f"{task.exercise.title} ({task.stack}): {trial.title}"
    race, place = grading.race(trial, grading.each), (grading.database, grading.folder)
    return page_of(title, trial, race, grading.explorer, place)
