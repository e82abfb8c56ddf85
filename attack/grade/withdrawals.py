"""The trials of a withdrawal: its numbers are drawn from a seed, so that none can be foreseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from attack.grade import accounts
from attack.grade.accounts import FREE, NAMES, STRICT
from attack.grade.trial import GIVEN_UP, PAID, RAISED, REFUSED, Ask, Fault, Judged, Trial
from racewalk import Facts, Run

_LEAST, _MOST = 7, 60
_SALVO: Final = 16
"""Requests of the short attack; there is money for half of them."""
_UNEQUAL: Final = (0, 3, 5)
"""By how much three amounts differ from the one that is asked for elsewhere."""
_VERSION: Final = 7
"""Of each row that races, at the start."""


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
                fault = _same_version(starts, facts, answers, wishes)
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
            tuple(accounts.balance(user, money, _VERSION) for user, money in starts.items()),
            accounts.facts(list(starts)),
            judged,
            "money",
            refined=_retried_in_vain,
        )


def in_turn(
    wishes: Sequence[Wish], starts: dict[int, int], facts: Facts, answers: Sequence[str]
) -> Fault | None:
    """Return what is wrong after withdrawals one after the other, or None."""
    if fault := _anywhere(facts, answers):
        return fault
    left, logs, right = dict(starts), {user: list[int]() for user in starts}, list[str]()
    paid = set[tuple[int, str]]()
    for wish in wishes:
        intent = wish.user, wish.key
        granted = intent in paid or wish.amount <= left[wish.user]
        if granted and intent not in paid:
            left[wish.user] -= wish.amount
            logs[wish.user].append(wish.amount)
            paid.add(intent)
        right.append(PAID if granted else REFUSED)
    for user in starts:
        money, log = _account(facts, user)
        mine = [i for i, wish in enumerate(wishes) if wish.user == user]
        told, due = [answers[i] for i in mine], [right[i] for i in mine]
        seen = _seen(user, starts[user], [wishes[i].amount for i in mine], told, money, log)
        if word := _in_turn_word(
            told,
            due,
            starts[user],
            left[user],
            logs[user],
            money,
            log,
            [wishes[i].key for i in mine],
        ):
            return Fault(word, seen)
    return None


def _in_turn_word(
    told: list[str],
    due: list[str],
    start: int,
    left: int,
    logs: list[int],
    money: int,
    log: list[int],
    keys: list[str],
) -> str:
    if PAID in due and PAID not in told:
        return "refuses_all" if money == start and not log else "says_refused"
    if any(t == GIVEN_UP and d == REFUSED for t, d in zip(told, due, strict=True)):
        return "no_refusal"
    wrongly_refused = any(t != PAID and d == PAID for t, d in zip(told, due, strict=True))
    wrongly_paid = any(t == PAID and d != PAID for t, d in zip(told, due, strict=True))
    if wrongly_paid:
        if log == logs and money == left:
            return "says_paid"
        return "logs_without_debit" if len(log) > len(logs) and money == left else "no_check"
    if wrongly_refused:
        if log == logs:
            return "says_refused" if len(set(keys)) == len(keys) else "refuses_repeat"
        return "refuses_wrongly"
    if not log and logs:
        return "says_paid" if money == start else "skips_log"
    if len(log) < len(logs):
        return "skips_log"
    if len(log) > len(logs):
        return "leaves_a_trace" if REFUSED in due and money == left else "doubles_log"
    if log != logs:
        return "wrong_numbers"
    if money != left:
        return "logs_without_debit" if money == start else "wrong_numbers"
    return ""


def at_once(
    wishes: Sequence[Wish], starts: dict[int, int], facts: Facts, answers: Sequence[str]
) -> Fault | None:
    """Return what is wrong after withdrawals at once, each account judged by itself, or None."""
    if fault := _anywhere(facts, answers):
        return fault
    for user, start in starts.items():
        mine = [number for number, wish in enumerate(wishes) if wish.user == user]
        told, amounts = [answers[n] for n in mine], [wishes[n].amount for n in mine]
        intents = {wishes[number].key: wishes[number].amount for number in mine}
        money, log = _account(facts, user)
        word = _at_once_word(told, list(intents.values()), start, money, log)
        if word:
            return Fault(word, _seen(user, start, amounts, told, money, log))
    return None


def _at_once_word(
    told: list[str], intents: list[int], start: int, money: int, log: list[int]
) -> str:
    # Whoever comes first, so many can be paid.
    due = len(intents) if sum(intents) <= start else start // max(intents)
    paid, repeats = told.count(PAID), len(intents) < len(told)
    if set(log) - set(intents):
        return "wrong_numbers"
    if money + sum(log) > start or Counter(log) - Counter(intents):
        return "pays_twice"
    if money + sum(log) < start:
        return "money_vanishes"
    if money < 0:
        return "below_zero"
    if (paid and not log) or (paid > len(log) and not repeats):
        return "says_paid"
    if paid < len(log):
        return "says_refused"
    if repeats and REFUSED in told:
        return "refuses_repeat"
    if len(log) < due:
        return "gives_up" if GIVEN_UP in told else "starves"
    return ""


def _same_version(
    starts: dict[int, int], facts: Facts, answers: Sequence[str], wishes: Sequence[Wish]
) -> Fault | None:
    for user in starts:
        paid = any(a == PAID and w.user == user for a, w in zip(answers, wishes, strict=True))
        if paid and facts.number(f"{NAMES[user]}.version") == _VERSION:
            return Fault("version_not_bumped")
    return None


def _anywhere(facts: Facts, answers: Sequence[str]) -> Fault | None:
    if facts.number("elsewhere"):
        return Fault("touches_others")
    return Fault("fails") if RAISED in answers else None


def _account(facts: Facts, user: int) -> tuple[int, list[int]]:
    name = NAMES[user]
    log = str(facts[f"{name}.log"])
    return facts.number(f"{name}.money"), [int(each) for each in log.split(",") if each]


def _seen(
    user: int, start: int, amounts: list[int], told: list[str], money: int, log: list[int]
) -> str:
    asked = " and ".join(map(str, amounts[:2])) + (" …" if len(amounts) > 2 else "")
    rows = f"{len(log)} row{'s' * (len(log) != 1)}" + (f" of {_list(log)}" if log else "")
    answers = ", ".join(told[:2]) + (" …" if len(told) > 2 else "")
    return (
        f"{NAMES[user].capitalize()} had {start} and asked for {asked}. The answers: {answers}. "
        f"Now the account holds {money}, and the log has {rows}."
    )


def _list(log: list[int]) -> str:
    return ", ".join(map(str, log[:4])) + (" …" if len(log) > 4 else "")


def _retried_in_vain(fault: Fault, run: Run) -> Fault:
    """Tell a try that is made again with old values from none that is made."""
    if fault.reason != "gives_up":
        return fault
    for number, answer in enumerate(run.answers):
        tries = [s for s in run.steps if s.request == number and "UPDATE 0" in s.tags]
        if answer.kind in (GIVEN_UP, REFUSED) and len(tries) > 1:
            return Fault("stale_retry", fault.seen)
    return fault
