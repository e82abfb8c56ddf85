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
from typing import Final, TypeAlias

from racewalk.errors import RacewalkError
from racewalk.targets import fork_server
from racewalk.targets.race import Application
from racewalk.targets.spawned import Started, spawn

_SIZE: Final = struct.Struct("!i")
_From: TypeAlias = tuple[tuple[str, ...], Path]
"""What is imported, and the folder where that is looked for first."""
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


class Orders:
    """Where one process asks for starts, of applications that import the same.

    Args:
        place: a socket at the other end of which a fork server listens.
        log: what that prints.
    """

    def __init__(self, place: socket.socket, log: Path) -> None:
        self.place, self.log = place, log

    def start(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        directory: Path,
        log: int,
        listener: int | None,
    ) -> Forked:
        """Start a module as `python -m` does, on the cores of this process; see `spawn`.

        The directory is that from which it was imported.

        Raises:
            RacewalkError: the process that it is to be forked from has ended.
        """
        words = {
            "command": list(command[2:]),
            "env": dict(env),
            "directory": str(directory.resolve()),
            "cores": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [],
        }
        (theirs, leash), (ended, alive) = os.pipe(), os.pipe()
        files = [theirs, alive, log, *([] if listener is None else [listener])]
        try:
            self._send(words, files)
            told = self.place.recv(_SIZE.size, socket.MSG_WAITALL)
        except OSError:
            told = b""
        finally:
            os.close(theirs)
            os.close(alive)
        if len(told) < _SIZE.size:
            os.close(leash)
            os.close(ended)
            raise RacewalkError(f"what applications are forked from has ended: {self.log}")
        (pid,) = _SIZE.unpack(told)
        return Forked(int(pid), leash, ended)

    def shared(self) -> socket.socket:
        """Return a socket for another process to ask at.

        Raises:
            OSError: the process that is asked has ended.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            self._send({"shared": True}, [theirs.fileno()])
        return ours

    def close(self) -> None:
        """Have whoever is asked here know that no more is asked, and ask no more."""
        # What was forked from this process holds it as well, so that to close it would not tell.
        with suppress(OSError):
            self.place.shutdown(socket.SHUT_RDWR)
        self.place.close()

    def _send(self, words: Mapping[str, object], files: Sequence[int]) -> None:
        order = json.dumps(words).encode()
        socket.send_fds(self.place, [_SIZE.pack(len(order))], files)
        self.place.sendall(order)


class ForkServer:
    """A process that has imported modules. It ends with this one.

    Args:
        modules: what it imports.
        directory: where it looks for them first.
        log: file for what it prints.

    Attributes:
        orders: where to ask for starts.
    """

    def __init__(self, modules: Sequence[str], directory: Path, log: Path) -> None:
        ours, theirs = socket.socketpair()
        self.orders = Orders(ours, log)
        with theirs, log.open("wb") as out:
            # -P: the folder of the script has modules of the names of others.
            command = [sys.executable, "-P", fork_server.__file__, str(theirs.fileno())]
            self._process = subprocess.Popen(
                [*command, str(directory.resolve()), *modules],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def close(self) -> None:
        """End it; what was forked from it is ended by itself."""
        self.orders.close()
        self._process.wait()


class ForkServers:
    """Those of one process, each for the applications that import the same from the same folder.

    A context manager.

    Args:
        logs: folder for what they print.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._orders: dict[_From, Orders] = {}
        self._servers: list[ForkServer] = []

    def starter(self, application: Application) -> Start:
        """Return what starts an application: a fork where it says what it imports."""
        orders = self.orders(application)
        return orders.start if orders else spawn

    def orders(self, application: Application) -> Orders | None:
        """Return where to ask for starts of an application, or None where it is never forked."""
        key = modules, directory = _from(application)
        if not modules or not _is_module_of_this_python(application.command):
            return None
        if key not in self._orders:
            log = self._logs / f"imports-{len(self._orders)}.log"
            server = ForkServer(modules, directory, log)
            self._servers.append(server)
            self._orders[key] = server.orders
        return self._orders[key]

    def adopt(self, application: Application, orders: Orders) -> None:
        """Ask for starts of an application, and of those that import the same, at another's."""
        self._orders[_from(application)] = orders

    def close(self) -> None:
        """End those that were started here."""
        for orders in self._orders.values():
            orders.close()
        for server in self._servers:
            server.close()
        self._orders.clear()
        self._servers.clear()

    def __enter__(self) -> ForkServers:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def _from(application: Application) -> _From:
    return application.imports, application.directory.resolve()


def _is_module_of_this_python(command: Sequence[str]) -> bool:
    """Whether a command is this interpreter's `-m`; a path to it may lead by other folders."""
    if len(command) < 2 or command[1] != "-m":
        return False
    # No link is followed: that of an environment leads to one without its packages.
    return os.path.normpath(command[0]) == os.path.normpath(sys.executable)
