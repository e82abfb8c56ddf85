"""A withdrawal that is asked for, and what the database says of an account afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attack.grade.accounts import NAMES
from attack.grade.trial import RAISED, Ask, Fault
from racewalk import Facts


@dataclass(frozen=True)
class Wish:
    """A withdrawal that is asked for.

    Attributes:
        user: whose, by id.
        amount: how much.
        key: of the intent.
    """

    user: int
    amount: int
    key: str

    @property
    def ask(self) -> Ask:
        """The request."""
        return Ask("withdraw", self.user, (("amount", str(self.amount)), ("key", self.key)))


def anywhere(facts: Facts, answers: Sequence[str]) -> Fault | None:
    """Return what is wrong whatever was asked for, or None."""
    if facts.number("elsewhere"):
        return Fault("touches_others")
    return Fault("fails") if RAISED in answers else None


def account(facts: Facts, user: int) -> tuple[int, list[int]]:
    """Return a user's balance, and the amounts in their log."""
    name = NAMES[user]
    log = str(facts[f"{name}.log"])
    return facts.number(f"{name}.money"), [int(each) for each in log.split(",") if each]


def seen(
    user: int, start: int, amounts: list[int], told: list[str], money: int, log: list[int]
) -> str:
    """Tell in words how it ended for a user.

    Args:
        user: by id.
        start: their balance before.
        amounts: that they asked for.
        told: what was answered.
        money: their balance now.
        log: amounts in their log.
    """
    asked = " and ".join(map(str, amounts[:2])) + (" …" if len(amounts) > 2 else "")
    rows = f"{len(log)} row{'s' * (len(log) != 1)}" + (f" of {_list(log)}" if log else "")
    answers = ", ".join(told[:2]) + (" …" if len(told) > 2 else "")
    return (
        f"{NAMES[user].capitalize()} had {start} and asked for {asked}. The answers: {answers}. "
        f"Now the account holds {money}, and the log has {rows}."
    )


def _list(log: list[int]) -> str:
    return ", ".join(map(str, log[:4])) + (" …" if len(log) > 4 else "")
