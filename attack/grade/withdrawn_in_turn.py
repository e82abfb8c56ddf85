"""What is wrong with withdrawals that came one after the other: it is known how each had to end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attack.grade.accounts import NAMES
from attack.grade.trial import GIVEN_UP, PAID, REFUSED, Fault
from attack.grade.withdrawn import Wish, account, anywhere, seen
from racewalk import Facts

VERSION: Final = 7
"""Of each row that is withdrawn from, at the start."""


def in_turn(
    wishes: Sequence[Wish], starts: dict[int, int], facts: Facts, answers: Sequence[str]
) -> Fault | None:
    """Return what is wrong after withdrawals one after the other, or None."""
    if fault := anywhere(facts, answers):
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
        money, log = account(facts, user)
        mine = [i for i, wish in enumerate(wishes) if wish.user == user]
        told, due = [answers[i] for i in mine], [right[i] for i in mine]
        words = seen(user, starts[user], [wishes[i].amount for i in mine], told, money, log)
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
            return Fault(word, words)
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


def same_version(
    starts: dict[int, int], facts: Facts, answers: Sequence[str], wishes: Sequence[Wish]
) -> Fault | None:
    """Return that a row was changed and kept its version, or None."""
    for user in starts:
        paid = any(a == PAID and w.user == user for a, w in zip(answers, wishes, strict=True))
        if paid and facts.number(f"{NAMES[user]}.version") == VERSION:
            return Fault("version_not_bumped")
    return None
