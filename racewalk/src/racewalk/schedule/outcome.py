"""What a schedule left, and whether it broke an invariant.

The facts decide, never the answer: an answer only says what the client was told. What is a fact
and what is an invariant is said from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from racewalk.errors import JudgeError
from racewalk.schedule.record import Answer, Run

FAILED: Final = "failed"
FAULTS: Final = frozenset({FAILED, "unknown"})
"""Kinds of answers by which a request was not done."""

Fact = int | bool | Decimal | str | None
"""One value that SQL read after a schedule; of other types than these as PostgreSQL writes it."""


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

    def plain(self) -> dict[str, int | str | None]:
        """Return them as JSON holds them: a Decimal as its text."""
        return {name: plain(value) for name, value in self.pairs}

    def number(self, name: str) -> int:
        """Return a fact that is a number.

        Raises:
            ValueError: it is none.
        """
        value = self[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"the fact {name!r} is no number: {value!r}")
        return value


def plain(fact: Fact) -> int | str | None:
    """Return a fact as JSON holds it: a Decimal as its text."""
    return str(fact) if isinstance(fact, Decimal) else fact


Judge = Callable[[Facts, Sequence[Answer]], bool]
"""A question about an end; True where all is well, False where it is not, and nothing else."""
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
    """Return the outcome of a run that left the given facts.

    Raises:
        JudgeError: a judge failed, or said neither True nor False.
    """
    errors = {step.error for step in run.steps if step.error}
    errors |= {answer.detail for answer in run.answers if answer.kind in FAULTS}
    broken = (name for name in judges if not _holds(name, judges[name], facts, run.answers))
    return Outcome(
        facts,
        tuple(answer.kind for answer in run.answers),
        tuple(sorted(broken)),
        tuple(sorted(errors)),
        any(step.completed > step.released for step in run.steps)
        or any(choice.inside for choice in run.choices),
    )


def _holds(name: str, asked: Judge, facts: Facts, answers: Sequence[Answer]) -> bool:
    """Return what a judge says; 'f' and None are no answer, and would pass for one."""
    try:
        said = asked(facts, answers)
    except Exception as error:  # a judge is somebody else's code
        raise JudgeError(
            f"the judge {name!r} fails with {type(error).__name__}: {error}"
        ) from error
    if not isinstance(said, bool):
        raise JudgeError(f"the judge {name!r} has to say True or False, and said {said!r}")
    return said
