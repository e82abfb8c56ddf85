"""Explores races on one database; keeps the applications that it has started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from psycopg.conninfo import conninfo_to_dict

from racewalk.commute.catalog import Catalog
from racewalk.commute.effects import Effect, Reader
from racewalk.commute.initial import InitialValues, edition, structure
from racewalk.commute.recalled import Recalled
from racewalk.commute.schema import Schema
from racewalk.errors import RacewalkError
from racewalk.judge.alone import wrong_with
from racewalk.judge.trial import Trial, concluded, tried
from racewalk.memory.meetings import Met
from racewalk.memory.target import RememberedTarget
from racewalk.reset.copies import Copies
from racewalk.reset.written import WrittenReset
from racewalk.rewrite.changes import Change
from racewalk.rewrite.editing import Editing
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule
from racewalk.schedule.scheduler import PATIENCE
from racewalk.search.brute_force import BruteForce
from racewalk.search.budget import UNLIMITED, Budget
from racewalk.search.certificate import Certificate
from racewalk.search.explore import Seen
from racewalk.search.explore import explore as search
from racewalk.search.one_per_class import OnePerClass
from racewalk.search.strategy import Runner as Walker
from racewalk.search.strategy import Strategy
from racewalk.targets.browsers import Logins
from racewalk.targets.forked import ForkServers
from racewalk.targets.race import Application, Race
from racewalk.targets.trust import taken_on_trust
from racewalk.targets.web import WebTarget
from racewalk.wire.link import Ear, Link
from racewalk.wire.proxy import Address
from racewalk.wire.start import CONNECTED, TLS_REFUSED

_HERE: Final = Path()
_Key = tuple[Application, int, bool, bool]
"""What runs: how many requests, whether plans are told, whether what is said is changed."""


class Keeper(Protocol):
    """Keeps what was run, so that it need not be run again."""

    def over(self, runner: Walker) -> Walker:
        """Return a runner that knows what is kept, and keeps what it runs."""


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


class _Running(NamedTuple):
    """An application that is running, and what runs schedules of it."""

    runner: LiveRunner
    target: WebTarget
    memory: RememberedTarget
    editing: Editing | None


class Explorer:
    """Explores one race after the other. A context manager.

    Args:
        database: on which; nobody else may use it meanwhile.
        logs: folder for what applications print.
        forks: what starts applications that say what they import; it is closed with this. None:
            one of its own.

    Raises:
        RacewalkError: the database does not answer.
    """

    def __init__(
        self, database: Database, logs: Path = _HERE, forks: ForkServers | None = None
    ) -> None:
        self._database, self._logs = database, logs
        self._observer = Observer(database.superuser_url)
        self._forks = forks or ForkServers(logs)
        self._runners: dict[_Key, _Running] = {}
        self._logins: Logins = {}
        self._late_speakers: set[Application] = set()
        self._edition: object = None
        self._structure: tuple[Schema, Catalog] | None = None
        self._recalled = Recalled[tuple[Effect, ...]]()
        self._start: Copies | None = None

    def explore(
        self,
        race: Race,
        budget: Budget = UNLIMITED,
        *,
        every_schedule: bool = False,
        memory: bool = False,
        seen: Seen = lambda _run, _outcome: None,
        kept: Keeper | None = None,
    ) -> Certificate:
        """Explore a race; whatever keeps it from being explored makes it inconclusive.

        Args:
            race: what to explore.
            budget: when to stop.
            every_schedule: run them all, not one of each class that cannot be told apart.
            memory: ask the application for what it has not said yet after the same replies, and
                now and then for all; see `memory`. Whoever tries to deceive is not to be trusted
                with it.
            seen: called with every run and its outcome.
            kept: keeps the schedules, and knows those of an exploration that was ended.
        """
        requests = len(race.requests)
        # What requests share inside one process, nobody sees from here: nothing commutes.
        reduced = not (every_schedule or race.application.shared)
        try:
            patience = min(PATIENCE, budget.seconds)
            runner, trial = self.ready(race, patience=patience, plans=reduced)
        except RacewalkError as error:
            anew = self._learns_to_wait(race)
            self.drop(race)
            if not anew:
                return Certificate(requests, inconclusive=error.told)
            return self.explore(
                race, budget, every_schedule=every_schedule, memory=memory, seen=seen, kept=kept
            )
        if trial.found:
            return trial.found
        reader = self.reader(race)
        strategy: Strategy = (
            OnePerClass(requests, reader)
            if reduced
            else BruteForce(reader.catalog.facts, budget.preemptions)
        )
        recalled = self._runners[race.application, requests, reduced, bool(race.changes)].memory
        before, recalled.on = recalled.remembered, memory and not race.changes
        meets = recalled.on and not race.application.database_alone
        walker: Walker = Met(runner, recalled) if meets else runner
        walker = kept.over(walker) if kept else walker
        certificate = search(walker, requests, strategy, budget, seen)
        recalled.on = False
        remembered = recalled.remembered - before
        assumed = certificate.assumed | taken_on_trust(race.application, remembered)
        certificate = replace(certificate, remembered=remembered, assumed=assumed)
        forgets = memory and recalled.gave_up
        if certificate.diverged and (forgets or self._learns_to_wait(race)):
            memory = memory and not forgets
            self.drop(race)
            return self.explore(
                race, budget, every_schedule=every_schedule, memory=memory, seen=seen, kept=kept
            )
        if not certificate.exhausted:
            self.drop(race)  # a request may be in flight
        return concluded(certificate, trial) if race.alone else certificate

    def _learns_to_wait(self, race: Race) -> bool:
        """Whether it was met only now that the application speaks after its answers."""
        known = race.application in self._late_speakers
        if not known and any(each.runner.met_late for each in self._running(race).values()):
            self._late_speakers.add(race.application)
        return race.application in self._late_speakers and not known

    def replay(
        self,
        race: Race,
        schedule: Schedule,
        times: int = 1,
        check: Callable[[Run, Outcome], None] = lambda _run, _outcome: None,
    ) -> tuple[Run, Outcome]:
        """Run one schedule, and return what it did the last time.

        Args:
            race: of which.
            schedule: which.
            times: how often, one after the other.
            check: called with every run and its outcome; may raise.

        Raises:
            RacewalkError: it cannot be run, or not as often.
        """
        runner, _ = self.ready(race)
        like: Run | None = None
        for _ in range(max(times, 1)):
            run, outcome = runner.run(schedule, like)
            check(run, outcome)
            schedule, like = run.schedule, run
        return run, outcome

    def reader(self, race: Race) -> Reader:
        """Return a new reader of the statements that a race sends to the database.

        What the database is made of is read anew only where it has been changed.
        """
        # A mask, or an ignored column, may hide that a time goes from one statement to another.
        hidden = race.masks or race.ignore
        found = edition(self._observer)
        if self._structure is None or found != self._edition:
            self._edition, self._structure = found, structure(self._observer)
            self._recalled = Recalled()
        facts = None if hidden else list(race.facts.values())
        return Reader(*self._structure, InitialValues(self._observer), facts, self._recalled)

    def ready(
        self, race: Race, patience: float = PATIENCE, *, plans: bool = True
    ) -> tuple[LiveRunner, Trial]:
        """Return what runs schedules of a race whose requests were tried one by one, if that is
        asked for, and what came of it; see `runner`.

        Raises:
            RacewalkError: the application does not start, or they cannot be tried.
        """
        runner = self.runner(race, patience, plans=plans)
        if not race.alone:
            return runner, Trial(judges=dict(race.judges))
        running = self._runners[race.application, len(race.requests), plans, bool(race.changes)]
        trial = tried(runner, race.alone, serial=race.serial, heard=running.target.heard)
        runner.judges = trial.judges or race.judges
        runner.noise.clear()
        return runner, trial

    def written(self, race: Race) -> WrittenReset | None:
        """Return what restores the start of a race that is being run, where that is `restore`."""
        found = [running.target.written for running in self._running(race).values()]
        return next(filter(None, found), None)

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
        key = (race.application, len(race.requests), plans, bool(race.changes))
        if key not in self._runners:
            # What nobody changes passes as it is; what is changed is not remembered.
            editing = Editing() if race.changes else None
            address = self._database.address
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
                address,
                patience=patience,
                plans=plans,
                ears=met,
                editing=editing,
            )
            self._runners[key] = _Running(runner, target, memory, editing)
            _check_reached(runner.noise, race, target)
        else:
            runner, target, memory, editing = self._runners[key]
            self._observer.adopt(plans=plans)  # it may have to connect again
            target.select(race)
            memory.forget()
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

    def made(self, race: Race) -> frozenset[Change]:
        """Return those of a race's changes that were met by now, since it was chosen."""
        found = [each.editing for each in self._running(race).values()]
        return frozenset(change for editing in found if editing for change in editing.made)

    def drop(self, race: Race) -> None:
        """Stop the application of a race in which something failed: it may still be at work."""
        self._logins.clear()  # for that may be what failed
        for key in self._running(race):
            self._runners.pop(key).runner.close()

    def _running(self, race: Race) -> dict[_Key, _Running]:
        """What runs schedules of a race, whatever is told of them."""
        here = (race.application, len(race.requests))
        return {key: each for key, each in self._runners.items() if key[:2] == here}

    def close(self) -> None:
        """Stop the applications."""
        for running in self._runners.values():
            running.runner.close()
        self._runners.clear()
        self._forks.close()
        self._observer.close()

    def __enter__(self) -> Explorer:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


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


def explore(
    race: Race, database: Database, budget: Budget = UNLIMITED, *, every_schedule: bool = False
) -> Certificate:
    """Explore one race; see `Explorer.explore`."""
    with Explorer(database) as explorer:
        return explorer.explore(race, budget, every_schedule=every_schedule)


def replay(
    race: Race, database: Database, schedule: Schedule, times: int = 1
) -> tuple[Run, Outcome]:
    """Run one schedule of a race; see `Explorer.replay`."""
    with Explorer(database) as explorer:
        return explorer.replay(race, schedule, times)
