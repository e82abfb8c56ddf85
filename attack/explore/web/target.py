"""Requests to a web application as a target: the real form, posted by a user who is logged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import psycopg

from attack.client import Prepared, Session
from attack.explore.web.apps import Instance
from attack.explore.web.cells import AMOUNT, Cell
from attack.explore.web.http import HttpConnection, Response, post
from attack.explore.web.threads import at_rest
from attack.targets import Target as Site
from racewalk.errors import ExploreError, StalledError
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Ledger, derived_balance, stored_balance
from racewalk.schedule.record import Answer
from racewalk.schedule.scheduler import PATIENCE
from racewalk.wire.loop import Loop, beside
from racewalk.wire.proxy import LOOPBACK
from shared_db.accounts import USERS

_WARM_UP: Final = 6
"""Rounds sent past the scheduler: psycopg prepares a statement when it has run five times."""
_RESETS_BETWEEN_VACUUMS: Final = 200
_SEQUENCES: Final = """
SELECT format('SELECT setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename),
              coalesce(last_value, start_value), last_value IS NOT NULL)
FROM pg_sequences ORDER BY schemaname, sequencename
"""


@dataclass(frozen=True, slots=True)
class Database:
    """Where applications find the database, and the user whose account it is.

    Attributes:
        url: for the applications' role; host and port are replaced by the proxy's.
        observer: a superuser's direct connection.
    """

    url: str
    observer: Observer


class HttpTarget:
    """Requests of one user to one stack. Implements `target.Target`.

    Args:
        site: how to log in, what to send, how to reset and read the ledger.
        database: what is explored.
        cell: what to begin with; `select` takes others of the same stack, requests and workers.
        logs: folder for what the applications print.
    """

    def __init__(self, site: Site, database: Database, cell: Cell, logs: Path) -> None:
        self.requests = cell.requests
        self.shared_port = cell.workers == 1
        self._site, self._database, self._cell, self._logs = site, database, cell, logs
        self._instances: list[Instance] = []
        self._connections: list[HttpConnection] = []
        self._posts: list[bytes] = []
        self._session: Session | None = None
        self._loop: Loop | None = None
        self._reset = ""
        self._resets = 0
        self._user = USERS[0]

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
            self._instances.append(Instance(self._cell.stack, url, threads, log))
        self._session = beside(loop, self._log_in)
        self.select(self._cell)

    def _log_in(self) -> Session:
        for instance in self._instances:
            instance.wait_until_healthy()
        user = self._user
        return Session(self._site, self._instances[0].url, user.username, user.password)

    def select(self, cell: Cell) -> None:
        """Explore another cell from now on. No request is in flight.

        Raises:
            LabError: the application has no such page.
            ExploreError: the cell needs other applications than those that run.
        """
        now = self._cell
        if (cell.stack, cell.requests, cell.workers) != (now.stack, now.requests, now.workers):
            raise ExploreError(f"{cell.label} needs other applications")
        if not (self._loop and self._session):
            raise ExploreError("not open yet")
        self._cell = cell
        session, intents = self._session, 1 if cell.one_intent else cell.requests
        prepared = beside(
            self._loop, lambda: session.prepare_intents(cell.strategy.number, AMOUNT, intents)
        )
        self._make_requests(prepared)
        self._make_reset()
        self._warm_up()
        if self.shared_port:
            self._instances[0].learn_helpers(self._loop)

    def _make_requests(self, prepared: Sequence[Prepared]) -> None:
        self.close_connections()
        self._posts = []
        for request in range(self.requests):
            each = prepared[request % len(prepared)]
            instance = self._instances[request % len(self._instances)]
            address = each.url.replace(self._instances[0].url, instance.url, 1)
            self._posts.append(post(address, each.headers, each.body))
            if self._loop:
                self._connections.append(HttpConnection(self._loop, instance.port))

    def _make_reset(self) -> None:
        """Make one message of it all: read the ledger, restore the account and the sequences."""
        site, cell = self._site, self._cell
        values = {
            "username": self._user.username,
            "start": cell.start,
            "forbid_overdraft": cell.strategy.forbid_overdraft,
        }
        derived = cell.strategy.ledger == "derived"
        queries = (site.read_derived_sql if derived else site.read_sql, site.reset_sql)
        with psycopg.connect(self._database.url) as connection:
            cursor = psycopg.ClientCursor(connection)
            texts = [cursor.mogrify(query.encode(), values) for query in queries]
        if not self._reset:  # before any schedule has moved them
            self._sequences = [row[0] or "" for row in self._database.observer.run(_SEQUENCES)]
        self._reset = ";\n".join([*texts, *self._sequences])

    def _warm_up(self) -> None:
        """Send each request past the scheduler, so that pools are filled and plans are made."""
        if not self._loop:
            return
        self.reset()
        for _ in range(_WARM_UP):
            for request in range(self.requests):
                self.start(request)
                deadline = monotonic() + PATIENCE
                while self._connections[request].response is None:
                    self._loop.pump(1.0)
                    if monotonic() > deadline:
                        raise StalledError(f"the application does not answer within {PATIENCE:g} s")
        self.reset()

    def reset(self) -> Ledger:
        """Read the account and restore it in one round trip; VACUUM now and then."""
        balance, paid_out, payouts = (
            int(value or 0) for value in self._database.observer.run(self._reset)[0]
        )
        self._resets += 1
        if self._resets % _RESETS_BETWEEN_VACUUMS == 0:
            self._database.observer.run("VACUUM")
        return Ledger(self._cell.start, balance, paid_out, payouts)

    def start(self, request: int) -> None:
        """Post the form."""
        self._connections[request].send(self._posts[request])

    def answer(self, request: int) -> Answer | None:
        """Return what the application answered, or None while it has not."""
        response = self._connections[request].response
        return self._judge(response) if response else None

    def _judge(self, response: Response) -> Answer:
        site, status = self._site, response.status
        if status == site.success_status:
            paid = response.headers.get("location", "") == site.success_location
            return Answer("paid") if paid else Answer("refused")
        if status < 500 and status in site.refused_status:
            return Answer("refused", str(status))
        return Answer("failed", str(status))

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

    def invariants(self, ledger: Ledger, answers: Sequence[Answer]) -> tuple[str, ...]:
        """Judge the account by its balance, stored or derived."""
        judge = derived_balance if self._cell.strategy.ledger == "derived" else stored_balance
        return judge(ledger, answers, one_intent=self._cell.one_intent)

    def close_connections(self) -> None:
        """Close the connections to the applications."""
        for connection in self._connections:
            connection.close()
        self._connections = []

    def close(self) -> None:
        """Stop the applications."""
        self.close_connections()
        if self._session:
            self._session.close()
        for instance in self._instances:
            instance.stop()
        self._instances = []


def _through(url: str, port: int) -> str:
    """Return a database URL with the proxy's address in place of the server's."""
    parts = urlsplit(url)
    login, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}@{LOOPBACK}:{port}").geturl()
