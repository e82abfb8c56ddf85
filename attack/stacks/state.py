"""What runs in this checkout: .lab/state.json, written by the keeper."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from attack.stacks.where import Instance, Stacks
from shared_db.paths import LAB

_PATH = LAB / "state.json"


@dataclass(frozen=True)
class Process:
    """A process by pid and start time, so that a pid in second use is not taken for it."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Process":
        """Return the identity of a running process."""
        return cls(pid, _started(psutil.Process(pid)))

    def find(self) -> psutil.Process | None:
        """Return the process if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = _started(process) == self.started
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def _started(process: psutil.Process) -> float:
    """Return when a process started, as a number that stays the same when the clock is set.

    On Linux psutil adds the clock's time of the system's start, which a step of the clock changes:
    a keeper at work would be taken for one that has ended.

    Source: proc_pid_stat(5), field 22 (starttime).
    """
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text("latin-1").rpartition(")")[2].split()
    except OSError:  # no Linux, or no such process, which the next call raises
        return process.create_time()
    return float(fields[19])


@dataclass(frozen=True, kw_only=True)
class State(Stacks):
    """Local stacks, with their keeper and its children; they answer once they are ready.

    `folder` is the lab's, in which the file lies.
    `failed` says what ended that should have stayed; the keeper then ends the rest.
    """

    keeper: Process
    folder: str = str(LAB)
    children: tuple[Process, ...] = ()
    ready: bool = False
    failed: str = ""

    def write(self) -> None:
        """Replace the file, readable for its owner alone: it holds the database's password."""
        new = _PATH.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(asdict(self)))
        new.replace(_PATH)


def read() -> State | None:
    """Return what the last keeper wrote, whether it still runs or not.

    A file that came here with a copy of the lab's folder tells of that lab, not of this one.
    """
    try:
        table = json.loads(_PATH.read_text())
        table["keeper"] = Process(**table["keeper"])
        table["children"] = tuple(Process(**child) for child in table["children"])
        table["urls"] = tuple((stack, url) for stack, url in table["urls"])
        table["logs"] = tuple((whose, where) for whose, where in table["logs"])
        table["others"] = tuple(Instance(**other) for other in table["others"])
        found = State(**table)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.folder == str(LAB) else None


def running() -> State | None:
    """Return the state of stacks that are up now, or None."""
    state = read()
    up = state and state.ready and not state.failed and state.keeper.find()
    return state if up else None


def remove() -> None:
    """Forget the state."""
    _PATH.unlink(missing_ok=True)
