"""Each change explored in full: single ones first, then pairs of those that did not suffice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Final

import psycopg

from racewalk.applications import Database
from racewalk.errors import RacewalkError
from racewalk.explorer import Explorer
from racewalk.rewrite.changes import Change, Kind
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.search.budget import UNLIMITED, Budget
from racewalk.search.certificate import Certificate
from racewalk.targets.race import Race
from racewalk.whatif.refusal import Refusals
from racewalk.whatif.relations import Relations, relations
from racewalk.whatif.result import REFUSED, SAFE, Found, Judged, Result, breaks
from racewalk.whatif.said import Said, sayings
from racewalk.whatif.sites import Site, sites
from racewalk.words import name

_PAIR: Final = 2
Told = Callable[[str, int], None]
"""Called with what is explored, and how many schedules of it were run."""


def by_certificate(certificate: Certificate) -> tuple[str, str]:
    """Return the verdict where nobody knows better, and why it is not known."""
    return certificate.verdict.value, certificate.vacuous or certificate.inconclusive or ""


@dataclass(frozen=True, slots=True)
class _Alone:
    """What a request that comes alone says and is answered."""

    run: Run
    answer: Answer

    @property
    def errors(self) -> set[str]:
        return {step.error for step in self.run.steps if step.error}


class Inquiry:
    """Asks of one race what each change would do.

    Args:
        explorer: on the database.
        database: that is explored.
        race: as it is.
        budget: of each exploration.
        judged: says the verdict of a certificate.
        told: is told how far it has come.
    """

    def __init__(
        self,
        explorer: Explorer,
        database: Database,
        race: Race,
        budget: Budget = UNLIMITED,
        judged: Judged = by_certificate,
        told: Told = lambda _title, _schedules: None,
    ) -> None:
        self._explorer, self._database, self._race = explorer, database, race
        self._budget, self._judged, self._told = budget, judged, told

    def ask(self) -> Found:
        """Explore the race as it is, then with every change.

        Raises:
            RacewalkError: the application does not start.
        """
        shared = self._race.application.shared
        alone = self._alone(self._race)
        count = len(self._race.requests)
        said = Said(
            [sayings(each.run, count)[number] for number, each in enumerate(alone)],
            server=self._explorer.reader(self._race).catalog.facts.settings,
        )
        as_is = self._explored((), said.hear)
        results: list[Result] = []
        with psycopg.connect(self._database.url, autocommit=True) as connection:
            refusals = Refusals(connection, said, shared=shared)
            singles = sites(said, relations(connection), shared=shared)
            for site in singles:
                results.append(self._tried([site], refusals, alone))
            for pair in _pairs(singles, results, as_is):
                results.append(self._tried(pair, refusals, alone))
            if left := rest(singles, results, as_is):
                results.append(fewest(left, partial(self._tried, refusals=refusals, alone=alone)))
        return Found(self._race.name, as_is, results)

    def locks(self) -> list[Change]:
        """Return the locks that can be taken away, by what each request says that comes alone.

        Raises:
            RacewalkError: the application does not start.
        """
        count = len(self._race.requests)
        alone = self._alone(self._race)
        said = Said([sayings(each.run, count)[number] for number, each in enumerate(alone)])
        found = sites(said, Relations(), shared=self._race.application.shared)
        return [site.change for site in found if site.change.kind is Kind.TAKE_AWAY]

    def _tried(self, pair: Sequence[Site], refusals: Refusals, alone: Sequence[_Alone]) -> Result:
        changes = tuple(site.change for site in pair)
        why = refusals.of(pair) or self._strange(changes, alone)
        if why:
            return Result(changes, REFUSED, why=why)
        return self._explored(changes)

    def _explored(
        self, changes: tuple[Change, ...], hear: Callable[[Run], None] = lambda _run: None
    ) -> Result:
        race, runs = replace(self._race, changes=changes), 0
        title = Result(changes, "").title

        def seen(run: Run, _outcome: Outcome) -> None:
            nonlocal runs
            runs += 1
            hear(run)
            self._told(title, runs)

        certificate = self._explorer.explore(race, self._budget, seen=seen)
        if certificate.exhausted and not certificate.vacuous:
            missed = [
                each for each in changes if each not in self._explorer.applications.made(race)
            ]
            if missed:
                return Result(changes, REFUSED, why=f"{missed[0]} was never met")
        verdict, why = self._judged(certificate)
        return Result(changes, verdict, certificate, why)

    def _alone(self, race: Race) -> list[_Alone]:
        runner, _ = self._explorer.ready(race, plans=not race.application.shared)
        found = []
        for number in range(len(race.requests)):
            run, _ = runner.run(only=[number])
            found.append(_Alone(run, run.answers[number]))
        return found

    def _strange(self, changes: tuple[Change, ...], alone: Sequence[_Alone]) -> str:
        """Why a request does not even come to the same end alone, with these changes; or ''."""
        race = replace(self._race, changes=changes)
        try:
            changed = self._alone(race)
        except RacewalkError as error:
            self._explorer.applications.drop(race)
            return f"alone, a request does not come to its end: {error}"
        for number, (before, now) in enumerate(zip(alone, changed, strict=True)):
            who = name(number)
            if new := sorted(now.errors - before.errors):
                return f"alone, {who} fails with {', '.join(new)}"
            if now.answer != before.answer:
                told = [f"{a.kind} {a.detail}".strip() for a in (now.answer, before.answer)]
                return f"alone, {who} is answered '{told[0]}' in place of '{told[1]}'"
        return ""


def _pairs(
    singles: Sequence[Site], results: Sequence[Result], as_is: Result
) -> Iterator[tuple[Site, Site]]:
    """Pairs that may do what neither does: two locks that each hold, or two that repair together.

    What cannot be made by itself is tried again with what it may lack: a level with a transaction,
    and that with the level of those that are to become savepoints in it.
    """
    holds = as_is.verdict == SAFE
    left = [
        (site.change, site, result.verdict == REFUSED)
        for site, result in zip(singles, results, strict=True)
        if (site.change.kind is Kind.TAKE_AWAY) == holds and (result.verdict == SAFE) == holds
    ]
    for (one, first, lacks), (other, second, lacks_too) in combinations(left, 2):
        complete = {one.kind, other.kind} == {Kind.LEVEL, Kind.ONE_TRANSACTION}
        if complete or (_together(one, other) and not (lacks or lacks_too)):
            yield first, second


def rest(singles: Sequence[Site], results: Sequence[Result], as_is: Result) -> list[Site]:
    """The locks of which any two can go: whether one of many is enough, all of them tell."""
    if as_is.verdict != SAFE:
        return []
    apart = {change for each in results if breaks(each) for change in each.changes}
    left = [
        site for site in singles if site.change.kind is Kind.TAKE_AWAY and site.change not in apart
    ]
    return left if len(left) > _PAIR else []


def fewest(locks: Sequence[Site], tried: Callable[[Sequence[Site]], Result]) -> Result:
    """Return what comes of it without some locks: as few of these as have to go for it to break.

    Args:
        locks: three or more, of which any two can go.
        tried: explores the race without some.
    """
    gone, found = list(locks), tried(locks)
    for lock in locks if breaks(found) else ():
        fewer = [each for each in gone if each is not lock]
        if len(fewer) > _PAIR and breaks(result := tried(fewer)):
            gone, found = fewer, result
    return found


def _together(one: Change, other: Change) -> bool:
    """Whether two changes make sense together."""
    if one.kind is other.kind is Kind.LEVEL:
        return False
    if one.kind is other.kind is Kind.LOCK:
        return one.text == other.text and one.place != other.place
    return True
