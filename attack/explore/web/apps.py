"""The applications under exploration: gunicorn processes that reach the database by the proxy."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Final

import psutil

from attack.explore.cells import Application
from attack.explore.web.threads import at_rest
from attack.stacks.gunicorn import APPLICATIONS, environment, url
from attack.stacks.health import is_healthy
from racewalk.errors import LostError
from racewalk.wire.loop import Loop
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

_HEALTHY_WITHIN: Final = 60.0
_AT_REST_WITHIN: Final = 1.0
_LOOK_AGAIN: Final = 0.001


class Instance:
    """One gunicorn with one worker, on a loopback port; it ends with this process at the latest.

    Its pool holds as many connections as requests may meet in it, and a transaction that was
    aborted is tried again at once: a pause would only cost time, since the scheduler decides who
    goes on. For the same reason nothing times out.

    Args:
        which: application, with which settings.
        database_url: of the proxy's port.
        threads: how many requests it serves at once.
        log: file for its output.

    Attributes:
        helpers: threads of the worker that serve no request; see `learn_helpers`.
    """

    def __init__(self, which: Application, database_url: str, threads: int, log: Path) -> None:
        self._log = log
        self.helpers: frozenset[int] = frozenset()
        # The socket is handed over open: two lanes that draw a free port could draw the same.
        with socket.create_server(("127.0.0.1", 0), backlog=64) as listener, log.open("wb") as out:
            self.port = int(listener.getsockname()[1])
            settings = {
                "BIND": f"fd://{listener.fileno()}",
                "WORKERS": "1",
                "THREADS": str(threads),
                "POOL_SIZE": str(threads),
                "RETRY_CAP_MS": "0",
                "ATOMIC_REQUESTS": str(int(which.atomic_requests)),
                "LOCK_TIMEOUT_MS": "0",
                "STATEMENT_TIMEOUT_MS": "0",
            }
            command = [sys.executable, "-m", "attack.explore.web.leash"]
            command += [
                "--config",
                "python:shared_db.gunicorn_conf",
                APPLICATIONS[which.stack],
            ]
            self._process = subprocess.Popen(
                command,
                env={**environment(which.stack, database_url), **settings},
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                pass_fds=(listener.fileno(),),
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """Base URL."""
        return url(self.port)

    @cached_property
    def worker(self) -> int:
        """Process id of the worker.

        Raises:
            LostError: there is none.
        """
        try:
            return int(psutil.Process(self._process.pid).children()[0].pid)
        except (psutil.NoSuchProcess, IndexError):
            raise LostError(f"an application ended: its log is {self._log}") from None

    def learn_helpers(self, loop: Loop) -> None:
        """Note which threads sleep for a time, or on a socket, while no request is in flight.

        Where threads cannot be seen there are none, and no wait inside will ever be proven.
        """
        deadline = monotonic() + _AT_REST_WITHIN
        while monotonic() < deadline:
            if picture := at_rest(self.worker):
                self.helpers = picture.others()
                return
            loop.pump(_LOOK_AGAIN)

    def wait_until_healthy(self) -> None:
        """Wait for its health check, which asks the database through the proxy.

        Raises:
            LabError: it ended, or did not answer within 60 s.
        """
        deadline = monotonic() + _HEALTHY_WITHIN
        # The socket listens already, so the first question waits until the worker takes it.
        while self._process.poll() is None and monotonic() < deadline:
            if is_healthy(self.url):
                return
        raise LabError(f"an application to explore did not start: its log is {self._log}")

    def stop(self) -> None:
        """End it at once: it may hold a request that will never be answered."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
