"""The accounts of those who raced, as the facts of a schedule tell them; amounts in whole money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from attack.explore.cells import Cell
from racewalk import Facts
from shared_db.accounts import USERS

PARTS: Final = ("balance", "paid_out", "payouts")
"""What is read of each account, in the order of the site's query."""


OTHERS: Final = "others"
"""A fact: how many accounts of those who did not race are not as they were."""


def fact(user: int, part: str) -> str:
    """Return the name of a fact: whose, and what of it."""
    return f"{USERS[user].username}.{part}"


def names(users: int) -> list[str]:
    """Return the names of all facts of a schedule, in order."""
    return [*(fact(user, part) for user in range(users) for part in PARTS), OTHERS]


@dataclass(frozen=True, slots=True)
class Ledger:
    """An account, or the sums of several.

    Attributes:
        start: balance before the schedule.
        balance: balance after it.
        paid_out: sum of the payouts logged.
        payouts: number of the payouts logged.
    """

    start: int
    balance: int
    paid_out: int
    payouts: int

    @property
    def lost(self) -> int:
        """How much more was paid out than the balance tells, or than there was."""
        return max(self.balance + self.paid_out - self.start, self.paid_out - self.start, 0)

    def __str__(self) -> str:
        """Say what became of the money."""
        return f"held {self.start}, paid out {self.paid_out}, balance {self.balance}"


def accounts(cell: Cell, facts: Facts) -> tuple[Ledger, ...]:
    """Return the account of each user, in order."""
    return tuple(
        Ledger(cell.start, *(facts.number(fact(user, part)) for part in PARTS))
        for user in range(len(facts) // len(PARTS))
    )


def together(cell: Cell, facts: Facts) -> Ledger:
    """Return the sums of all accounts."""
    each = accounts(cell, facts)
    return Ledger(
        start=sum(account.start for account in each),
        balance=sum(account.balance for account in each),
        paid_out=sum(account.paid_out for account in each),
        payouts=sum(account.payouts for account in each),
    )
