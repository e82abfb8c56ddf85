"""An application under exploration: a process that reaches the database by the proxy."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import httpx
import psutil

from racewalk.errors import DoubtError, LostError, RacewalkError
from racewalk.targets.forked import ForkServers
from racewalk.targets.logs import last_line
from racewalk.targets.ports import reserved
from racewalk.targets.race import Application
from racewalk.targets.rest import A_WHILE, NOTHING, at_rest, can_tell
from racewalk.targets.spawned import Started, spawn
from racewalk.wire.loop import Loop
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
_AT_REST_WITHIN: Final = 5.0
_LOOK_AGAIN: Final = 0.001
_ANSWERS_WITHIN: Final = 5.0


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
        idle: its threads while nobody asked for anything; see `learn_idle`.
    """

    def __init__(
        self,
        application: Application,
        database_url: str,
        log: Path,
        forks: ForkServers | None = None,
    ) -> None:
        self._application, self.log = application, log
        self.idle, self._is_its_own = NOTHING, True
        self._served: Mapping[int, str] = {}
        self._since = 0.0
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

    def learn_idle(self, loop: Loop) -> None:
        """Note what its threads do while no request is in flight, as soon as it rests.

        It is to be asked before each schedule: a thread may sleep elsewhere than before in the same
        function, since an interpreter that learns calls it in another way later on. Where threads
        cannot be seen there are none, and no wait inside will ever be proven.

        Raises:
            DoubtError: it does not rest within 5 s.
            LostError: it has ended.
        """
        deadline = monotonic() + _AT_REST_WITHIN
        while not (picture := at_rest(self.worker, *self.between)):
            if not all(can_tell(pid) for pid in (self.worker, *self.between)):
                return
            if monotonic() > deadline:
                raise DoubtError(
                    "a thread works all the time in the process that all requests share, so that "
                    "nobody can tell whether a request waits inside",
                    cure="end that thread; where requests meet in the database alone, shared = "
                    "false (docs/limits.md)",
                )
            loop.pump(_LOOK_AGAIN)
        self.idle = picture

    def sleeps(self) -> bool:
        """Return whether what serves requests sleeps for a time, or has not run for a while.

        It has to be asked again and again meanwhile. A thread that is idle serves nobody, unless
        all are: then it is an event loop.
        """
        picture = at_rest(self.worker, *self.between)
        if not picture:
            return False
        back = picture.back(self.idle)
        if picture.sleeping_for_a_time() - back:
            return True
        serving = {tid: ran for tid, ran in picture.ran.items() if tid not in back} or picture.ran
        if serving != self._served:
            self._served, self._since = serving, monotonic()
        return monotonic() - self._since >= A_WHILE

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
        with suppress(httpx.HTTPError):
            answer = client.get(self.url + self._application.ready)
            self._is_its_own = self._has_port()
            return answer.status_code if self._is_its_own else 0
        return 0

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
                f"another process answers at {where}, which {{port}} stands for: the application "
                f"has to stay a child of its command{said}"
            )
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
