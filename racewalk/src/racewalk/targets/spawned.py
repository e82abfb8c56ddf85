"""Applications that are commands of their own, each on a leash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from racewalk.targets import leash


class Started(Protocol):
    """One start of an application."""

    @property
    def pid(self) -> int:
        """Of the leash that it hangs on, and of its session."""

    def poll(self) -> int | None:
        """Return a number once it has ended, or None while it runs."""

    def stop(self) -> None:
        """End it at once, and wait for that."""


class Spawned:
    """A command on a leash."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid, self.poll = process.pid, process.poll

    def stop(self) -> None:
        """End it at once, and wait for that."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.communicate()


def spawn(
    command: Sequence[str],
    env: Mapping[str, str],
    directory: Path,
    log: int,
    listener: int | None,
) -> Started:
    """Start a command.

    Args:
        command: program and arguments; {fd} stands for the listener's number there.
        env: all of its environment; {fd} is replaced here too.
        directory: where it is started.
        log: descriptor of the file that it prints to.
        listener: descriptor of a socket for it, or None.
    """
    place = str(listener)
    words = [word.replace("{fd}", place) for word in command]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", leash.__file__, *words],  # it needs no package
        env={name: value.replace("{fd}", place) for name, value in env.items()},
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        pass_fds=() if listener is None else (listener,),
        start_new_session=True,
    )
    return Spawned(process)
