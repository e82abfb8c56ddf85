"""Of requests that are alike, the schedules are run in which the lower numbers go first.

Where several requests send the same, in one session, to processes of the same application, each
schedule has twins in which they have changed places. What comes of one tells what comes of the
others: the same steps under other names (symmetry reduction: Ip, Dill, Better verification through
symmetry, Formal Methods in System Design 9, 1996). So one of them is run.

That they are alike is not believed: the first twin, and one of so many after it, is run all the
same and compared, step by step, reply by reply, and by what it left.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from racewalk.errors import DivergenceError, RacewalkError
from racewalk.schedule.compare import compare
from racewalk.schedule.masks import Masks
from racewalk.schedule.outcome import Judges, Outcome, judge
from racewalk.schedule.record import Run
from racewalk.schedule.renamed import renamed, schedule_renamed
from racewalk.schedule.schedule import Item, Schedule
from racewalk.search.certificate import Certificate
from racewalk.search.strategy import Runner

CHECKED: Final = 8
"""One of so many schedules whose twin is known is run all the same."""
Ended = tuple[Run, Outcome]
"""A schedule that was run, and how it ended."""


class Symmetric:
    """Runs one of several twins. Implements `strategy.Runner`.

    Args:
        runner: runs it.
        requests: how many race, which are all alike.
        judges: what has to hold after each schedule.
        known: whether twins of these requests have been compared, from another start.

    Attributes:
        twins: how many schedules were asked for of which the twin is run.
        compared: how many of them were run as well, and did not differ.
    """

    def __init__(
        self, runner: Runner, requests: int, judges: Judges, *, known: bool = False
    ) -> None:
        self._runner, self._judges, self._unseen = runner, judges, not known
        self._requests = requests
        self._known: dict[tuple[Item, ...], Ended] = {}
        self._mirrored: dict[Schedule, Outcome] = {}
        self.twins, self.compared = 0, 0

    @property
    def mirrored(self) -> int:
        """How many schedules were not run, since the twin was."""
        return len(self._mirrored)

    @property
    def masks(self) -> Masks:
        """What varies in the runs."""
        return self._runner.masks

    @property
    def noise(self) -> Counter[str]:
        """How many groups passed without being a step, by rule, in what was run."""
        return self._runner.noise

    def run(
        self,
        schedule: Schedule = Schedule(),  # noqa: B008 - it is frozen
        like: Run | None = None,
    ) -> Ended:
        """Return what a schedule does, and run it or its twin unless that is known.

        Raises:
            DivergenceError: twins differ, or as `LiveRunner.run` does; so for other errors.
        """
        to = self._by_appearance(schedule)
        twin = schedule_renamed(schedule, to)
        if twin == schedule:
            return self._first(schedule, like)
        run, outcome = self._first(twin, like and renamed(like, to))
        found = renamed(run, [to.index(request) for request in range(self._requests)])
        if _said(found) > len(schedule):  # of several who can go on, it chose another
            return self._runner.run(schedule, like)
        expected = found, judge(found, outcome.facts, self._judges)
        self.twins += 1
        if self.twins % CHECKED == self._unseen:
            expected = self._compared(schedule, expected, like)
            self.compared += 1
            return expected
        self._mirrored[found.schedule] = outcome
        return expected

    def concluded(self, certificate: Certificate) -> Certificate:
        """Return the certificate of a search with what it owes to twins.

        An example that was not run is left out where its twin is judged the same, and run where it
        is not, so that whoever looks at one sees what was seen.
        """
        examples, mirrored = dict(certificate.examples), self.mirrored
        try:
            for outcome, run in certificate.examples.items():
                if twin := self._mirrored.get(run.schedule):
                    del examples[outcome]
                    if twin.violations != outcome.violations:
                        seen = self._compared(run.schedule, (run, outcome))
                        examples[outcome], mirrored = seen[0], mirrored - 1
        except RacewalkError as error:
            diverged = isinstance(error, DivergenceError)
            certificate = replace(certificate, inconclusive=error.told, diverged=diverged)
        return replace(certificate, examples=examples, mirrored=mirrored)

    def _by_appearance(self, schedule: Schedule) -> list[int]:
        """Return for each request its place in the order in which a schedule first names them."""
        named = dict.fromkeys([*(item.request for item in schedule), *range(self._requests)])
        return [list(named).index(request) for request in range(self._requests)]

    def _compared(self, schedule: Schedule, expected: Ended, like: Run | None = None) -> Ended:
        """Run a schedule of which the end is known, and return what it did.

        Raises:
            DivergenceError: it did something else than its twin.
        """
        actual = self._runner.run(schedule, like)
        _check_same(expected, actual)
        return actual

    def _first(self, schedule: Schedule, like: Run | None) -> Ended:
        """Return what a schedule does of which no twin comes first."""
        for length in range(len(schedule) + 1):
            known = self._known.get(schedule.items[:length])
            if known and known[0].schedule.begins_with(schedule):
                return known
        run, outcome = self._runner.run(schedule, like)
        self._known[run.schedule.items[: _said(run)]] = run, outcome
        return run, outcome


def _said(run: Run) -> int:
    """Return how many items have to be said for it; the others are what a runner chooses itself."""
    said, place, last = 0, 0, -1
    for choice in run.choices:
        usual = [last if last in choice.enabled else choice.enabled[0]]
        usual += [waking.options[0] for waking in choice.wakes]
        for item, request in zip(choice.move, usual, strict=True):
            place += 1
            said = said if item.request == request else place
        last = choice.chosen
    return said


def _check_same(expected: Ended, actual: Ended) -> None:
    """Check that a schedule did what its twin did, under other names.

    Raises:
        DivergenceError: it did something else.
    """
    (twin, its_outcome), (run, outcome) = expected, actual
    compare(twin, run, min(len(twin.choices), len(run.choices)))
    if _all_of(twin) != _all_of(run) or its_outcome != outcome:
        raise DivergenceError(
            f"the requests are sent alike, and {run.schedule} did not end as its twin did"
        )


def _all_of(run: Run) -> tuple[object, ...]:
    return run.choices, [run.masks.exact(step) for step in run.steps], run.answers, run.closings
