"""Drawn programs before brute force: what a search missed, or ran twice, or could not tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from racewalk.commute.initial import reader_of
from racewalk.errors import DoubtError, RacewalkError
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.runner import LiveRunner
from support.drawn import Programs, draw
from support.labs import Database
from support.languages import PLAIN, Language
from support.oracle import compare, every_schedule
from support.trials import Trial, tells

MOST = 1500
"""Schedules of one program above which it is not run."""


class TooManyError(Exception):
    """A program has more schedules than are run."""


@dataclass
class Tally:
    """What became of many programs."""

    programs: int = 0
    schedules: int = 0
    classes: int = 0
    too_many: int = 0
    untold: Counter[str] = field(default_factory=Counter)
    features: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        """The figures in one line."""
        return (
            f"{self.programs} programs, {self.schedules} schedules, {self.classes} classes,"
            f" {len(self.features)} features, {self.too_many} with more than {MOST} schedules,"
            f" untold: {dict(self.untold)}"
        )


class Judge:
    """Runs programs on PostgreSQL, one after the other.

    Args:
        database: where.
        observer: a direct connection to it.
        language: what the programs may say, and race in.
    """

    def __init__(self, database: Database, observer: Observer, language: Language = PLAIN) -> None:
        self._database, self._observer = database, observer
        self._language = language
        self.tally = Tally()

    def wrong(self, programs: Programs, most: int = MOST) -> str | None:
        """Return what a reduced search of the programs gets wrong, or None.

        What it does not call exhausted is not wrong: it says that it cannot tell.

        Raises:
            TooManyError: brute force would take too long.
        """
        scripts = [tells(*program.said) for program in programs]
        world = self._language.world(said for program in programs for said in program.said)
        target = Trial(self._observer, self._database.superuser, scripts, world)
        with LiveRunner(target, self._observer, self._database.address, patience=10.0) as lab:
            try:
                runs = _all(lab, most)
            except RacewalkError as error:
                self.tally.untold[type(error).__name__] += 1
                return None
            try:
                certificate = compare(
                    runs, lab, len(scripts), lambda: reader_of(self._observer, world.facts)
                )
            except AssertionError as error:
                why = str(error).partition("\n")[0] or "other counts"
                if why.startswith(DoubtError.kind):
                    self.tally.untold[why] += 1
                    return None
                return why
        self.tally.programs += 1
        self.tally.schedules += len(runs)
        self.tally.classes += certificate.reduction.classes if certificate.reduction else 0
        self.tally.features |= {name for program in programs for name in program.features}
        return None

    def failing(self, seeds: Iterable[int], wanted: int) -> list[tuple[int, str]]:
        """Judge the programs of seeds until so many were run; return those that went wrong."""
        found: list[tuple[int, str]] = []
        for seed in seeds:
            if self.tally.programs + len(found) >= wanted:
                break
            try:
                if why := self.wrong(draw(seed, language=self._language)):
                    found.append((seed, why))
            except TooManyError:
                self.tally.too_many += 1
        return found


def _all(lab: LiveRunner, most: int) -> list[tuple[Run, Outcome]]:
    runs: list[tuple[Run, Outcome]] = []
    for each in every_schedule(lab):
        runs.append(each)
        if len(runs) > most:
            raise TooManyError
    return runs
