"""The applications that are running on one database, each with what runs its schedules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from psycopg.conninfo import conninfo_to_dict

from racewalk.errors import RacewalkError
from racewalk.judge.alone import wrong_with
from racewalk.memory.target import RememberedTarget
from racewalk.reset.copies import Copies
from racewalk.reset.written import WrittenReset
from racewalk.rewrite.changes import Change
from racewalk.rewrite.editing import Editing
from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.scheduler import PATIENCE
from racewalk.targets.browsers import Logins
from racewalk.targets.forked import ForkServers
from racewalk.targets.race import Application, Race
from racewalk.targets.web import WebTarget
from racewalk.wire.link import Ear, Link
from racewalk.wire.proxy import Address
from racewalk.wire.start import CONNECTED, TLS_REFUSED

_Key = tuple[Application, int, bool, bool]
"""What runs: how many requests, whether plans are told, whether what is said is changed."""


@dataclass(frozen=True, slots=True)
class Database:
    """What is explored: it is changed for good, and restored before every schedule.

    Attributes:
        url: for the application's role.
        superuser_url: the same database for a role that may change its settings.
    """

    url: str
    superuser_url: str

    @property
    def address(self) -> Address:
        """Where it listens."""
        parts = conninfo_to_dict(self.superuser_url)
        return Address(str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or 5432))


class Running(NamedTuple):
    """An application that is running, and what runs schedules of it."""

    runner: LiveRunner
    target: WebTarget
    memory: RememberedTarget
    editing: Editing | None


class Applications:
    """Starts applications where a race needs them, and keeps them for the next.

    Args:
        database: which they use.
        observer: a direct connection to it.
        logs: folder for what they print.
        forks: what starts those that say what they import; it is closed with this.
    """

    def __init__(
        self, database: Database, observer: Observer, logs: Path, forks: ForkServers
    ) -> None:
        self._database, self._observer = database, observer
        self._logs, self._forks = logs, forks
        self._running: dict[_Key, Running] = {}
        self._logins: Logins = {}
        self._late_speakers: set[Application] = set()
        self._start: Copies | None = None

    def runner(self, race: Race, patience: float = PATIENCE, *, plans: bool = True) -> LiveRunner:
        """Return what runs schedules of a race.

        Args:
            race: which one.
            patience: seconds without an event after which a schedule is `StalledError`.
            plans: have the sessions tell their statements' plans, for who reads the runs.

        Raises:
            RacewalkError: the application does not start or does not answer.
        """
        if race.restore and not self._start:
            self._start = Copies(self._observer, "start")
        key = _key(race, plans=plans)
        if key not in self._running:
            self._running[key] = started = self._started(race, patience, plans=plans)
            _check_reached(started.runner.noise, race, started.target)
        else:
            self._observer.adopt(plans=plans)  # it may have to connect again
            self._running[key].target.select(race)
            self._running[key].memory.forget()
        runner, target, _, editing = self._running[key]
        if editing:
            editing.select(race.changes)
        if runner.met_late:
            self._late_speakers.add(race.application)
        runner.speaks_late = race.application in self._late_speakers
        runner.judges = race.judges
        runner.in_order = race.in_order
        runner.masks = target.masks
        runner.noise.clear()
        return runner

    def _started(self, race: Race, patience: float, *, plans: bool) -> Running:
        # What nobody changes passes as it is; what is changed is not remembered.
        editing = Editing() if race.changes else None
        target = WebTarget(
            race,
            self._database.url,
            self._observer,
            self._logs,
            self._start,
            self._forks,
            self._logins,
        )
        memory = RememberedTarget(target, now=self._observer.clock())
        hear = None if editing else memory.ear

        def met(link: Link) -> Ear | None:
            target.meet(link)
            return hear(link) if hear else None

        runner = LiveRunner(
            memory,
            self._observer,
            self._database.address,
            patience=patience,
            plans=plans,
            ears=met,
            editing=editing,
        )
        return Running(runner, target, memory, editing)

    def running(self, race: Race, *, plans: bool) -> Running:
        """Return what was chosen last to run schedules of a race; see `runner`."""
        return self._running[_key(race, plans=plans)]

    def written(self, race: Race) -> WrittenReset | None:
        """Return what restores the start of a race that is being run, where that is `restore`."""
        found = [running.target.written for running in self._of(race).values()]
        return next(filter(None, found), None)

    def made(self, race: Race) -> frozenset[Change]:
        """Return those of a race's changes that were met by now, since it was chosen."""
        found = [each.editing for each in self._of(race).values()]
        return frozenset(change for editing in found if editing for change in editing.made)

    def learns_to_wait(self, race: Race) -> bool:
        """Return whether it was met only now that the application speaks after its answers."""
        known = race.application in self._late_speakers
        if not known and any(each.runner.met_late for each in self._of(race).values()):
            self._late_speakers.add(race.application)
        return race.application in self._late_speakers and not known

    def drop(self, race: Race) -> None:
        """Stop the application of a race in which something failed: it may still be at work."""
        self._logins.clear()  # for that may be what failed
        for key in self._of(race):
            self._running.pop(key).runner.close()

    def _of(self, race: Race) -> dict[_Key, Running]:
        """What runs schedules of a race, whatever is told of them."""
        here = (race.application, len(race.requests))
        return {key: each for key, each in self._running.items() if key[:2] == here}

    def close(self) -> None:
        """Stop them."""
        for running in self._running.values():
            running.runner.close()
        self._running.clear()
        self._forks.close()


def _key(race: Race, *, plans: bool) -> _Key:
    return race.application, len(race.requests), plans, bool(race.changes)


def _check_reached(passed: Counter[str], race: Race, target: WebTarget) -> None:
    """Check that an application has connected by the proxy, once its requests were sent past it."""
    if passed[CONNECTED]:
        return
    if passed[TLS_REFUSED]:
        raise RacewalkError(
            "the application asks for TLS, which cannot be looked into: the database is on this "
            "machine, so have it connect with sslmode=disable"
        )
    application, wrong = race.application, _first_wrong(race, target)
    names = [application.database_env] if application.database_env else []
    variables = ", ".join([*names, *(variable for _, variable in application.parts)])
    raise RacewalkError(
        f"no statement of the application came through the proxy: does it read {variables}? "
        f"([app] database_env, database_parts){wrong and f'; {wrong}'}"
    )


def _first_wrong(race: Race, target: WebTarget) -> str:
    """What is wrong with what was answered last: who fails before all may never come to connect."""
    if not race.alone:
        return ""
    answers = ((request, target.answer(request)) for request in range(target.requests))
    told = (wrong_with(n, answer, race.alone, target.heard) for n, answer in answers if answer)
    return next(filter(None, told), "")
