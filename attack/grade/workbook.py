"""A student's copy of an exercise, in work/, the hints they took, and what they solved."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attack.grade.exercises import STACKS, Exercise
from attack.grade.shown import Graded
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

WORK: Final = CHECKOUT / "work"
_PROGRESS: Final = "progress.json"
_LOOK_AGAIN: Final = 0.1
"""Seconds between two looks at a file that is watched."""
_WRITTEN_WITHIN: Final = 0.05


def folder_of(exercise: Exercise) -> Path:
    """Return where a student's copy lies."""
    return WORK / exercise.name


def own_file(exercise: Exercise, stack: str) -> Path:
    """Return a student's file.

    Raises:
        LabError: they have not begun.
    """
    file = folder_of(exercise) / f"{stack}.py"
    if not file.is_file():
        raise LabError(
            f"there is no {file.relative_to(CHECKOUT)} yet: make exercise N={exercise.number}"
        )
    return file


def lay_out(exercise: Exercise, *, anew: bool = False) -> Path:
    """Make a student's copy where there is none, and return its folder.

    Args:
        exercise: which.
        anew: begin again; what was there is put aside under another name, never lost.

    Raises:
        LabError: it cannot be written.
    """
    folder = folder_of(exercise)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for stack in STACKS:
            file, fresh = folder / f"{stack}.py", exercise.repair(stack).read_bytes()
            if anew and file.exists() and file.read_bytes() != fresh:
                file.rename(_aside(file))
            if not file.exists():
                file.write_bytes(fresh)
        story_of = folder / "README.md"
        story_of.write_bytes((exercise.folder / "README.md").read_bytes())
    except OSError as error:
        raise LabError(f"{folder} cannot be written: {error.strerror}") from None
    if anew:
        _change(exercise, {"solved": [], "hints": 0})
    return folder


def story(exercise: Exercise) -> str:
    """Return the story and the task."""
    return (exercise.folder / "README.md").read_text("utf-8")


def hints_taken(exercise: Exercise) -> int:
    """Return how many hints were taken."""
    return int(_progress().get(exercise.name, {}).get("hints", 0))


def hint(exercise: Exercise, number: int) -> str:
    """Return a hint and note that it was taken; one may not be taken before those before it.

    Raises:
        LabError: an earlier one was not taken yet.
    """
    taken = hints_taken(exercise)
    if number > taken + 1:
        raise LabError(
            f"hint {number} tells more than you may need: first "
            f"make exercise N={exercise.number} HINT={taken + 1}"
        )
    _change(exercise, {"hints": max(taken, number)})
    return exercise.hints[number - 1]


def remember(exercise: Exercise, graded: Graded) -> None:
    """Keep what came of a grading."""
    was = _progress().get(exercise.name, {})
    done = {*was.get("solved", []), *([graded.stack] if graded.solved else [])}
    gradings = int(was.get("gradings", 0)) + 1
    _change(exercise, {"solved": sorted(done), "gradings": gradings, "reason": graded.reason or ""})


def solved(exercise: Exercise) -> list[str]:
    """Return the stacks in which it was solved."""
    return list(_progress().get(exercise.name, {}).get("solved", []))


def saved_at(file: Path) -> tuple[int, int]:
    """Return what changes when a file is saved.

    Raises:
        LabError: it is gone.
    """
    try:
        stat = file.stat()
    except OSError as error:
        raise LabError(f"{file} cannot be read: {error.strerror}") from None
    return stat.st_mtime_ns, stat.st_size


def wait_for_change(file: Path, since: tuple[int, int]) -> None:
    """Wait until a file was saved; one that is missing for a moment is being replaced."""
    now = since
    while now == since:
        time.sleep(_LOOK_AGAIN)
        try:
            now = saved_at(file)
        except LabError:
            continue
    while True:  # until nobody is writing any more
        time.sleep(_WRITTEN_WITHIN)
        try:
            later = saved_at(file)
        except LabError:
            continue
        if later == now:
            return
        now = later


def _aside(file: Path) -> Path:
    number = 1
    while (aside := file.with_name(f"{file.stem}.before-{number}.py")).exists():
        number += 1
    return aside


def _progress() -> dict[str, dict[str, Any]]:
    try:
        told = json.loads((WORK / _PROGRESS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _change(exercise: Exercise, what: Mapping[str, Any]) -> None:
    told = _progress()
    told[exercise.name] = {**told.get(exercise.name, {}), **what}
    try:
        WORK.mkdir(exist_ok=True)
        unfinished = WORK / f"{_PROGRESS}.new"
        unfinished.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        unfinished.replace(WORK / _PROGRESS)
    except OSError as error:
        raise LabError(f"{WORK} cannot be written: {error.strerror}") from None
