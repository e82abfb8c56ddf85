"""A race of callables, from the trial to the certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from psycopg.conninfo import conninfo_to_dict

from racewalk.commute.initial import reader_of
from racewalk.commute.trace import InsideError
from racewalk.errors import DivergenceError, RacewalkError
from racewalk.judge.trial import Trial, concluded, tried
from racewalk.reset.copies import Copies
from racewalk.reset.written import WrittenReset
from racewalk.schedule.masks import Mask, Masks
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import FAILED, Facts, Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Begin, Schedule
from racewalk.search.brute_force import BruteForce
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.search.explore import explore
from racewalk.search.one_per_class import OnePerClass
from racewalk.targets.calls import CallsTarget, Connected, Holds
from racewalk.wire.proxy import Address

_ERROR, _FAULT = 400, 500
_WARM = 6
"""Rounds; psycopg prepares what it has sent five times."""
Succeeds = Callable[[Any], bool]
"""Whether a value that a call alone returned is that of a success."""


class Reached(Connected, Protocol):
    """How callables reach a database, and where that is."""

    @property
    def url(self) -> str:
        """libpq connection string of the database, past any proxy."""


@dataclass(frozen=True)
class CallsRace:
    """Callables that race.

    Attributes:
        calls: what races.
        reached: how they reach the database.
        invariants: by name.
        succeeds: of a call alone.
        serial: whether each end has to be that of some order.
        masks, ignore: what is not compared; see `Race`.
    """

    calls: Sequence[Callable[..., Any]]
    reached: Reached
    invariants: Mapping[str, Holds] = field(default_factory=dict)
    succeeds: Succeeds | None = None
    serial: bool = True
    masks: Sequence[Mask] = ()
    ignore: Sequence[str] = ()

    def explore(self, budget: Budget, kept: Schedule | None = None) -> Certificate:
        """Explore it; whatever keeps it from being explored makes it inconclusive.

        Requests may share what nobody sees from here, such as a lock: where one waits for
        another inside the application, every schedule is run, and who begins when is a choice.

        Args:
            budget: when to stop.
            kept: a schedule to run first: where it breaks something, that is all that is run.
        """
        try:
            if kept and (found := self._again(kept)):
                return found
            certificate, trial, inside = self._one_per_class(budget)
            return self._every_schedule(budget) if inside else concluded(certificate, trial)
        except RacewalkError as error:
            return Certificate(len(self.calls), inconclusive=error.told)

    def _one_per_class(self, budget: Budget) -> tuple[Certificate, Trial, bool]:
        """Return what was found, and whether a call waited for another inside the application."""
        waits: list[bool] = []

        def seen(run: Run, _outcome: Outcome) -> None:
            waits.append(any(choice.inside for choice in run.choices))

        with self._runner() as (runner, trial, observer):
            if trial.found:
                return trial.found, Trial(), False
            strategy = OnePerClass(len(self.calls), reader_of(observer))
            certificate = explore(runner, len(self.calls), strategy, budget, seen)
        inside = any(waits) or (certificate.inconclusive or "").startswith(InsideError.kind)
        return certificate, trial, inside

    def _every_schedule(self, budget: Budget) -> Certificate:
        with self._runner(at_once=False) as (runner, trial, observer):
            facts = reader_of(observer).catalog.facts
            strategy = BruteForce(facts, budget.preemptions)
            return concluded(explore(runner, len(self.calls), strategy, budget), trial)

    def _again(self, kept: Schedule) -> Certificate | None:
        """Return what one schedule shows, if it breaks something still."""
        at_once = not any(isinstance(item, Begin) for item in kept)
        with self._runner(at_once=at_once) as (runner, trial, _):
            if trial.found:
                return trial.found
            try:
                run, outcome = runner.run(kept)
            except DivergenceError:
                return None
        if not outcome.unsafe:
            return None
        return Certificate(
            len(self.calls),
            outcomes={outcome: 1},
            by_preemptions={run.preemptions: (1, 1)},
            examples={outcome: run},
            inconclusive="what failed last time fails again; no other schedule was run",
        )

    @contextmanager
    def _runner(self, *, at_once: bool = True) -> Iterator[tuple[LiveRunner, Trial, Observer]]:
        url = self.reached.url
        parts = conninfo_to_dict(url)
        server = Address(str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or 5432))
        observer = Observer(url)
        try:
            masks = Masks(self.masks, self.ignore)
            copies = Copies(observer, "race")
            reset = WrittenReset(observer, copies, {}, (), masks, self.ignore)
            target = CallsTarget(self.calls, self.reached, reset, dict(self.invariants), answer_of)
            judges = {name: partial(_says, name) for name in self.invariants}
            try:
                with LiveRunner(target, observer, server, judges) as runner:
                    runner.masks, runner.at_once = masks, at_once
                    _warm(runner, len(self.calls))
                    alone = partial(_alone, target, self.succeeds or succeeded)
                    trial = tried(runner, alone, serial=self.serial)
                    runner.judges = trial.judges or judges
                    yield runner, trial, observer
            finally:
                copies.put_back()
                observer.leave()
        finally:
            observer.close()


def answer_of(value: Any) -> Answer:
    """Return what a value says: the status of an answer, a plain value, or that it is done."""
    status = getattr(value, "status_code", None)
    if isinstance(status, int):
        if status >= _FAULT:
            return Answer(FAILED, str(status))
        headers = getattr(value, "headers", {})
        return Answer(str(status), str(headers.get("Location", "")) if headers else "")
    if isinstance(value, bool | int | str):
        return Answer(f"returned {value}"[:60])
    return Answer("done")


def succeeded(value: Any) -> bool:
    """Return whether a value is that of a success: any status below 400, and any other value."""
    status = getattr(value, "status_code", None)
    return not isinstance(status, int) or status < _ERROR


def _alone(target: CallsTarget, succeeds: Succeeds, request: int, answer: Answer) -> str:
    value = target.values[request]
    if isinstance(value, BaseException):
        return f"raised {answer.detail}"
    return (
        ""
        if succeeds(value)
        else f"did not succeed: {answer.detail if answer.kind == FAILED else answer.kind}"
    )


def _says(invariant: str, facts: Facts, answers: Sequence[Answer]) -> bool:
    del answers
    return facts[invariant] == 1


def _warm(runner: LiveRunner, requests: int) -> None:
    """Run once in order, so that caches are filled and connections are open."""
    for _ in range(_WARM):
        runner.run()
