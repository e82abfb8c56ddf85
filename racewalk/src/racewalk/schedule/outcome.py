"""What a schedule left, and whether it broke an invariant.

The facts decide, never the answer: an answer only says what the client was told. What is a fact
and what is an invariant is said from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from racewalk.schedule.record import Answer, Run

_FAULTS = frozenset({"failed", "unknown"})

Fact = int | str | None
"""One value that SQL read after a schedule."""


@dataclass(frozen=True, slots=True)
class Facts(Mapping[str, Fact]):
    """Named values, read from the database after a schedule.

    Attributes:
        pairs: each with its name.
        rows: what was written, a line for each row, without what differs from run to run; ''
            where nothing was, or nobody asks.
    """

    pairs: tuple[tuple[str, Fact], ...] = ()
    rows: str = ""

    def __getitem__(self, name: str) -> Fact:
        for known, value in self.pairs:
            if known == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def number(self, name: str) -> int:
        """Return a fact that is a number.

        Raises:
            ValueError: it is none.
        """
        value = self[name]
        if not isinstance(value, int):
            raise ValueError(f"the fact {name!r} is no number: {value!r}")
        return value


Judge = Callable[[Facts, Sequence[Answer]], bool]
"""A question about an end; True where all is well."""
Judges = Mapping[str, Judge]
"""Each by the name of the invariant that it asks for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a schedule ended.

    Attributes:
        facts: what the database says.
        answers: the kind of each request's answer.
        violations: names of the broken invariants, sorted.
        errors: SQLSTATEs of failed steps, and details of answers that
            are 'failed' or 'unknown', sorted, without repeats.
        waited: whether a request waited for another, in the database or in the application; it
            is the same in all schedules of a class.
    """

    facts: Facts
    answers: tuple[str, ...]
    violations: tuple[str, ...]
    errors: tuple[str, ...]
    waited: bool = False

    @property
    def unsafe(self) -> bool:
        """Whether an invariant broke."""
        return bool(self.violations)


def judge(run: Run, facts: Facts, judges: Judges) -> Outcome:
    """Return the outcome of a run that left the given facts."""
    errors = {step.error for step in run.steps if step.error}
    errors |= {answer.detail for answer in run.answers if answer.kind in _FAULTS}
    broken = (name for name, holds in judges.items() if not holds(facts, run.answers))
    return Outcome(
        facts,
        tuple(answer.kind for answer in run.answers),
        tuple(sorted(broken)),
        tuple(sorted(errors)),
        any(step.completed > step.released for step in run.steps)
        or any(choice.inside for choice in run.choices),
    )
