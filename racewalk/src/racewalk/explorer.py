"""Explores races on one database, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from racewalk.applications import Applications, Database
from racewalk.commute.catalog import Catalog
from racewalk.commute.effects import Effect, Reader
from racewalk.commute.initial import InitialValues, edition, structure
from racewalk.commute.recalled import Recalled
from racewalk.commute.schema import Schema
from racewalk.errors import RacewalkError
from racewalk.judge.trial import Trial, concluded, tried
from racewalk.memory.meetings import Met
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
from racewalk.targets.forked import ForkServers
from racewalk.targets.race import Race
from racewalk.targets.trust import taken_on_trust

_HERE: Final = Path()


class Keeper(Protocol):
    """Keeps what was run, so that it need not be run again."""

    def over(self, runner: Walker) -> Walker:
        """Return a runner that knows what is kept, and keeps what it runs."""


class Explorer:
    """Explores one race after the other. A context manager.

    Args:
        database: on which; nobody else may use it meanwhile.
        logs: folder for what applications print; it is made where it is missing.
        forks: what starts applications that say what they import; it is closed with this. None:
            one of its own.

    Raises:
        RacewalkError: the database does not answer.
    """

    def __init__(
        self, database: Database, logs: Path = _HERE, forks: ForkServers | None = None
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._observer = Observer(database.superuser_url)
        self.applications = Applications(database, self._observer, logs, forks or ForkServers(logs))
        self._edition: object = None
        self._structure: tuple[Schema, Catalog] | None = None
        self._recalled = Recalled[tuple[Effect, ...]]()

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
            anew = self.applications.learns_to_wait(race)
            self.applications.drop(race)
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
        running = self.applications.running(race, plans=reduced)
        recalled, is_seen = running.memory, not race.application.shared or running.target.is_seen
        before, recalled.on = recalled.remembered, memory and not race.changes
        meets = recalled.on and not race.application.database_alone
        walker: Walker = Met(runner, recalled) if meets else runner
        walker = kept.over(walker) if kept else walker
        certificate = search(walker, requests, strategy, budget, seen)
        recalled.on = False
        remembered = recalled.remembered - before
        trusted = taken_on_trust(race.application, remembered, is_seen=is_seen)
        assumed = certificate.assumed | trusted
        certificate = replace(certificate, remembered=remembered, assumed=assumed)
        forgets = memory and recalled.gave_up
        # Where nothing has diverged, an end may have been read before all was written.
        if self.applications.learns_to_wait(race) or (certificate.diverged and forgets):
            memory = memory and not forgets
            self.applications.drop(race)
            return self.explore(
                race, budget, every_schedule=every_schedule, memory=memory, seen=seen, kept=kept
            )
        if not certificate.exhausted:
            self.applications.drop(race)  # a request may be in flight
        return concluded(certificate, trial) if race.alone else certificate

    def replay(
        self,
        race: Race,
        schedule: Schedule,
        times: int = 1,
        check: Callable[[Run, Outcome], object] = lambda _run, _outcome: None,
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
        runner = self.applications.runner(race, patience, plans=plans)
        if not race.alone:
            return runner, Trial(judges=dict(race.judges))
        heard = self.applications.running(race, plans=plans).target.heard
        trial = tried(runner, race.alone, serial=race.serial, heard=heard)
        if self.applications.learns_to_wait(race):
            self.applications.drop(race)
            return self.ready(race, patience, plans=plans)
        runner.judges = trial.judges or race.judges
        runner.noise.clear()
        return runner, trial

    def close(self) -> None:
        """Stop the applications."""
        self.applications.close()
        self._observer.close()

    def __enter__(self) -> Explorer:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


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
