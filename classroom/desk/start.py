"""Starting, finding and stopping the desk, from the command line."""

import os
import subprocess
import sys
from collections.abc import Sequence

from classroom import files
from classroom.desk import state
from classroom.desk.state import Desk
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB


def start(students: Sequence[str], typed: str) -> Desk:
    """Open the desk, so that it stays open; the stacks are up.

    Args:
        students: of the class.
        typed: the command, with {} where a setting goes, for advice.

    Raises:
        LabError: it does not start.
    """
    files.private()
    command = [sys.executable, "-m", "classroom.desk.process"]
    command += ["--students", str(len(students)), "--typed", typed]
    with files.DESK_LOG.open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, "OVERDRAFT_LAB": str(LAB)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            text=True,
        )
    assert process.stdout  # noqa: S101 - opened as a pipe
    word, _, rest = process.stdout.readline().strip().partition(" ")
    found = state.running() if word == "ready" else None
    if found is None:
        process.wait()
        raise LabError(rest or f"the desk did not start: its log is {files.DESK_LOG}")
    return found


def stop() -> bool:
    """Close the desk; False where none was open. What is queued stays queued."""
    desk = state.read()
    process = desk.process.find() if desk else None
    if process is None:
        return state.end_left_behind()
    process.terminate()
    process.wait()
    return True
