"""Counts schedules while they are run; the only writer of a certificate."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from dataclasses import replace
from typing import Final

from racewalk.schedule.masks import Masks
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.certificate import Certificate, Reduction
from racewalk.search.strategy import Weighed

_NOTHING: Counter[str] = Counter()


class Tally:
    """One search, run by run.

    Args:
        requests: how many race.

    Attributes:
        runs: how many schedules were run.
    """

    def __init__(self, requests: int) -> None:
        self.runs = 0
        self._requests = requests
        self._outcomes: Counter[Outcome] = Counter()
        self._by_preemptions: dict[int, tuple[int, int]] = {}
        self._schedules: list[tuple[str, ...]] = []
        self._steps: dict[tuple[int, tuple[str, ...]], str] = {}
        self._examples: dict[Outcome, Run] = {}
        self._stopped: str | None = None
        self._diverged = False

    def add(self, run: Run, outcome: Outcome) -> None:
        """Count one schedule."""
        self.runs += 1
        self._count(outcome, run.preemptions, 1)
        self._schedules.append(self._parts(run, outcome))
        known = self._examples.get(outcome)
        if known is None or run.size < known.size:
            self._examples[outcome] = run

    def stop(self, why: str, diverged: bool = False) -> None:
        """Note that not all was seen, or that what was seen does not count."""
        self._stopped, self._diverged = why, diverged

    def certificate(
        self,
        seconds: float = 0.0,
        noise: Counter[str] = _NOTHING,
        masks: Masks | None = None,
        assumed: frozenset[str] = frozenset(),
        reduction: Reduction | None = None,
        weighed: Weighed | None = None,
        bound: int | None = None,
    ) -> Certificate:
        """Return what was proved.

        Args:
            seconds: that the search took.
            noise: what passed without being a step, by rule.
            masks: those that the runs were compared with.
            assumed: what was met and taken not to happen, in words.
            reduction: what a search that ran one schedule of each class adds.
            weighed: all schedules of its classes, which are counted then in place of the runs.
            bound: up to so many preemptions all was run, of a search that ran every schedule.
        """
        if weighed is not None:
            self._outcomes, self._by_preemptions = Counter(), {}
            for outcome, by_preemptions in weighed:
                for preemptions, schedules in by_preemptions.items():
                    self._count(outcome, preemptions, schedules)
        if reduction and self._stopped and not self._stopped.startswith("the budget"):
            reduction = replace(reduction, bound=None)
        return Certificate(
            requests=self._requests,
            outcomes=self._outcomes,
            by_preemptions=self._by_preemptions,
            noise=noise,
            masked=tuple(sorted(masks.met)) if masks else (),
            approximated=dict(sorted(masks.approximated)) if masks else {},
            assumed=assumed,
            seconds=seconds,
            inconclusive=self._stopped,
            diverged=self._diverged,
            examples=self._examples,
            reduction=reduction,
            hash=_digest(self._schedules),
            kept_to=None if reduction else bound,
        )

    def _count(self, outcome: Outcome, preemptions: int, schedules: int) -> None:
        self._outcomes[outcome] += schedules
        count, unsafe = self._by_preemptions.get(preemptions, (0, 0))
        unsafe += schedules if outcome.unsafe else 0
        self._by_preemptions[preemptions] = (count + schedules, unsafe)

    def _parts(self, run: Run, outcome: Outcome) -> tuple[str, ...]:
        """One schedule without ids and times: its choices, its end, its steps.

        There may be hundreds of thousands, made of the same few hundred texts, which are kept once.
        """
        facts = list(outcome.facts.plain().items())
        end = _json((facts, outcome.answers, outcome.violations, outcome.errors))
        steps = (self._step(step.request, run.masks.shapes(step)) for step in run.steps)
        return (str(run.schedule), sys.intern(end), *steps)

    def _step(self, request: int, shapes: tuple[str, ...]) -> str:
        """What a request said, as it is told in a schedule."""
        step = (request, shapes)
        if step not in self._steps:
            self._steps[step] = _json(step)
        return self._steps[step]


def _digest(schedules: list[tuple[str, ...]]) -> str:
    digest = hashlib.sha256()
    for choices, end, *steps in sorted(schedules):
        digest.update(f"[{_json(choices)},[{','.join(steps)}],{end}]\n".encode())
    return digest.hexdigest()


_json: Final = json.JSONEncoder(separators=(",", ":")).encode
