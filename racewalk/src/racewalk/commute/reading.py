"""How the statements of a run were read: by their text, by their plans, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from racewalk.commute.transactions import StepFootprint
from racewalk.schedule.record import Run


@dataclass(frozen=True, slots=True)
class Reading:
    """How often statements were read, and the shapes of the others.

    Attributes:
        read: how many were read.
        watched: those whose plans told what they touch, in whole or in part, by shape.
        unreadable: those that neither told of, by shape.
    """

    read: int = 0
    watched: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Reading) -> Reading:
        return Reading(
            self.read + other.read,
            self.watched + other.watched,
            self.unreadable + other.unreadable,
        )


def reading(run: Run, prints: Sequence[StepFootprint]) -> Reading:
    """Count the statements of a run.

    Args:
        run: the run.
        prints: the footprint of each of its steps.
    """
    read, watched, unreadable = 0, Counter[str](), Counter[str]()
    for step, footprint in zip(run.steps, prints, strict=True):
        shape = "; ".join(run.masks.shapes(step))
        read += footprint.read
        if footprint.watched:
            watched[shape] += footprint.watched
        if footprint.unreadable:
            unreadable[shape] += footprint.unreadable
    return Reading(read, watched, unreadable)
