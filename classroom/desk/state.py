"""desk.json: whether the desk runs, and what it has started that must not outlive it."""

import json
import os
import signal
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

import psutil

from attack.stacks.state import Process
from classroom import files
from shared_db.errors import LabError

_ENDS_WITHIN_S = 10


@dataclass(frozen=True)
class Desk:
    """A desk: its process, the leaders of the groups of processes that it started, its students.

    `failed` says what ended that should have stayed.
    """

    process: Process
    students: tuple[str, ...]
    children: tuple[Process, ...] = ()
    ready: bool = False
    failed: str = ""


def read() -> Desk | None:
    """Return what the last desk wrote, whether it still runs or not."""
    try:
        table = json.loads(files.DESK.read_text("utf-8"))
        table["process"] = Process(**table["process"])
        table["children"] = tuple(Process(**each) for each in table["children"])
        table["students"] = tuple(table["students"])
        return Desk(**table)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def running() -> Desk | None:
    """Return the desk that is open now, or None."""
    found = read()
    return found if found and found.ready and not found.failed and found.process.find() else None


def require_running() -> Desk:
    """Return the desk that is open now.

    Raises:
        LabError: none is.
    """
    found = running()
    if found is None:
        last = read()
        why = f"{last.failed}; " if last and last.failed else ""
        raise LabError(f"no class is up: {why}`make up STUDENTS=30` starts one")
    return found


class Record:
    """What this desk has started, on the disk as soon as it is known."""

    def __init__(self, students: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._desk = Desk(Process.of(os.getpid()), students)
        self._write(self._desk)

    def started(self, pid: int) -> None:
        """Keep the leader of a group of processes."""
        with self._lock, suppress(psutil.NoSuchProcess):
            children = (*self._desk.children, Process.of(pid))
            self._write(replace(self._desk, children=children))

    def ended(self, pid: int) -> None:
        """Forget one."""
        with self._lock:
            left = tuple(each for each in self._desk.children if each.pid != pid)
            self._write(replace(self._desk, children=left))

    def ready(self) -> None:
        """Say that the desk is open."""
        with self._lock:
            self._write(replace(self._desk, ready=True))

    def failed(self, reason: str) -> None:
        """Say what was lost."""
        with self._lock:
            self._write(replace(self._desk, failed=reason))

    def _write(self, desk: Desk) -> None:
        self._desk = desk
        files.write(files.DESK, json.dumps(asdict(desk)))


def end_left_behind() -> bool:
    """End what a desk that is no more had started; False where nothing was left."""
    last = read()
    found = [each.find() for each in last.children] if last else []
    alive = [each for each in found if each]
    for each in alive:
        end_group(each.pid)
    psutil.wait_procs(alive, _ENDS_WITHIN_S)
    return bool(alive)


def end_group(leader: int) -> None:
    """End a process that leads a session, and all in it, at once."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
