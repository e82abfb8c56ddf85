"""Requests to a web application as a target: the real form, posted by a user who is logged in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from attack.client import Prepared, Session
from attack.explore.cells import Cell
from attack.explore.web import messages
from attack.explore.web.accounts import Database, reset_of
from attack.explore.web.apps import Instance
from attack.explore.web.http import HttpConnection, encoded
from attack.explore.web.threads import at_rest
from attack.targets import Target as Site
from racewalk.errors import RacewalkError, StalledError
from racewalk.reset.sql import SqlReset
from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.schedule.scheduler import PATIENCE
from racewalk.wire.loop import Loop, beside
from racewalk.wire.proxy import LOOPBACK
from shared_db.accounts import USERS
from shared_db.catalogue import Case

_WARM_UP: Final = 6
"""Rounds sent past the scheduler: psycopg prepares a statement when it has run five times."""
_STILL_WARM: Final = 1
"""Rounds where the same page was explored just before, with other money or by other users."""


class HttpTarget:
    """Requests of one user, or of several, to one stack. Implements `target.Target`.

    Args:
        site: how to log in, what to send, how to reset and read the ledger.
        database: what is explored.
        cell: what to begin with; `select` takes others of the same application.
        logs: folder for what the applications print.
    """

    def __init__(self, site: Site, database: Database, cell: Cell, logs: Path) -> None:
        self.requests = cell.requests
        self.shared_port = cell.workers == 1
        self._site, self._database, self._cell, self._logs = site, database, cell, logs
        self._instances: list[Instance] = []
        self._connections: list[HttpConnection] = []
        self._messages: list[bytes] = []
        self._sessions: list[Session] = []
        self._reset: SqlReset | None = None
        self._loop: Loop | None = None
        self._warm: tuple[str, Case] | None = None

    @property
    def workers(self) -> tuple[int, ...]:
        """Process ids of the applications' workers."""
        return tuple(instance.worker for instance in self._instances)

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Start the applications and log in.

        Raises:
            LabError: one does not start, or refuses the login.
        """
        self._loop = loop
        threads = self.requests if self.shared_port else 1
        for number, port in enumerate(dict.fromkeys(ports)):
            log = self._logs / f"{self._cell.stack}-{self._cell.workers}-{number}.log"
            url = _through(self._database.url, port)
            self._instances.append(Instance(self._cell.application, url, threads, log))
        beside(loop, self._wait_until_healthy)
        self.select(self._cell)

    def _wait_until_healthy(self) -> None:
        for instance in self._instances:
            instance.wait_until_healthy()

    def select(self, cell: Cell) -> None:
        """Explore another cell from now on. No request is in flight.

        Raises:
            LabError: the application has no such page, or refuses the login.
            RacewalkError: the cell needs other applications than those that run.
        """
        if cell.application != self._cell.application:
            raise RacewalkError(f"{cell.label} needs other applications")
        if not self._loop:
            raise RacewalkError("not open yet")
        self._cell = cell
        prepared = beside(self._loop, self._prepare)
        self.close_connections()
        self._messages = []
        for number, (method, each) in enumerate(prepared):
            instance = self._instances[number % len(self._instances)]
            address = each.url.replace(self._instances[0].url, instance.url, 1)
            self._messages.append(encoded(method, address, each.headers, each.body))
            self._connections.append(HttpConnection(self._loop, instance.port))
        self._reset = reset_of(self._site, self._database, cell)
        page = (cell.strategy.slug, cell.case)
        self._warm_up(self._loop, _STILL_WARM if page == self._warm else _WARM_UP)
        self._warm = page
        if self.shared_port:
            self._instances[0].learn_helpers(self._loop)

    def _prepare(self) -> list[tuple[str, Prepared]]:
        """Log in who is not yet, and fill in the forms."""
        for user in USERS[len(self._sessions) : self._cell.users]:
            address = self._instances[0].url
            self._sessions.append(Session(self._site, address, user.username, user.password))
        return messages.prepare(self._site, self._cell, self._sessions)

    def _warm_up(self, loop: Loop, rounds: int) -> None:
        """Send each request past the scheduler, so that pools are filled and plans are made."""
        self.reset()
        for _ in range(rounds):
            for number in range(self.requests):
                self.start(number)
                deadline = monotonic() + PATIENCE
                while self._connections[number].response is None:
                    loop.pump(1.0)
                    if monotonic() > deadline:
                        raise StalledError(f"the application does not answer within {PATIENCE:g} s")
        self.reset()

    def reset(self) -> Facts:
        """Read the accounts and restore them."""
        if not self._reset:
            raise RacewalkError("not open yet")
        return self._reset()

    def start(self, request: int) -> None:
        """Send it."""
        self._connections[request].send(self._messages[request])

    def answer(self, request: int) -> Answer | None:
        """Return what the application answered, or None while it has not.

        Raises:
            RacewalkError: it is no answer to such a request.
        """
        response = self._connections[request].response
        return messages.answer(self._site, self._cell, request, response) if response else None

    def stuck(self, request: int, at_database: int) -> bool:
        """Return whether the process of all requests rests, with a thread too few at the database.

        Of the threads that have come to rest, as many wait for an answer of the database as there
        are requests at it; the request's own thread, if it is not one of those and sleeps without
        a timeout, waits for another thread. In a process of its own there is none to wait for.
        """
        del request
        if not self.shared_port:
            return False
        (instance,) = self._instances
        picture = at_rest(instance.worker)
        return picture is not None and len(picture.others(instance.helpers)) == at_database

    def close_connections(self) -> None:
        """Close the connections to the applications."""
        for connection in self._connections:
            connection.close()
        self._connections = []

    def close(self) -> None:
        """Stop the applications."""
        self.close_connections()
        for session in self._sessions:
            session.close()
        for instance in self._instances:
            instance.stop()
        self._instances = []


def _through(url: str, port: int) -> str:
    """Return a database URL with the proxy's address in place of the server's."""
    parts = urlsplit(url)
    login, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}@{LOOPBACK}:{port}").geturl()
