"""What an exploration proves: how many schedules there are, how many are unsafe, and the simplest.

Its granularity is the statement: what happens inside one is not taken apart, and the share of
unsafe schedules is no probability.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.reduction import Reduction
from racewalk.wire.statements import shape

Verdict = str
"""'unsafe', 'safe', 'safe up to 2 preemptions' (or so), or 'inconclusive'."""
CONCLUSIVE: Final = frozenset({"unsafe", "safe"})


@dataclass(slots=True)
class Certificate:
    """The result of one search, filled schedule by schedule.

    Attributes:
        requests: how many requests raced.
        outcomes: how many schedules ended in each outcome.
        by_preemptions: schedules and unsafe ones among them, by number of preemptions.
        noise: groups that passed without being a step, by rule.
        seconds: wall-clock time that the search took.
        inconclusive: why the search ended before all was seen, or None.
        diverged: whether it was a divergence: then nothing that was seen counts.
        smallest: the unsafe schedule with the fewest preemptions, then the fewest steps.
        reduction: what a search that ran one schedule of each class adds; None for brute force.
            Once such a search is exhausted, all counts are of the schedules in its classes.
    """

    requests: int
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    by_preemptions: dict[int, tuple[int, int]] = field(default_factory=dict)
    noise: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    inconclusive: str | None = None
    diverged: bool = False
    smallest: tuple[Run, Outcome] | None = None
    reduction: Reduction | None = None
    _lines: list[str] = field(default_factory=list)

    def add(self, run: Run, outcome: Outcome) -> None:
        """Count one schedule."""
        self.outcomes[outcome] += 1
        count, unsafe = self.by_preemptions.get(run.preemptions, (0, 0))
        self.by_preemptions[run.preemptions] = (count + 1, unsafe + outcome.unsafe)
        self._lines.append(_line(run, outcome))
        if outcome.unsafe and (not self.smallest or _size(run) < _size(self.smallest[0])):
            self.smallest = (run, outcome)

    def weigh(self, classes: Iterable[tuple[Outcome, Mapping[int, int]]]) -> None:
        """Count all schedules of each class, told by outcome and number by preemptions."""
        self.outcomes.clear()
        self.by_preemptions.clear()
        for outcome, by_preemptions in classes:
            self.outcomes[outcome] += sum(by_preemptions.values())
            for preemptions, schedules in by_preemptions.items():
                count, unsafe = self.by_preemptions.get(preemptions, (0, 0))
                unsafe += schedules if outcome.unsafe else 0
                self.by_preemptions[preemptions] = (count + schedules, unsafe)

    @property
    def schedules(self) -> int:
        """How many schedules were run, or are in the classes that were."""
        return self.outcomes.total()

    @property
    def unsafe(self) -> int:
        """How many of them broke an invariant."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.unsafe)

    @property
    def with_errors(self) -> int:
        """How many of them saw a failed statement or a failed answer, safe or not."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.errors)

    @property
    def exhausted(self) -> bool:
        """Whether every schedule was run, or is in a class that was."""
        return self.inconclusive is None

    @property
    def verdict(self) -> Verdict:
        """'unsafe' as soon as one schedule is; 'safe' only where all were seen and none is.

        A reduced search that its budget cut short is 'safe up to n preemptions'.
        """
        if self.diverged:
            return "inconclusive"
        if self.unsafe:
            return "unsafe"
        if self.exhausted:
            return "safe"
        if self.reduction and self.reduction.bound is not None:
            bound = self.reduction.bound
            return f"safe up to {bound} preemption{'' if bound == 1 else 's'}"
        return "inconclusive"

    @property
    def hash(self) -> str:
        """SHA-256, in hex, over the sorted list of choices, normalised SQL and outcome."""
        digest = hashlib.sha256()
        for line in sorted(self._lines):
            digest.update(line.encode() + b"\n")
        return digest.hexdigest()

    def __str__(self) -> str:
        """The certificate in one line."""
        seen = "exhausted" if self.exhausted else f"not exhausted: {self.inconclusive}"
        if self.verdict not in CONCLUSIVE:
            seen = f"{self.verdict}, {seen}"
        grain = f"statement by statement, {self.requests} requests"
        classes = f", {self.reduction}" if self.reduction else ""
        return (
            f"{self.unsafe} of {self.schedules} schedules unsafe{self._by_preemptions}{classes}"
            f", {seen} ({grain})"
        )

    @property
    def _by_preemptions(self) -> str:
        """The same for each number of preemptions, where some schedules are unsafe."""
        if not self.unsafe:
            return ""
        counts = sorted(self.by_preemptions.items())
        each = ", ".join(f"{number}: {unsafe}/{count}" for number, (count, unsafe) in counts)
        return f" (by preemptions {each})"


def _size(run: Run) -> tuple[int, int, tuple[int, ...]]:
    return run.preemptions, len(run.steps), run.schedule


def _line(run: Run, outcome: Outcome) -> str:
    """One schedule without ids and times."""
    steps = [(step.request, [shape(s.sql) for s in step.statements]) for step in run.steps]
    ledger = outcome.ledger
    end = (ledger.balance, ledger.paid_out, outcome.answers, outcome.violations, outcome.errors)
    return json.dumps((run.schedule, steps, end), separators=(",", ":"))
