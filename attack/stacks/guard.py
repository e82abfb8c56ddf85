"""Ends the stacks of a keeper that was killed: the pipe to our standard input closes with it.

Each line that comes through the pipe is the process id of a gunicorn. A keeper that has stopped its
stacks kills its guard. The file is run by its path: to import the package takes longer.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

_ENDS_WITHIN_S = 10.0


class Guard:
    """The keeper's side: the pipe to its guard."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def add(self, pid: int) -> None:
        """Have a gunicorn, which leads a session of its own, end with this process."""
        assert self._process.stdin  # noqa: S101 - opened as a pipe
        with suppress(BrokenPipeError):  # the guard was killed: the next keeper ends what is left
            self._process.stdin.write(b"%d\n" % pid)
            self._process.stdin.flush()


@contextmanager
def guard() -> Iterator[Guard]:
    """Yield a guard; when the block is left, the guard ends and the stacks must have ended."""
    process = subprocess.Popen(
        [sys.executable, "-P", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    try:
        yield Guard(process)
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Wait for the end of the input, then end each gunicorn and its workers."""
    masters = []
    for line in sys.stdin.buffer:
        with suppress(psutil.NoSuchProcess):
            masters.append(psutil.Process(int(line)))
    for master in masters:
        with suppress(psutil.NoSuchProcess):
            master.terminate()  # never another process: psutil compares when it began
    for master in psutil.wait_procs(masters, _ENDS_WITHIN_S)[1]:
        with suppress(ProcessLookupError):
            os.killpg(master.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
