"""What is wrong with withdrawals that came at once, whoever of them was the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from attack.grade.trial import GIVEN_UP, PAID, REFUSED, Fault
from attack.grade.withdrawn import Wish, account, anywhere, seen
from racewalk import Facts, Run


def at_once(
    wishes: Sequence[Wish], starts: dict[int, int], facts: Facts, answers: Sequence[str]
) -> Fault | None:
    """Return what is wrong after withdrawals at once, each account judged by itself, or None."""
    if fault := anywhere(facts, answers):
        return fault
    for user, start in starts.items():
        mine = [number for number, wish in enumerate(wishes) if wish.user == user]
        told, amounts = [answers[n] for n in mine], [wishes[n].amount for n in mine]
        intents = {wishes[number].key: wishes[number].amount for number in mine}
        money, log = account(facts, user)
        word = _at_once_word(told, list(intents.values()), start, money, log)
        if word:
            return Fault(word, seen(user, start, amounts, told, money, log))
    return None


def _at_once_word(
    told: list[str], intents: list[int], start: int, money: int, log: list[int]
) -> str:
    # Whoever comes first, so many can be paid.
    due = len(intents) if sum(intents) <= start else start // max(intents)
    paid, repeats = told.count(PAID), len(intents) < len(told)
    if set(log) - set(intents):
        return "wrong_numbers"
    if Counter(log) - Counter(intents):
        if len(log) <= len(intents):
            return "wrong_numbers"
        return "pays_repeat" if repeats and len(log) <= len(told) else "doubles_log"
    if log and money == start:
        return "logs_without_debit"
    if money + sum(log) > start:
        # Each row of the log was granted with the money that there was, or it was not.
        return "pays_twice" if sum(log) > start else "lost_update"
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


def retried_in_vain(fault: Fault, run: Run) -> Fault:
    """Tell a try that is made again with old values from none that is made."""
    if fault.reason != "gives_up":
        return fault
    for number, answer in enumerate(run.answers):
        tries = [s for s in run.steps if s.request == number and "UPDATE 0" in s.tags]
        if answer.kind in (GIVEN_UP, REFUSED) and len(tries) > 1:
            return Fault("stale_retry", fault.seen)
    return fault
