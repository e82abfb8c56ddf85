"""Grades a repair: one after the other, at once, at full speed; the first failure ends it.

Nothing that the repair's process says makes a repair right. What is right is read from the
database, and from the statements that passed the explorer's proxy, by this process.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from attack.grade import contract, shown
from attack.grade.application import Repair
from attack.grade.at_once import put_to_every_order, put_to_overtaking
from attack.grade.full_speed import put_to_a_crash, put_to_an_attack
from attack.grade.grading import Grading, OnPhase
from attack.grade.in_turn import put_in_turn
from attack.grade.kinds import Kind, kind_of
from attack.grade.lane import Lane
from attack.grade.shown import Graded
from attack.grade.stop import Failed
from attack.grade.task import Task
from racewalk import Explorer
from shared_db.errors import LabError

_LONGEST_FILE: Final = 64 * 1024


def grade(task: Task, lane: Lane, on_phase: OnPhase = lambda _words: None) -> Graded:
    """Grade a file.

    Args:
        task: what.
        lane: where; nobody else may use it meanwhile.
        on_phase: told what is tried next.

    Raises:
        LabError: the file cannot be read, or the machine has no room where one is required.
    """
    began = monotonic()
    try:
        source = task.file.read_bytes()
    except OSError as error:
        raise LabError(f"{task.file} cannot be read: {error.strerror}") from None
    seed = secrets.randbelow(10**9) if task.seed is None else task.seed
    try:
        contract.readable(source, _LONGEST_FILE)
        kind = kind_of(task.exercise, Random(seed))  # noqa: S311
        held = _grade_in(lane, task, source, kind, on_phase)
    except Failed as failed:
        stop = failed.stop
        return shown.refused(task.exercise, task.stack, task.user, stop, monotonic() - began)
    return shown.solved(task.exercise, task.stack, task.user, monotonic() - began, held)


def _grade_in(lane: Lane, task: Task, source: bytes, kind: Kind, on_phase: OnPhase) -> list[str]:
    """Return what held it."""
    folder = lane.folder / "task"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copy = folder / "repair.py"
    copy.write_bytes(source)
    with (
        TemporaryDirectory(prefix="grading-") as place,
        lane.database(kind.tables, kind.parents_first, kind.grants) as database,
        Explorer(database, folder) as explorer,
    ):
        notes = folder / "notes"
        repair = Repair(copy, task.stack, task.exercise.kind, notes, Path(place), task.room)
        grading = Grading(task, repair, kind, database, explorer, folder, on_phase)
        _put_to_all(grading)
        return grading.held.sentences()


def _put_to_all(grading: Grading) -> None:
    """Try everything, in order.

    Raises:
        Failed: at the first that is not as it was asked for.
    """
    put_in_turn(grading)
    if grading.task.exercise.options.get("crash"):
        put_to_a_crash(grading)
    for trial in grading.kind.races():
        put_to_every_order(grading, trial)
    if three := grading.kind.overtaking():
        put_to_overtaking(grading, three)
    if one := grading.kind.in_one_process():
        put_to_every_order(grading, one, shared=True)
    put_to_an_attack(grading)
    grading.refuse_noted()
