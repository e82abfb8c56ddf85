"""What an attack cost: pure functions of the history, in units of money."""

from collections.abc import Sequence
from dataclasses import dataclass

from attack.checkers import right_of
from attack.history import Trial
from attack.plan import Cell


@dataclass(frozen=True)
class Loss:
    """What one trial paid out, and what it should have.

    Attributes:
        place: row and stack of the trial.
        right: payouts that the money allowed.
        made: payouts that the log holds.
        kept: money that is on the account still although it was paid out.
        lost: all that was paid out, or is kept, beyond what was there.
        unpaid: what the money allowed and nobody got.
    """

    place: str
    right: int
    made: int
    kept: int
    lost: int
    unpaid: int


def loss(place: str, trial: Trial) -> Loss:
    """Return what a trial cost.

    Paid out too much is lost; so is what a lost update left on the account, which the next
    withdrawal gets. An overdrawn account keeps nothing: its owner owes.
    """
    right, ledger = right_of(trial), trial.ledger
    overpaid = max(ledger.paid_out - right * trial.amount, 0)
    beyond = ledger.paid_out + max(ledger.balance, 0) - trial.start
    lost = max(overpaid, beyond)
    return Loss(
        place=place,
        right=right,
        made=ledger.payouts,
        kept=lost - overpaid,
        lost=lost,
        unpaid=max(right * trial.amount - ledger.paid_out, 0),
    )


def worst_loss(cells: Sequence[Cell]) -> Loss | None:
    """Return the trial that lost most, or where none lost anything paid least; None without any."""
    losses = [loss(cell.place, trial) for cell in cells for trial in cell.trials]
    return max(losses, key=lambda each: (each.lost, each.unpaid), default=None)
