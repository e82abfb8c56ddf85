"""Applications that are forked from a process which has imported what they need."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from racewalk.errors import RacewalkError
from racewalk.targets import fork_server
from racewalk.targets.race import Application
from racewalk.targets.spawned import Started, spawn

_SIZE: Final = struct.Struct("!i")
Start = Callable[[Sequence[str], Mapping[str, str], Path, int, int | None], Started]
"""Starts an application; see `spawn`."""


class Forked:
    """One start of an application, as `subprocess.Popen` tells of it.

    Attributes:
        pid: of the leash that it hangs on, and of its session.
    """

    def __init__(self, pid: int, leash: int, ended: int) -> None:
        self.pid = pid
        self._leash, self._ended = leash, ended

    def poll(self) -> int | None:
        """Return a number once it has ended, or None while it runs."""
        look = select.poll()  # of files of any number, where select() takes those below 1024
        look.register(self._ended, select.POLLIN)
        return 1 if look.poll(0) else None

    def stop(self) -> None:
        """End it at once, and wait for that."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.close(self._leash)
        os.read(self._ended, 1)
        os.close(self._ended)


class ForkServer:
    """A process that has imported modules. It ends with this one.

    Args:
        modules: what it imports.
        log: file for what it prints.
    """

    def __init__(self, modules: Sequence[str], log: Path) -> None:
        self._log = log
        self._orders, theirs = socket.socketpair()
        with theirs, log.open("wb") as out:
            # -P: the folder of the script has modules of the names of others.
            command = [sys.executable, "-P", fork_server.__file__, str(theirs.fileno()), *modules]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def start(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        directory: Path,
        log: int,
        listener: int | None,
    ) -> Forked:
        """Start a module as `python -m` does; see `spawn`.

        Raises:
            RacewalkError: the process that it is to be forked from has ended.
        """
        words = {
            "command": list(command[2:]),
            "env": dict(env),
            "directory": str(directory.resolve()),
        }
        order = json.dumps(words).encode()
        (theirs, leash), (ended, alive) = os.pipe(), os.pipe()
        files = [theirs, alive, log, *([] if listener is None else [listener])]
        try:
            socket.send_fds(self._orders, [_SIZE.pack(len(order))], files)
            self._orders.sendall(order)
            told = self._orders.recv(_SIZE.size, socket.MSG_WAITALL)
        except OSError:
            told = b""
        finally:
            os.close(theirs)
            os.close(alive)
        if len(told) < _SIZE.size:
            os.close(leash)
            os.close(ended)
            raise RacewalkError(f"what applications are forked from has ended: {self._log}")
        (pid,) = _SIZE.unpack(told)
        return Forked(int(pid), leash, ended)

    def close(self) -> None:
        """End it; what was forked from it is ended by itself."""
        self._orders.close()
        self._process.wait()


class ForkServers:
    """Those of one explorer, each for the applications that import the same.

    Args:
        logs: folder for what they print.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._servers: dict[tuple[str, ...], ForkServer] = {}

    def starter(self, application: Application) -> Start:
        """Return what starts an application: a fork where it says what it imports."""
        modules = application.imports
        if not modules or application.command[:2] != (sys.executable, "-m"):
            return spawn
        if modules not in self._servers:
            log = self._logs / f"imports-{len(self._servers)}.log"
            self._servers[modules] = ForkServer(modules, log)
        return self._servers[modules].start

    def close(self) -> None:
        """End them."""
        for server in self._servers.values():
            server.close()
        self._servers.clear()
