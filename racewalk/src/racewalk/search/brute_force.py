"""Brute force: every interleaving, each run from a fresh start.

Stateless depth-first search. Each run gives the choices that were open on its way; the deepest
one with an option untried is where the next run departs from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from racewalk.errors import DivergenceError, ExploreError
from racewalk.schedule.lab import Lab
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Budget:
    """When to end a search that is not exhausted: after so many seconds, or schedules."""

    seconds: float = float("inf")
    schedules: float = float("inf")

    def spent(self, schedules: int, seconds: float) -> str | None:
        """Return what ended the search after so many schedules and seconds, or None."""
        if schedules >= self.schedules:
            return f"the budget of {self.schedules:g} schedules is spent"
        if seconds >= self.seconds:
            return f"the budget of {self.seconds:g} seconds is spent"
        return None


UNLIMITED: Final = Budget()


def brute_force(
    lab: Lab,
    budget: Budget = UNLIMITED,
    seen: Callable[[Run, Outcome], None] = lambda _run, _outcome: None,
) -> Certificate:
    """Run every schedule of the lab's target and return the certificate.

    Args:
        lab: where schedules run; of no further use where the certificate is inconclusive for
            another reason than the budget.
        budget: when to stop.
        seen: called with every run and its outcome.
    """
    certificate = Certificate(lab.target.requests)
    begun = monotonic()
    prefix: list[int] | None = []
    like: Run | None = None
    untried: list[list[int]] = []
    try:
        while prefix is not None:
            certificate.inconclusive = budget.spent(certificate.schedules, monotonic() - begun)
            if certificate.inconclusive:
                break
            run, outcome = lab.run(prefix, like)
            certificate.add(run, outcome)
            seen(run, outcome)
            for choice in run.choices[len(untried) :]:
                untried.append([r for r in choice.enabled if r != choice.chosen])
            prefix, like = _next(run, untried), run
    except ExploreError as error:
        certificate.inconclusive = f"{type(error).__name__.lower()}: {error}"
        certificate.diverged = isinstance(error, DivergenceError)
    certificate.seconds = monotonic() - begun
    certificate.noise = lab.proxy.noise.copy()
    return certificate


def _next(run: Run, untried: list[list[int]]) -> list[int] | None:
    """Return the choices up to the deepest with an option left, taking it; None where none is."""
    while untried and not untried[-1]:
        untried.pop()
    if not untried:
        return None
    return [*run.schedule[: len(untried) - 1], untried[-1].pop(0)]
