"""What a schedule left in the database, and whether it broke an invariant.

The ledger decides, never the answer: an answer only says what the client was told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from racewalk.schedule.record import Answer, Run


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of one schedule, read from the database after it; amounts in whole money.

    Attributes:
        start: balance before the schedule.
        balance: balance after it.
        paid_out: sum of the payouts logged.
        payouts: number of the payouts logged.
        users: the same of each user, where there are several; the amounts above are their sums.
    """

    start: int
    balance: int
    paid_out: int
    payouts: int
    users: tuple[Ledger, ...] = ()


Invariants = Callable[[Ledger, Sequence[Answer]], tuple[str, ...]]
"""Returns the names of the invariants that are broken, sorted; none means the schedule is safe."""


def stored_balance(ledger: Ledger, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Judge an account whose balance is a column."""
    paid = sum(answer.kind == "paid" for answer in answers)
    unknown = sum(answer.kind == "failed" for answer in answers)
    broken = {
        "balance >= 0": ledger.balance < 0,
        "start == balance + paid_out": ledger.start != ledger.balance + ledger.paid_out,
        "every success is logged": ledger.payouts < paid,
        "nothing else is logged": ledger.payouts > paid + unknown,
    }
    return tuple(sorted(name for name, is_broken in broken.items() if is_broken))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a schedule ended.

    Attributes:
        ledger: what the database says.
        answers: the kind of each request's answer.
        violations: names of the broken invariants.
        errors: SQLSTATEs of failed steps, and details of failed answers, sorted, without repeats.
        waited: whether a request waited for another, in the database or in the application; it
            is the same in all schedules of a class.
    """

    ledger: Ledger
    answers: tuple[str, ...]
    violations: tuple[str, ...]
    errors: tuple[str, ...]
    waited: bool = False

    @property
    def unsafe(self) -> bool:
        """Whether an invariant broke."""
        return bool(self.violations)


def judge(run: Run, ledger: Ledger, invariants: Invariants) -> Outcome:
    """Return the outcome of a run that left the given ledger."""
    errors = {step.error for step in run.steps if step.error}
    errors |= {answer.detail for answer in run.answers if answer.kind == "failed"}
    return Outcome(
        ledger,
        tuple(answer.kind for answer in run.answers),
        invariants(ledger, run.answers),
        tuple(sorted(errors)),
        any(step.completed > step.released for step in run.steps)
        or any(choice.inside for choice in run.choices),
    )
