"""Brute force: every interleaving, each run from a fresh start.

Stateless depth-first search. Each run gives the choices that were open on its way; the deepest
one with an option untried is where the next run departs from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from racewalk.commute.catalog import Facts
from racewalk.commute.session import commits_within, timeouts
from racewalk.errors import DoubtError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Item, Schedule
from racewalk.search.certificate import Reduction

NOTHING_KNOWN: Final = Facts()


class BruteForce:
    """Every schedule; a `Strategy`.

    Args:
        facts: of the database, for the timeouts that it sets, and for what may commit within a
            statement; what the sessions set is seen anyway.
        preemptions: those with more are left out.
    """

    def __init__(self, facts: Facts = NOTHING_KNOWN, preemptions: float = float("inf")) -> None:
        self._facts, self._most = facts, preemptions
        self.cut = False
        self._looked: set[tuple[object, ...]] = set()
        self._doubts: set[str] = set()
        self._assumed: set[str] = set()
        self._next: Schedule | None = Schedule()
        self._untried: list[list[Item]] = []
        self.like: Run | None = None

    def next(self) -> Schedule | None:
        """Return the choices up to the deepest with an option left, taking it."""
        return self._next

    def saw(self, run: Run, outcome: Outcome) -> None:
        """Note the options that were open, and what may have been ended by a timeout elsewhere."""
        del outcome
        for step in run.steps:
            case = (step.settings, step.waited_for, step.error, step.status, step.statements)
            if case not in self._looked:  # nothing else of a step counts
                self._looked.add(case)
                doubts, assumed = timeouts(self._facts.settings, step)
                self._doubts |= doubts | commits_within(self._facts.commits, step)
                self._assumed |= assumed
        taken = run.schedule.items
        known = len(self._untried)
        found = zip(run.options, taken, _preempting(run, self._most), strict=True)
        for options, item, dear in list(found)[known:]:
            others = [option for option in options if option != item]
            self._untried.append([option for option in others if option not in dear])
            self.cut = self.cut or len(self._untried[-1]) < len(others)
        while self._untried and not self._untried[-1]:
            self._untried.pop()
        self.like, self._next = run, None
        if self._untried:
            option = self._untried[-1].pop(0)
            self._next = Schedule((*taken[: len(self._untried) - 1], option))

    @property
    def bound(self) -> int | None:
        """How many preemptions a schedule could have, once all such were run and some left out."""
        return int(self._most) if self.cut and self._next is None else None

    def reduction(self) -> Reduction | None:
        """Nothing was."""
        return None

    @property
    def assumed(self) -> frozenset[str]:
        """What was met and taken not to happen, in words."""
        return frozenset(self._assumed)

    def weigh(self) -> None:
        """Every schedule was run.

        Raises:
            DoubtError: but by the clock some may go otherwise.
        """
        if self._doubts:
            raise DoubtError("; ".join(sorted(self._doubts)))


def _preempting(run: Run, most: float) -> Iterator[set[Item]]:
    """Yield for each item of a run's schedule the options that preempt once too often."""
    preemptions, last = 0, -1
    for choice in run.choices:
        options = choice.options[0]
        spent = last in choice.enabled and preemptions >= most
        yield {option for option in options if spent and option.request != last}
        yield from (set() for _ in choice.wakes)
        preemptions += last in choice.enabled and choice.chosen != last
        last = choice.chosen
