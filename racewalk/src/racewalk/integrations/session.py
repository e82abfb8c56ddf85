"""What the fixture `race` does, and what scenarios share within one run of pytest."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import pytest
from rich.console import Console

from racewalk.errors import RacewalkError, ScenarioError
from racewalk.explorer import Explorer
from racewalk.failures import FailuresIn
from racewalk.integrations.calls import CallsRace, Reached, Succeeds
from racewalk.reporters.words import story_of, unread
from racewalk.scenario.file import load
from racewalk.scenario.provide import provided
from racewalk.scenario.races import race_of
from racewalk.schedule.masks import Mask, Masks
from racewalk.schedule.schedule import Schedule
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.story.picture import draw
from racewalk.targets.calls import Holds
from racewalk.words import Verdict

P = ParamSpec("P")
R = TypeVar("R")
_WIDTH: Final = 140
_FOLDER: Final = ".racewalk"


class Scenarios:
    """The scenarios of one process: each has a database and applications until the end."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._explorers: dict[Path, Explorer] = {}

    def explorer(self, path: Path) -> Explorer:
        """Return what explores the races of a file.

        Raises:
            ScenarioError: its database cannot be made, or a race does not fit.
        """
        if path not in self._explorers:
            scenario = load(path)
            _, settings = self._stack.enter_context(provided(scenario, scenario.content.race, 1))
            explorer = Explorer(settings[0].database, settings[0].folder)
            self._explorers[path] = self._stack.enter_context(explorer)
        return self._explorers[path]

    def close(self) -> None:
        """Stop all."""
        self._stack.close()


def _told(method: Callable[P, R]) -> Callable[P, R]:
    """Have a test fail with one line where what was asked for is wrong."""

    @wraps(method)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except RacewalkError as error:
            why = error.told
        pytest.fail(f"racewalk: {why}", pytrace=False)  # not within: it would be shown as well

    return told


class Race:
    """Races callables, or a scenario's requests, through every interleaving.

    Args:
        config: of pytest.
        nodeid: of the test.
        scenarios: gives what scenarios share.
        keep: is told what was counted.
    """

    def __init__(
        self,
        config: pytest.Config,
        nodeid: str,
        scenarios: Callable[[], Scenarios],
        keep: Callable[[str], None],
    ) -> None:
        self._config, self._nodeid, self._scenarios, self._keep = config, nodeid, scenarios, keep
        self._raced = 0

    @_told
    def __call__(
        self,
        *calls: Callable[..., Any],
        invariant: Holds | Mapping[str, Holds] | None = None,
        alone: Succeeds | None = None,
        serial: bool | None = None,
        engine: Any = None,
        masks: Mapping[str, str] | None = None,
        ignore: Sequence[str] = (),
        preemptions: int | None = None,
        budget: float | None = None,
    ) -> Certificate:
        """Race callables; the test fails unless every end is as it should be.

        Args:
            calls: two or more; with an engine each is given one of its own.
            invariant: has to hold at each end: returns True, or raises no AssertionError; or some
                of these by name.
            alone: whether what a call returned, alone, is a success; by default any status below
                400, and any other value.
            serial: whether each end has to be one of one call after the other, in some order; by
                default where no invariant is given.
            engine: of SQLAlchemy, plain or asyncio; without one, Django's default connection.
            masks: regular expressions of what differs from run to run, by a name for it.
            ignore: columns that are not compared, as `table.column`; * stands for any name.
            preemptions: only schedules in which nobody is left off more often.
            budget: seconds; by default --racewalk-budget.

        Returns:
            What was found; where the test does not fail.
        """
        if len(calls) < 2:
            raise ScenarioError(f"{len(calls)} calls given: two at the least can race")
        masked = _masks(masks or {}, ignore)
        named = invariant if isinstance(invariant, Mapping) else {"invariant": invariant}
        race = CallsRace(
            calls=calls,
            reached=_reached(engine),
            invariants={name: holds for name, holds in named.items() if holds},
            succeeds=alone,
            serial=invariant is None if serial is None else serial,
            masks=masked,
            ignore=ignore,
        )
        limit = Budget(
            budget or self._config.getoption("--racewalk-budget"),
            preemptions=float("inf") if preemptions is None else preemptions,
        )
        self._raced += 1
        return self._judge(lambda kept: race.explore(limit, kept), "safe", preemptions)

    @_told
    def scenario(self, path: str | Path, name: str) -> Certificate:
        """Race the requests of a scenario's race; see `__call__`.

        Args:
            path: of the file; one that is not absolute is looked for beside the test.
            name: of the race.

        Raises:
            ScenarioError: the file is not as it should be, or has no such race.
        """
        file = Path(path)
        if not file.is_absolute():
            beside = self._config.rootpath / self._nodeid.partition("::")[0]
            file = beside.parent / file
        scenario = load(file)
        written = scenario.race(name)
        explorer = self._scenarios().explorer(file)
        race = race_of(scenario, written)
        limit = Budget(self._config.getoption("--racewalk-budget"))
        self._raced += 1

        def explore(kept: Schedule | None) -> Certificate:
            if kept and (found := _again(explorer, race, kept)):
                return found
            return explorer.explore(race, limit)

        return self._judge(explore, written.expected, None)

    def _judge(
        self,
        explore: Callable[[Schedule | None], Certificate],
        expected: str,
        bound: int | None,
    ) -> Certificate:
        name = f"{self._nodeid}#{self._raced}" if self._raced > 1 else self._nodeid
        failures = FailuresIn(self._config.rootpath / _FOLDER / "failures")
        asked = self._config.getoption("--racewalk-schedule")
        kept = _schedule(asked) if asked else failures.fetch(name)
        certificate = explore(kept)
        verdict = _verdict(certificate, bound)
        self._keep(f"{verdict}: {certificate}")
        if verdict == expected:
            failures.delete(name)
            return certificate
        smallest = certificate.smallest
        if smallest:
            failures.save(name, smallest[0].schedule)
        again = f'pytest "{self._nodeid}" --racewalk-schedule' if smallest else ""
        pytest.fail(told(certificate, verdict, expected, again), pytrace=False)


def told(certificate: Certificate, verdict: str, expected: str, again: str) -> str:
    """Return a failure in words: the verdict, the smallest interleaving, and how to run it again.

    Args:
        certificate: what was found.
        verdict, expected: what it comes to, and what it should.
        again: the command that runs a schedule, but for the schedule; or ''.
    """
    page = io.StringIO()
    console = Console(file=page, width=_WIDTH)
    head = verdict if expected == Verdict.SAFE else f"{verdict}, expected {expected}"
    why = certificate.vacuous or certificate.inconclusive
    console.print(f"{head}: {why}" if why else head, markup=False, highlight=False)
    if smallest := certificate.smallest:
        run, outcome = smallest
        title = "the smallest interleaving that breaks it"
        draw(story_of(run, outcome, certificate.differs), title, console)
        console.print(f"again: {again} {run.schedule}", markup=False, highlight=False)
    if certificate.outcomes and not certificate.vacuous:
        console.print(str(certificate), markup=False, highlight=False)
        for line in unread(certificate):
            console.print(line, markup=False, highlight=False)
    return page.getvalue()


def _verdict(certificate: Certificate, bound: int | None) -> str:
    """The verdict; 'safe' within a bound that was asked for."""
    seen = certificate.bound
    known = None not in (bound, seen) and (seen or 0) >= (bound or 0)
    if certificate.verdict is Verdict.INCONCLUSIVE and known:
        return Verdict.SAFE.value
    return certificate.verdict.value


def _masks(given: Mapping[str, str], ignore: Sequence[str]) -> list[Mask]:
    try:
        found = [Mask(*each) for each in given.items()]
        Masks(found, ignore)
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    return found


def _schedule(asked: str) -> Schedule:
    try:
        return Schedule.parse(asked)
    except ValueError as error:
        raise ScenarioError(f"--racewalk-schedule: {error}") from None


def _reached(engine: Any) -> Reached:
    if engine is not None:
        from racewalk.integrations.sqlalchemy import EngineConnections

        return EngineConnections(engine)
    try:
        from racewalk.integrations.django import DjangoConnections, is_configured
    except ImportError:
        raise ScenarioError("race(…) needs engine=, or Django with pytest-django") from None
    if not is_configured():
        raise ScenarioError("race(…) needs engine=, or Django's settings: DJANGO_SETTINGS_MODULE")
    return DjangoConnections()


def _again(explorer: Explorer, race: Any, kept: Schedule) -> Certificate | None:
    """Return what one schedule shows, if it breaks something still."""
    try:
        run, outcome = explorer.replay(race, kept)
    except RacewalkError:
        explorer.applications.drop(race)
        return None
    if not outcome.unsafe:
        return None
    return Certificate(
        len(race.requests),
        outcomes={outcome: 1},
        by_preemptions={run.preemptions: (1, 1)},
        examples={outcome: run},
        inconclusive="what failed last time fails again; no other schedule was run",
    )
