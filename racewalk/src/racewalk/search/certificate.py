"""What an exploration proves: how many schedules there are, how many are unsafe, and the simplest.

Its granularity is the statement: what happens inside one is not taken apart, and the share of
unsafe schedules is no probability.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from racewalk.schedule.outcome import FAILED, Outcome
from racewalk.schedule.record import Run
from racewalk.words import BILLION, Verdict, counted, preemptions, short, sqlstate

_SQLSTATE: Final = re.compile("[0-9A-Z]{5}")
_STATUS: Final = re.compile("[0-9]{3}")
_MOST_ERRORS: Final = 5
_LEVELS: Final = 24
"""Numbers of preemptions that are told one by one, where there are more."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """One run for each class of schedules.

    Attributes:
        runs: how many schedules were run; as many as classes were found.
        unsafe_classes: how many of the classes are unsafe.
        read: statements that were read, each as often as it was run.
        watched: those whose plans told what they touch, in whole or in part, by shape.
        unreadable: those that neither told of, and so conflict with everything, by shape.
        bound: every schedule with so many preemptions is of a class that was run; None where
            not even those without any are.
    """

    runs: int = 0
    unsafe_classes: int = 0
    read: int = 0
    watched: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    bound: int | None = None

    @property
    def classes(self) -> int:
        """How many classes were found; all that there are, if the search is exhausted."""
        return self.runs

    def __str__(self) -> str:
        """The classes in one line."""
        classes = counted(self.classes, "class", "classes")
        read = counted(self.read, "statement")
        watched, unreadable = self.watched.total(), self.unreadable.total()
        return (
            f"{self.unsafe_classes} of {classes} unsafe"
            f", {read} read, {watched} watched, {unreadable} unreadable"
        )


@dataclass(frozen=True, slots=True)
class Certificate:
    """The result of one search. `tally` makes it.

    Attributes:
        requests: how many requests raced.
        outcomes: how many schedules ended in each outcome.
        by_preemptions: schedules and unsafe ones among them, by number of preemptions.
        noise: groups that passed without being a step, by rule.
        masked: what was told by a name where runs were compared: masks, and columns ignored.
        approximated: by column, as table.column, what of its values `serial` compared, where that
            is less than all that they hold.
        assumed: what was met and taken not to happen, in words.
        seconds: wall-clock time that the search took.
        inconclusive: why the search ended before all was seen, or None.
        diverged: whether it was a divergence: then no verdict is given of what was seen.
        examples: for each outcome the schedule that was run with the fewest preemptions, then the
            fewest steps.
        reduction: what a search that ran one schedule of each class adds; None for brute force.
            Once such a search is exhausted, all counts are of the schedules in its classes.
        hash: SHA-256, in hex, over the sorted list of choices, normalised SQL and outcomes.
        vacuous: why nothing could race, or None.
        differs: how the end of `smallest` differs from those of one request after the other,
            where it had to be one of them; or ''.
        kept_to: how many preemptions a schedule could have in a search of every schedule; or None.
        remembered: of the schedules that were run, those in which nothing was asked of the
            application.
        taken_over: of them, those that an earlier exploration had run.
    """

    requests: int
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    by_preemptions: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    noise: Counter[str] = field(default_factory=Counter)
    masked: tuple[str, ...] = ()
    approximated: Mapping[str, str] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    seconds: float = 0.0
    inconclusive: str | None = None
    diverged: bool = False
    examples: Mapping[Outcome, Run] = field(default_factory=dict)
    reduction: Reduction | None = None
    hash: str = ""
    vacuous: str | None = None
    differs: str = ""
    kept_to: int | None = None
    remembered: int = 0
    taken_over: int = 0

    @property
    def smallest(self) -> tuple[Run, Outcome] | None:
        """The unsafe schedule with the fewest preemptions, then the fewest steps, or None."""
        return self.simplest(lambda outcome: outcome.unsafe)

    def simplest(self, wanted: Callable[[Outcome], bool]) -> tuple[Run, Outcome] | None:
        """Return the simplest of the schedules that ended like this, or None; see `smallest`."""
        found = [(run, outcome) for outcome, run in self.examples.items() if wanted(outcome)]
        return min(found, key=lambda each: each[0].size, default=None)

    def count(self, wanted: Callable[[Outcome], bool]) -> int:
        """Return how many schedules ended like this."""
        return sum(count for outcome, count in self.outcomes.items() if wanted(outcome))

    @property
    def schedules(self) -> int:
        """How many schedules were run, or are in the classes that were."""
        return sum(self.outcomes.values())

    @property
    def unsafe(self) -> int:
        """How many of them broke an invariant."""
        return self.count(lambda outcome: outcome.unsafe)

    @property
    def with_errors(self) -> int:
        """How many of them saw a failed statement or a failed answer, safe or not."""
        return self.count(lambda outcome: bool(outcome.errors))

    @property
    def errors(self) -> Counter[str]:
        """In how many schedules each error was met: by SQLSTATE, and by what an answer said."""
        found = Counter[str]()
        for outcome, count in self.outcomes.items():
            found.update(dict.fromkeys(outcome.errors, count))
        return found

    @property
    def failed(self) -> int:
        """How many of them had a request that failed: one answered 500 or above, or raised."""
        return self.count(lambda outcome: FAILED in outcome.answers)

    @property
    def failed_with(self) -> str:
        """The same in short, '12 of 20 answer 500'; or '' where none failed."""
        if not self.failed:
            return ""
        statuses = {
            error
            for outcome in self.outcomes
            if FAILED in outcome.answers
            for error in outcome.errors
            if _STATUS.fullmatch(error)
        }
        how = f"answer {' or '.join(sorted(statuses))}" if statuses else "fail"
        return f"{short(self.failed)} of {short(self.schedules)} {how}"

    @property
    def exhausted(self) -> bool:
        """Whether every schedule was run, or is in a class that was."""
        return self.inconclusive is None

    @property
    def verdict(self) -> Verdict:
        """UNSAFE as soon as one schedule is; SAFE only where all were seen and none is.

        And where something could have been otherwise: else VACUOUS.
        """
        if self.diverged:
            return Verdict.INCONCLUSIVE
        if self.unsafe:
            return Verdict.UNSAFE
        if self.vacuous:
            return Verdict.VACUOUS
        return Verdict.SAFE if self.exhausted else Verdict.INCONCLUSIVE

    @property
    def bound(self) -> int | None:
        """Up to so many preemptions every schedule was seen, of a search that was cut short."""
        if self.exhausted:
            return None
        return self.reduction.bound if self.reduction else self.kept_to

    @property
    def told(self) -> str:
        """The verdict in words, or up to how many preemptions no invariant broke."""
        if self.verdict is Verdict.INCONCLUSIVE and self.bound is not None:
            return f"no invariant broke up to {preemptions(self.bound)}"
        return self.verdict.value

    @property
    def alike(self) -> bool:
        """Whether all schedules ended in the same way, so that no judge was put to the test."""
        return self.exhausted and self.schedules > 1 and len(self.outcomes) == 1

    def __str__(self) -> str:
        """The certificate in one line."""
        if self.vacuous:
            return f"vacuous: {self.vacuous}"
        seen = "exhausted" if self.exhausted else f"not exhausted: {self.inconclusive}"
        if self.verdict is Verdict.INCONCLUSIVE:
            seen = f"{self.told}, {seen}"
        grain = f"statement by statement, {counted(self.requests, 'request')}"
        classes = f", {self.reduction}" if self.reduction else ""
        assumed = "".join(f", if {each}" for each in sorted(self.assumed))
        masked = f", masked: {', '.join(self.masked)}" if self.masked else ""
        approximated = "".join(
            f", approximated: {column} ({how})" for column, how in self.approximated.items()
        )
        of = counted(self.schedules, "schedule").replace(str(self.schedules), short(self.schedules))
        return (
            f"{short(self.unsafe)} of {of} unsafe"
            f"{self._by_preemptions}{classes}, {seen}{self._by_whom}{assumed}{masked}"
            f"{approximated}{self._failures} ({grain})"
        )

    @property
    def failures(self) -> str:
        """In how many schedules a request failed, and with which errors; or ''.

        Whoever failed was refused, so that an invariant may hold; nobody wants it all the same.
        """
        failed = [outcome for outcome in self.outcomes if FAILED in outcome.answers]
        if not failed:
            return ""
        count = short(sum(self.outcomes[outcome] for outcome in failed))
        codes = sorted({error for outcome in failed for error in outcome.errors})
        told = [sqlstate(code) if _SQLSTATE.fullmatch(code) else code for code in codes]
        met = ", ".join([*told[:_MOST_ERRORS], *(["..."] if len(told) > _MOST_ERRORS else [])])
        return f"in {count} of them a request failed{met and f' ({met})'}"

    @property
    def _failures(self) -> str:
        return f", {self.failures}" if self.failures else ""

    @property
    def runs(self) -> int:
        """How many schedules were run, of whatever it stands for."""
        return self.reduction.runs if self.reduction else self.schedules

    @property
    def _by_whom(self) -> str:
        """How many of the runs were the application's, where some were not."""
        if not self.remembered and not self.taken_over:
            return ""
        asked = self.runs - self.remembered - self.taken_over
        kinds = {"remembered": self.remembered, "taken over from an earlier run": self.taken_over}
        told = [f"{count} {kind}" for kind, count in kinds.items() if count]
        return f", {' and '.join([f'{asked} run by the application', *told])}"

    @property
    def _by_preemptions(self) -> str:
        """The same for each number of preemptions, where some schedules are unsafe."""
        if not self.unsafe:
            return ""
        counts = sorted(self.by_preemptions.items())
        told = [pair for pair in counts if pair[1][0] < BILLION][:_LEVELS]
        if len(counts) <= _LEVELS:
            told = counts
        each = ", ".join(f"{n}: {short(unsafe)}/{short(count)}" for n, (count, unsafe) in told)
        return f" (by preemptions {each}{', …' if len(told) < len(counts) else ''})"
