"""An application under exploration: a process that reaches the database by the proxy."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import httpx
import psutil

from racewalk.errors import LostError, RacewalkError
from racewalk.targets.forked import ForkServers
from racewalk.targets.logs import last_line
from racewalk.targets.ports import reserved
from racewalk.targets.race import Application
from racewalk.targets.rest import at_rest
from racewalk.targets.spawned import Started, spawn
from racewalk.targets.work import Work
from racewalk.wire.proxy import LOOPBACK

_READY_WITHIN: Final = 60.0
_FAULT: Final = 500
_REACHED: Final = frozenset({"127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "::"})  # noqa: S104
"""Where one listens who is reached at 127.0.0.1."""
_FAILS_FOR: Final = 15.0
"""Seconds for which an application may answer with errors while it starts."""
_ASK_AGAIN: Final = 0.02
_THEY_COME_WITHIN: Final = 0.2
"""Seconds in which a server that starts workers starts the next."""
_ONE_WORKER: Final = {"WEB_CONCURRENCY": "1"}
"""How many processes gunicorn and uvicorn have where their command says nothing."""
_ONE_SERVES: Final = 2
"""Processes of which one alone takes what comes: a command, and a worker that it has started."""
_ANSWERS_WITHIN: Final = 5.0
_PRINTS_WITHIN: Final = 1.0
"""Seconds that one may work after an answer until it has printed what there is to say."""
_LOOK_AGAIN: Final = 0.001


class Instance:
    """One start of an application, on a loopback port; it ends with this process at the latest.

    Args:
        application: what to start.
        database_url: of the proxy's port.
        log: file for its output.
        forks: starts those that say what they import; None: each is a command of its own.

    Attributes:
        port: that it listens on.
        log: what it prints.
    """

    def __init__(
        self,
        application: Application,
        database_url: str,
        log: Path,
        forks: ForkServers | None = None,
    ) -> None:
        self._application, self.log = application, log
        self._is_its_own, self._is_reached = True, False
        words = (*application.command, *(value for _, value in application.env))
        self._takes_socket = any("{fd}" in word for word in words)
        # One that can is handed its socket open, the others have theirs to themselves.
        self._place = (
            socket.create_server((LOOPBACK, 0), backlog=64) if self._takes_socket else reserved()
        )
        self.port = int(self._place.getsockname()[1])
        try:
            self._process = self._started(database_url, forks)
        except BaseException:
            self._place.close()
            raise
        if self._takes_socket:
            self._place.close()

    def _started(self, database_url: str, forks: ForkServers | None) -> Started:
        application = self._application
        command = [_put(word, "{port}", self.port) for word in application.command]
        env = {
            **os.environ,
            # What is installed beside racewalk is found in an environment not active, too.
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
            **_ONE_WORKER,
            **{name: _put(value, "{port}", self.port) for name, value in application.env},
            **application.variables(database_url),
        }
        listener = self._place.fileno() if self._takes_socket else None
        start = forks.starter(application) if forks else spawn
        with self.log.open("wb") as out:
            return start(command, env, application.directory, out.fileno(), listener)

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def worker(self) -> int:
        """Process id of the one that serves requests: it has no children.

        Raises:
            LostError: there is none.
        """
        try:
            family = psutil.Process(self._process.pid).children(recursive=True)
            return next(int(each.pid) for each in reversed(family) if not each.children())
        except (psutil.NoSuchProcess, StopIteration):
            raise LostError(f"an application ended: its log is {self.log}") from None

    @cached_property
    def between(self) -> tuple[int, ...]:
        """Process ids of those that the worker descends from: one of them may carry its bytes.

        Raises:
            LostError: there is none.
        """
        with suppress(psutil.NoSuchProcess):
            pids = {int(each.pid) for each in psutil.Process(self.worker).parents()}
            family = [int(each.pid) for each in psutil.Process(self._process.pid).children(True)]
            return tuple(pid for pid in family if pid in pids)
        raise LostError(f"an application ended: its log is {self.log}")

    def work(self) -> Work:
        """Return what tells how much it works from now on, and what carries its bytes."""
        return Work(self.worker, *self.between)

    def rest(self) -> None:
        """Wait until it rests, unless it works on; to be called where no loop has to turn."""
        with suppress(LostError):
            work = self.work()
            while not at_rest(self.worker, *self.between) and not work.exceeds(_PRINTS_WITHIN):
                sleep(_LOOK_AGAIN)

    def wait_until_ready(self) -> None:
        """Wait until it answers, which may lead it to the database through the proxy.

        Raises:
            RacewalkError: it ended, does not answer within 60 s, or only with errors.
        """
        deadline, answered = monotonic() + _READY_WITHIN, 0
        # Nothing is to be verified on this machine, and reading all the authorities takes long.
        with httpx.Client(timeout=_ANSWERS_WITHIN, trust_env=False, verify=False) as client:  # noqa: S501
            while self._process.poll() is None and monotonic() < deadline:
                status = self._status(client)
                if status and status < _FAULT:
                    return
                if status and not answered:
                    deadline = min(deadline, monotonic() + _FAILS_FOR)
                answered = status or answered
                sleep(_ASK_AGAIN)
        raise RacewalkError(f"{self._why(answered)}; its log is {self.log}")

    def _status(self, client: httpx.Client) -> int:
        """What it answers at the path that tells whether it is ready; 0: nothing yet."""
        try:
            with client.stream("GET", self.url + self._application.ready) as answer:
                status = answer.status_code
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return 0
        except httpx.HTTPError:
            status, self._is_reached = 0, True
        self._is_its_own = self._has_port()
        return status if self._is_its_own else 0

    def _has_port(self) -> bool:
        """Whether it is itself that answers at its port, or nobody can tell.

        One that asks for the port alone may find it taken. Whoever has it would answer in its
        place, and be explored.
        """
        if self._takes_socket:
            return True
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self._process.pid).children(recursive=True)
            return any(self._listens(each, unseen=True) for each in family)
        return False

    def _why(self, answered: int) -> str:
        """Why it is not ready, in words."""
        last = last_line(self.log)
        said = f": {last}" if last else ""
        if self._process.poll() is not None:
            return f"the application did not start: it ended{said}"
        if answered:
            return f"the application answers {answered} at {self._application.ready}{said}"
        where = f"127.0.0.1:{self.port}"
        if not self._is_its_own:
            return (
                f"another process listens on {where}, which {{port}} stands for: the application "
                f"has to stay a child of its command{said}"
            )
        if self._is_reached:
            listens = "" if self._takes_socket else f"listens on {where} and "
            return f"the application {listens}does not answer GET {self._application.ready}{said}"
        return f"the application does not listen on {where}, which {{port}} stands for{said}"

    def servers(self) -> int:
        """Return how many processes take what comes to its port, once no more of them come."""
        found, before = self._servers(), 1
        while found > 1 and found != before:
            sleep(_THEY_COME_WITHIN)
            found, before = self._servers(), found
        return found

    def _servers(self) -> int:
        found = 0
        with suppress(psutil.Error):
            family = psutil.Process(self._process.pid).children(recursive=True)
            if len(family) <= _ONE_SERVES:
                return 1
            listening = {each.pid for each in family if self._listens(each)}
            parents = {each.ppid() for each in family if each.pid in listening}
            found = len(listening - parents)
        return found

    def _listens(self, process: psutil.Process, *, unseen: bool = False) -> bool:
        """Whether a process listens on the port; `unseen` where nobody may look."""
        try:
            return any(
                each.status == psutil.CONN_LISTEN
                and each.laddr.port == self.port
                and each.laddr.ip in _REACHED
                for each in process.net_connections("tcp")
            )
        except psutil.AccessDenied:
            return unseen
        except psutil.Error:
            return False

    def stop(self) -> None:
        """End it at once: it may hold a request that will never be answered."""
        self._process.stop()
        self._place.close()


def _put(word: str, place: str, value: int) -> str:
    return word.replace(place, str(value))
