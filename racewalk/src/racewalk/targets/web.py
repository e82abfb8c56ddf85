"""Requests to a web application as a target: real processes, real HTTP, real sessions.

Three lifetimes lie in each other: the processes are started once and serve many races; a race has
its requests, filled in beforehand, and what restores its start; a schedule has the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from racewalk.errors import RacewalkError, StalledError
from racewalk.reset.copies import Copies
from racewalk.reset.sql import SqlReset
from racewalk.reset.written import WrittenReset
from racewalk.schedule.masks import Masks
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.schedule.scheduler import PATIENCE
from racewalk.schedule.target import SEVERAL
from racewalk.targets.browsers import Browsers, Logins
from racewalk.targets.forked import ForkServers
from racewalk.targets.heard import heard
from racewalk.targets.http import HttpConnection
from racewalk.targets.inside import Inside
from racewalk.targets.logs import refuse_full
from racewalk.targets.process import Instance
from racewalk.targets.race import Race
from racewalk.targets.witnesses import Stand
from racewalk.wire.link import Link
from racewalk.wire.loop import Loop, beside
from racewalk.wire.proxy import LOOPBACK
from racewalk.wire.states import SET_UP, LinkState

_WAITS_AT_THE_DATABASE: Final = (
    "a statement of it waits at the database, most often for a lock of a transaction that an "
    "earlier request, or another connection of its own, has left open"
)
_STILL_WARM: Final = 1
"""Rounds where the same pages were asked just before by other users, or with other forms."""
_RESTS_WITHIN: Final = 0.2
"""Seconds that a process may work after an answer until it rests."""
_LOOK_AGAIN: Final = 0.001


class WebTarget:
    """The requests of a race. Implements `target.Target`.

    Args:
        race: what to begin with; `select` takes others of the same application.
        url: of the database, for the application's role; host and port are replaced by the proxy's.
        observer: a direct connection to it.
        logs: folder for what the application prints.
        start: copies of what the database held before anybody came, for races that put back what
            was written; or None.
        forks: start applications that say what they import.
        logins: of the applications that share them, on this database; more are added.

    Attributes:
        masks: what varies in the runs of the race.
    """

    def __init__(
        self,
        race: Race,
        url: str,
        observer: Observer,
        logs: Path,
        start: Copies | None = None,
        forks: ForkServers | None = None,
        logins: Logins | None = None,
    ) -> None:
        self.requests = len(race.requests)
        self.shared_port = race.application.shared
        self.masks = Masks(race.masks, race.ignore)
        self._race, self._url, self._observer, self._logs = race, url, observer, logs
        self._warm: list[tuple[str, str]] = []
        self._loop: Loop | None = None
        self._instances: list[Instance] = []
        self._insides: list[Inside] = []
        self._browsers = Browsers(logins)
        self._connections: list[HttpConnection] = []
        self._sent: int | None = None
        self._messages: list[bytes] = []
        self._start, self._forks = start, forks
        self._reset: SqlReset | WrittenReset | None = None
        self._links: list[Link] = []
        self._begun = set[int]()

    @property
    def workers(self) -> tuple[int, ...]:
        """Process ids of the applications' workers."""
        return tuple(instance.worker for instance in self._instances)

    @property
    def is_seen(self) -> bool:
        """Whether this system tells what goes on inside the processes."""
        return all(inside.is_seen for inside in self._insides)

    @property
    def written(self) -> WrittenReset | None:
        """What restores all that is written, where the race asks for it."""
        return self._reset if isinstance(self._reset, WrittenReset) else None

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Start the application, once for each port, and make the race ready.

        Raises:
            RacewalkError: it does not start, or refuses a login.
        """
        self._loop = loop
        self._begin_anew()
        for number, port in enumerate(dict.fromkeys(ports)):
            url = _through(self._url, port)
            log = self._logs / f"application-{number}.log"
            self._instances.append(Instance(self._race.application, url, log, self._forks))
        beside(loop, self._wait_until_ready)
        self._insides = [Inside(instance) for instance in self._instances]
        self.select(self._race)
        self._refuse_workers()  # they may come one by one, and late

    def _wait_until_ready(self) -> None:
        for instance in self._instances:
            instance.wait_until_ready()
        self._refuse_workers()

    def _refuse_workers(self) -> None:
        for instance in self._instances:
            if (servers := instance.servers()) > 1:
                raise RacewalkError(
                    f"the application answers from {servers} processes: have it start one, "
                    "such as by --workers 1"
                )

    def select(self, race: Race) -> None:
        """Explore another race from now on. No request is in flight.

        Where the same requests race from another start, they are sent as they are: each schedule
        before has warmed up what they need.

        Raises:
            RacewalkError: it needs another application than the one that runs, or has no such page.
        """
        now = self._race
        if (race.application, len(race.requests)) != (now.application, len(now.requests)):
            raise RacewalkError(f"{race.name} needs another application")
        if not self._loop:
            raise RacewalkError("not open yet")
        self._race, self.masks = race, Masks(race.masks, race.ignore)
        if self._is_ready_for(race, now):
            self._reset = self._reset_of(race)
            self.reset()
            return
        self._messages = []  # whatever fails from here on, nothing is ready
        self._begin_anew()
        self._close_connections()
        for number in range(self.requests):
            self._connections.append(HttpConnection(self._loop, self._instance(number).port))
        pages = [(request.method, request.path) for request in race.requests]
        rounds = min(race.warm, _STILL_WARM) if pages == self._warm else race.warm
        self._messages = self._made_ready(self._loop, rounds)
        self._warm = pages
        if self.shared_port:
            self._insides[0].begin(self._loop)

    def _is_ready_for(self, race: Race, now: Race) -> bool:
        """Whether all that a race needs is there, since the one before it asked the same."""
        restores = race.restore or now.restore  # with sessions of its own
        same = race.requests == now.requests and race.warm <= now.warm
        return bool(self._messages) and same and not restores

    def _begin_anew(self) -> None:
        """Put back whatever a race before, or an application that failed, has left."""
        if self._start and self._race.restore:
            self._start.put_back()
            self._browsers.forget()

    def _reset_of(self, race: Race) -> SqlReset | WrittenReset:
        if not race.restore:
            return SqlReset(self._observer, race.facts, race.before)
        copies = Copies(self._observer, "race")  # with what logging in has written
        return WrittenReset(
            self._observer, copies, race.facts, race.before, self.masks, race.ignore
        )

    def _instance(self, request: int) -> Instance:
        return self._instances[request % len(self._instances)]

    def _made_ready(self, loop: Loop, rounds: int) -> list[bytes]:
        """Fill in the requests and warm up; anew, where a log-in that was shared does not hold."""
        if not rounds:  # nothing would show that one does not
            self._browsers.forget_borrowed(self._race)
        try:
            messages = beside(loop, self._fill)
        except RacewalkError:
            if not self._browsers.forget_borrowed(self._race):
                raise
            messages = beside(loop, self._fill)
        self._begin_at(loop)
        self._warm_up(loop, messages, rounds)
        if self._is_turned_away() and self._browsers.forget_borrowed(self._race):
            messages = beside(loop, self._fill)
            self._begin_at(loop)
            self._warm_up(loop, messages, rounds)
        return messages

    def _begin_at(self, loop: Loop) -> None:
        """Take what is there for the start: what logging in has written, too."""
        if self._race.restore:  # and what comes after an answer
            for number in range(self.requests):
                self._let_rest(loop, number)
        self._reset = self._reset_of(self._race)

    def _is_turned_away(self) -> bool:
        responses = (connection.response for connection in self._connections)
        return self._browsers.is_turned_away(zip(self._race.requests, responses, strict=True))

    def _fill(self) -> list[bytes]:
        return self._browsers.fill(self._race, self._instances)

    def _warm_up(self, loop: Loop, messages: Sequence[bytes], rounds: int) -> None:
        """Send each request past the scheduler, so that pools are filled and plans are made."""
        self.reset()
        for left in reversed(range(rounds)):
            for number in range(self.requests):
                self._send(number, messages[number])
                deadline = monotonic() + PATIENCE
                while self._connections[number].response is None:
                    if monotonic() > deadline:
                        raise self._silent()
                    loop.pump(1.0)
                if self._race.restore or not left:
                    self._let_rest(loop, number)
                if self._race.restore:  # so that each does what it does in a schedule
                    self.reset()
        self.reset()

    def _silent(self) -> StalledError:
        """Return the error of a request that does not answer in the set-up."""
        told = f"the application does not answer within {PATIENCE:g} s"
        if self._quiet():
            return StalledError(told)
        return StalledError(told, cure=_WAITS_AT_THE_DATABASE)

    def _let_rest(self, loop: Loop, request: int) -> None:
        """Have whatever comes after an answer come now, so that it is known to."""
        work, deadline = self._instance(request).work(), monotonic() + PATIENCE
        # Who waits for the database rests, too. What that still does no reset would put back.
        while loop.pump(_LOOK_AGAIN) or not self._quiet() or self.rests(request) is False:
            if monotonic() > deadline or (work.exceeds(_RESTS_WITHIN) and self._quiet()):
                return

    def meet(self, link: Link) -> None:
        """Take note of a connection of the application's."""
        self._links.append(link)

    def _quiet(self) -> bool:
        """Whether nothing that the application has said is under way at the database."""
        self._links = [link for link in self._links if link.state is not LinkState.CLOSED]
        return all(link.quiet or link.rests for link in self._links)

    def reset(self) -> Facts:
        """Read the facts and restore the start.

        Raises:
            DoubtError: an application has filled its log; what follows may come of that.
        """
        if not self._reset:
            raise RacewalkError("not open yet")
        facts = self._reset()
        for instance in self._instances:
            refuse_full(instance.log)
        if self.shared_port and self._messages and self._loop:
            self._insides[0].begin(self._loop)
        self._begun = set()
        return facts

    def start(self, request: int) -> None:
        """Send it."""
        self._begun.add(request)
        self._send(request, self._messages[request])

    def _send(self, request: int, message: bytes) -> None:
        self._sent = request
        self._connections[request].send(message)

    def answer(self, request: int) -> Answer | None:
        """Return what the application answered, or None while it has not.

        Raises:
            RacewalkError: it is no answer to such a request.
        """
        response = self._connections[request].response
        return self._race.answer(request, response) if response else None

    def heard(self, request: int) -> str:
        """Return what was asked in a request, and what is known of its answer, in words."""
        sent, response = self._race.requests[request], self._connections[request].response
        if not response or not self._loop:
            return f"{sent.method} {sent.path}"
        instance = self._instance(request)
        rest = partial(beside, self._loop, instance.rest)
        more = heard(response.status, response.headers, response.body, instance.log, rest)
        return f"{sent.method} {sent.path}{more and f': {more}'}"

    def stuck(self, request: int, at_database: Collection[int]) -> bool:
        """Return whether the process of all requests rests, and shows that they wait inside it.

        In a process of its own there is no other to wait for.
        """
        del request
        return self.shared_port and self._insides[0].proves_waits(self._stand(at_database))

    def settled(self, at_database: Collection[int]) -> bool:
        """Note which threads serve whom, where that is ever to be asked."""
        return self._insides[0].note(self._stand(at_database))

    def _stand(self, at_database: Collection[int]) -> Stand:
        asked = {number for number, each in enumerate(self._connections) if each.in_flight}
        inside = len(asked.difference(at_database))
        # Of two, who has answered leaves one alone, or speaks again, and is seen at the database.
        answered = self._begun - asked if self.requests >= SEVERAL else ()
        return Stand(len(at_database), inside, frozenset(answered))

    def sleeps(self, request: int, since: float) -> bool:
        """Return whether what serves all requests sleeps for a time, or has rested for a while."""
        del request
        return self.shared_port and self._insides[0].sleeps(since)

    def late(self, request: int | None) -> bool:
        """Return whether a statement that comes now comes after the answer to what was sent."""
        sent = self._sent if request is None else request
        known = sent is not None and sent < len(self._connections)
        return known and self._connections[sent or 0].response is not None

    def rests(self, request: int) -> bool | None:
        """Return whether the process that serves a request rests; None where nobody can tell.

        Who connects, or says what is no step, sleeps until the database answers, and goes on then.
        """
        links = (link for link in self._links if link.request in (None, request))
        if any(link.state in SET_UP and not link.quiet for link in links):
            return False
        return self._insides[request % len(self._insides)].rests()

    def close(self) -> None:
        """Stop the application."""
        self._close_connections()
        self._browsers.close()
        for instance in self._instances:
            instance.stop()
        self._instances, self._insides, self._messages = [], [], []

    def _close_connections(self) -> None:
        for connection in self._connections:
            connection.close()
        self._connections = []


def _through(url: str, port: int) -> str:
    """Return a database URL with the proxy's address in place of the server's."""
    parts = urlsplit(url)
    login, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}@{LOOPBACK}:{port}").geturl()
