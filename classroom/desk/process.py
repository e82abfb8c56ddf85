"""The process of the desk: lanes that attack and grade, and beside them the door and the board.

It may end in any way at any moment: what waits and what runs is in the queue, and what it has
started is in desk.json, where the next desk finds it. It ends by itself when the stacks do.

On standard output it writes one line: 'ready', or 'error <what to do>'.
"""

import argparse
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TextIO

from attack.grade import lane as grading
from attack.stacks import state as stacks_state
from attack.stacks.state import State
from classroom import accounts, files, settings
from classroom.board import serve as board
from classroom.desk import state
from classroom.desk.attack import attack
from classroom.desk.bell import Bell
from classroom.desk.grade import Place, grade
from classroom.desk.lanes import Lane
from classroom.desk.state import Record
from classroom.door import sshd
from classroom.queue import Job, Queue
from classroom.reset import reset
from shared_db.errors import LabError
from shared_db.paths import LAB

GRADING_LANES = 2
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOOKS_AGAIN_S = 0.2
_ENDS_WITHIN_S = 5
_SPEAKS_WITHIN_S = 30


class Process:
    """What the desk keeps; `stack` ends it in order."""

    def __init__(self, stack: ExitStack, students: Sequence[str], typed: str) -> None:
        self._stack, self._typed = stack, typed
        self._students = tuple(students)
        self._over = threading.Event()
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start everything.

        Raises:
            LabError: another desk is open, no stacks are up, a port is taken, or a part does not
                start.
        """
        self._stack.enter_context(_lock())
        state.end_left_behind()
        self._stacks = _stacks()
        self.record = Record(self._students)
        self._accounts = accounts.draw(self._students)
        self._queue = Queue()
        self._queue.resume()
        self._keep("the board", board.start(self._typed))
        if sshd.program():
            where = [url for _, url in self._stacks.urls]
            self._keep("the sshd", sshd.start(self._students, where, self._typed))
            self._wait_for("SSH_PORT")
        self._wait_for("BOARD_PORT")
        server = self._stack.enter_context(grading.server())
        self._start_lane(Lane(self._queue, "attack", self._attack))
        for number in range(GRADING_LANES):
            self._start_lane(Lane(self._queue, "grade", partial(self._grade, server, number)))
        Bell(self._reset).start()
        self.record.ready()

    def _wait_for(self, port: str) -> None:
        """Wait until somebody speaks at a port: the sshd by itself, the board when it is asked."""
        deadline = time.monotonic() + _SPEAKS_WITHIN_S
        while time.monotonic() < deadline:
            self._require_children()
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", settings.port(port)), 1) as caller,
            ):
                caller.settimeout(_SPEAKS_WITHIN_S)
                caller.sendall(b"GET /login HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if caller.recv(1):
                    return
            time.sleep(_LOOKS_AGAIN_S)
        raise LabError(f"nobody speaks at {port} of the class: the logs are in {LAB}")

    def _require_children(self) -> None:
        for name, child in self._children.items():
            if (code := child.poll()) is not None:
                raise LabError(f"{name} of the class ended ({code}): its log is in {LAB}")

    def wait(self) -> None:
        """Wait until somebody ends it, or something that has to stay ends.

        Raises:
            LabError: that did.
        """
        while not self._over.wait(_LOOKS_AGAIN_S):
            self._require_children()
            now = stacks_state.running()
            if now is None or now.lab_id != self._stacks.lab_id:
                raise LabError("the stacks were stopped")

    def end(self) -> None:
        """Have wait() return."""
        self._over.set()

    def _keep(self, name: str, child: subprocess.Popen[bytes]) -> None:
        self.record.started(child.pid)
        self._children[name] = child
        self._stack.callback(_end, child)

    def _start_lane(self, lane: Lane) -> None:
        lane.start()
        self._stack.callback(lane.stop)

    def _attack(self, job: Job) -> dict[str, object]:
        return attack(job, self._accounts, self._stacks, _folder_of(job))

    def _reset(self, names: Sequence[str]) -> tuple[str, ...]:
        return reset(self._stacks.database_url, names)

    def _grade(self, server: str, lane: int, job: Job) -> dict[str, object]:
        place = Place(server, lane, _folder_of(job))
        return grade(job, self._queue.file_of(job.id), place, self.record)


def _folder_of(job: Job) -> Path:
    """Return a folder for one try of a job: what an earlier one left must not mix with it."""
    return files.private("jobs", f"{job.id}-{job.tries}")


def _stacks() -> State:
    found = stacks_state.running()
    if found is None:
        raise LabError("no stacks are up")
    return found


def _lock() -> TextIO:
    lock = files.DESK.with_suffix(".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise LabError("another desk is open for this class") from None
    return lock


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(_ENDS_WITHIN_S)
    state.end_group(child.pid)
    child.wait()


def main() -> None:
    """Start everything, say so, and wait for the end."""
    parser = argparse.ArgumentParser(prog="desk")
    parser.add_argument("--students", required=True)
    parser.add_argument("--typed", default="make up {}")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    code = 0
    with ExitStack() as stack:
        process = Process(stack, settings.names(arguments.students), arguments.typed)
        for number in _SIGNALS:
            signal.signal(number, lambda *_: process.end())
        try:
            process.start()
            print("ready", flush=True)  # noqa: T201 - the protocol with whoever started it
            process.wait()
        except LabError as error:
            code = 2
            if hasattr(process, "record"):
                process.record.failed(str(error))
            print(f"error {error}", flush=True)  # noqa: T201
    state.end_left_behind()  # a grading that was in the middle
    sys.stdout.flush()
    os._exit(code)  # an attack in the middle runs again: nothing waits for its thread


if __name__ == "__main__":
    main()
