"""The trials of a withdrawal: its numbers are drawn from a seed, so that none can be foreseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final

from attack.grade import accounts
from attack.grade.accounts import FREE, STRICT
from attack.grade.trial import Fault, Judged, Trial
from attack.grade.withdrawn import Wish
from attack.grade.withdrawn_at_once import at_once, retried_in_vain
from attack.grade.withdrawn_in_turn import VERSION, in_turn, same_version
from racewalk import Facts

_LEAST, _MOST = 7, 60
_SALVO: Final = 16
"""Requests of the short attack; there is money for half of them."""
_UNEQUAL: Final = (0, 3, 5)
"""By how much three amounts differ from the one that is asked for elsewhere."""


class Withdrawals:
    """What a withdrawal is put to.

    Args:
        random: draws the numbers.
        keyed: whether one key is one intent, so that its repeat is told the same.
        strict: whether it is tried on an account whose balance may not fall below zero.
        versioned: whether each payment has to leave a new version.
    """

    parents_first = accounts.PARENTS_FIRST
    grants = accounts.GRANTS

    def __init__(
        self,
        random: Random,
        *,
        keyed: bool = False,
        strict: bool = False,
        versioned: bool = False,
    ) -> None:
        self.tables = accounts.tables(random)
        self._random, self._keyed, self._versioned = random, keyed, versioned
        # Others in each phase: who repairs it for one account alone is found in the next.
        self._users = random.sample(STRICT if strict else FREE, 4)
        self._user, self._other = self._users[:2]
        self._amount = random.randint(_LEAST, _MOST)
        self._keys = 0

    def contract(self) -> list[Trial]:
        """Return what is tried with one request after the other."""
        user, other, amount = self._user, self._other, self._amount
        more = amount + self._random.randint(1, 9)
        rest = self._random.randint(1, amount - 1)
        trials = [
            self._in_turn(
                "one withdrawal each",
                {user: amount + rest, other: more},
                self._wish(user, amount),
                self._wish(other, more),
            ),
            self._in_turn(
                "more than there is",
                {user: amount},
                self._wish(user, amount + 1),
                self._wish(user, amount),
            ),
            self._in_turn(
                "all of it, in two parts",
                {user: 2 * amount},
                self._wish(user, amount),
                self._wish(user, amount),
            ),
            self._in_turn(
                "once too often", {user: amount}, self._wish(user, amount), self._wish(user, amount)
            ),
        ]
        if self._keyed:
            wish = self._wish(user, amount)
            trials += [
                self._in_turn("the same form twice", {user: 2 * amount}, wish, wish),
                self._in_turn("a form that was refused, again", {user: amount - 1}, wish, wish),
                self._in_turn(
                    "one key, two users",
                    {user: amount, other: amount},
                    wish,
                    replace(wish, user=other),
                ),
            ]
        return trials

    def races(self) -> list[Trial]:
        """Return what is explored."""
        user, other, amount = self._user, self._other, self._amount
        trials = [
            self._at_once("money for one of two", {user: amount}, *self._wishes(user, 2)),
            self._at_once("money for both", {user: 2 * amount}, *self._wishes(user, 2)),
        ]
        if self._keyed:
            wish = self._wish(user, amount)
            trials.insert(0, self._at_once("one form, sent twice", {user: 2 * amount}, wish, wish))
        strangers = (self._wish(user, amount), self._wish(other, amount))
        each = {user: amount, other: amount}
        trials.append(replace(self._at_once("two users", each, *strangers), strangers=True))
        return trials

    def overtaking(self) -> Trial:
        """Return three requests, each for another amount, with money for all."""
        amounts = [self._amount + more for more in _UNEQUAL]
        wishes = [self._wish(self._user, amount) for amount in amounts]
        return self._at_once("two go by", {self._user: sum(amounts)}, *wishes)

    def in_one_process(self) -> Trial:
        """Return what is explored with all requests in one process."""
        user = self._users[2]
        return self._at_once("one process", {user: self._amount}, *self._wishes(user, 2))

    def salvo(self) -> Trial:
        """Return the short attack."""
        start = self._amount * (_SALVO // 2)
        user = self._users[3]
        return self._at_once("a short attack", {user: start}, *self._wishes(user, _SALVO))

    def crash(self) -> tuple[Trial, str]:
        """Return two requests, of which the first one's process dies, and what makes it stop.

        The statement is one to be run by somebody else meanwhile: who adds a row to the log waits.
        """
        trial = self._at_once(
            "a crash", {self._user: 2 * self._amount}, *self._wishes(self._user, 2)
        )
        return trial, "LOCK TABLE withdraw_logs IN SHARE ROW EXCLUSIVE MODE"

    def _wishes(self, user: int, count: int) -> list[Wish]:
        return [self._wish(user, self._amount) for _ in range(count)]

    def _wish(self, user: int, amount: int) -> Wish:
        self._keys += 1
        return Wish(user, amount, f"key-{self._keys}-{self._random.randrange(10**9)}")

    def _in_turn(self, title: str, starts: dict[int, int], *wishes: Wish) -> Trial:
        def judged(facts: Facts, answers: Sequence[str]) -> Fault | None:
            fault = in_turn(wishes, starts, facts, answers)
            if not fault and self._versioned:
                fault = same_version(starts, facts, answers, wishes)
            return fault

        return self._trial(title, starts, wishes, judged)

    def _at_once(self, title: str, starts: dict[int, int], *wishes: Wish) -> Trial:
        def judged(facts: Facts, answers: Sequence[str]) -> Fault | None:
            return at_once(wishes, starts, facts, answers)

        return self._trial(title, starts, wishes, judged)

    def _trial(
        self, title: str, starts: dict[int, int], wishes: tuple[Wish, ...], judged: Judged
    ) -> Trial:
        return Trial(
            title,
            tuple(wish.ask for wish in wishes),
            tuple(accounts.balance(user, money, VERSION) for user, money in starts.items()),
            accounts.facts(list(starts)),
            judged,
            "money",
            refined=retried_in_vain,
        )
