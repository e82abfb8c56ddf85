"""Wake waiting backends one at a time: SIGSTOP all of them, SIGCONT one, and so on.

One COMMIT can set two waiters free, and then they race for the row. Stopped, they can be let go
in the order in which they queued. A waiter holds no latch while it sleeps, so stopping it stops
nobody else; the lock it waits for is granted by the one who releases it.

This needs the server's processes on this machine, and the right to signal them.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Self

import psutil

from racewalk.errors import UnorderableError
from racewalk.schedule.observer import Observer


class Backends:
    """The server processes of this machine, some of them stopped.

    As a context manager it wakes at the end whoever is still stopped.

    Args:
        observer: asked for the data directory, whose postmaster.pid names the server.
    """

    def __init__(self, observer: Observer) -> None:
        self._postmaster = _postmaster(observer)
        self._stopped: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        for pid in tuple(self._stopped):
            self.wake(pid)

    def stop(self, pid: int) -> None:
        """Stop one backend, if it is not stopped yet.

        Raises:
            UnorderableError: it is no backend of a server on this machine, or not ours to signal.
        """
        if pid not in self._stopped:
            self._verify(pid)
            _signal(pid, signal.SIGSTOP)
            self._stopped.add(pid)

    def wake(self, pid: int) -> None:
        """Let one backend go on, if it is stopped."""
        if pid in self._stopped:
            self._stopped.discard(pid)
            _signal(pid, signal.SIGCONT)

    def _verify(self, pid: int) -> None:
        """Never signal a stranger: process ids of another machine or container mean nothing."""
        try:
            is_ours = psutil.Process(pid).ppid() == self._postmaster
        except psutil.Error:
            is_ours = False
        if not is_ours:
            raise UnorderableError(
                "several requests wait, and the server's processes are not on this machine:"
                " the order of their waking is out of reach"
            )


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it ended; its connection tells
    except PermissionError as error:
        raise UnorderableError(f"backend {pid} may not be signalled: {error}") from error


def _postmaster(observer: Observer) -> int | None:
    (row,) = observer.run("SELECT current_setting('data_directory')")
    try:
        return int((Path(row[0] or "") / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
