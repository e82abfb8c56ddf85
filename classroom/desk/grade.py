"""A job of kind 'grade': a file, judged by the grader in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.desk import state
from classroom.desk.grader import SERVER
from classroom.desk.state import Record
from classroom.queue import Job
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB

LIMIT_S = 300
"""Several times what the slowest grading takes with both lanes at work; then it is ended."""


@dataclass(frozen=True)
class Place:
    """Where a file is graded.

    Attributes:
        server: the superuser's URL of the server that all lanes share.
        lane: its number, from 0; one grading at a time is in it.
        folder: for the file and for what comes of it.
    """

    server: str
    lane: int
    folder: Path


def grade(job: Job, file: bytes, place: Place, record: Record) -> dict[str, Any]:
    """Grade a file, and return what the grader says of it.

    Args:
        job: what was asked for: an exercise's number, and a stack.
        file: to be graded.
        place: where.
        record: of what the desk has started.

    Raises:
        LabError: the grader refused the file, did not end, or said nothing.
    """
    mine, told, log = (place.folder / name for name in ("repair.py", "told.json", "grader.log"))
    mine.write_bytes(file)
    command = [sys.executable, "-m", "classroom.desk.grader", "--student", job.student]
    command += ["--exercise", job.asked["exercise"], "--stack", job.asked["stack"]]
    command += ["--lane", str(place.lane), "--file", str(mine), "--told", str(told)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, "OVERDRAFT_LAB": str(LAB), SERVER: place.server},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    record.started(process.pid)
    try:
        process.wait(LIMIT_S)
    except subprocess.TimeoutExpired:
        raise LabError(f"the grading did not end within {LIMIT_S // 60} minutes") from None
    finally:
        state.end_group(process.pid)
        process.wait()
        record.ended(process.pid)
    return _outcome(told, log)


def _outcome(told: Path, log: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(told.read_bytes())
    except (OSError, ValueError):
        said = log.read_text("utf-8", errors="replace").strip().splitlines()
        last = said[-1].removeprefix("overdraft: ") if said else "the grader said nothing"
        raise LabError(last) from None
    return found
