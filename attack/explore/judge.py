"""What an exploration says of the money: which invariants a schedule broke, and the verdict.

The ledger decides, never the answer: an answer only says what the client was told. Users have
accounts of their own, and each account is judged by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final, Literal

from attack.checkers import right_payouts
from attack.counting import counted
from attack.explore.cells import AMOUNT, Cell, worst
from attack.explore.ledger import OTHERS, Ledger, accounts, together
from racewalk import Answer, Certificate, Facts, Outcome
from shared_db.catalogue import Explored

CONSERVED: Final = "start == balance + paid_out"
NOT_NEGATIVE: Final = "balance >= 0"
COVERED: Final = "paid_out <= start"
IN_FULL: Final = "paid_out == payouts * amount"
LOGGED: Final = "every success is logged"
ASKED_FOR: Final = "nothing else is logged"

Kind = Explored | Literal["unknown"]
"""What is the worst of one way to end; unknown: no verdict follows from it."""

UNTOUCHED: Final = "nobody else's money changes"

BAD: Final[dict[Kind, str]] = {
    "unsafe": "unsafe",
    "starved": "starved",
    "unknown": "with an answer that decides nothing",
    "waits": "with a wait for another user's request",
    "aborts": "with an abort because of another user's request",
}
"""How a schedule may end that is not safe, and how that is said of some schedules."""

_STATUS_LENGTH: Final = 3
"""Of an HTTP status among the errors of a schedule; an SQLSTATE has five."""

_ABORTED: Final = ("40", "55P03", "57014")
"""Beginnings of the SQLSTATEs by which PostgreSQL gives up one transaction for another: rollbacks
(class 40), a lock that was not to be had, a statement that waited too long."""


Judges = Mapping[str, Callable[[Facts, Sequence[Answer]], bool]]
"""What has to hold of a schedule's facts and answers, by name."""


def judges(cell: Cell) -> Judges:
    """Return what has to hold after each schedule of a cell, of each user's account."""
    asked: dict[str, Check] = {CONSERVED: _conserved, IN_FULL: _in_full}
    if cell.strategy.ledger == "derived":
        asked[COVERED] = _covered
    else:
        asked[NOT_NEGATIVE] = _not_negative
    asked |= {LOGGED: _logged, ASKED_FOR: _asked_for}
    each = {name: partial(_holds, cell, check) for name, check in asked.items()}
    return {**each, UNTOUCHED: _untouched}


Check = Callable[[Cell, Ledger, Sequence[str]], bool]
"""Whether all is well with one account, given what its user's withdrawals were told."""


def _holds(cell: Cell, check: Check, facts: Facts, answers: Sequence[Answer]) -> bool:
    return all(
        check(cell, account, [answers[number].kind for number in _withdrawals(cell, user)])
        for user, account in enumerate(accounts(cell, facts))
    )


def _untouched(facts: Facts, _answers: Sequence[Answer]) -> bool:
    return facts.number(OTHERS) == 0


def _covered(_cell: Cell, account: Ledger, _told: Sequence[str]) -> bool:
    return account.paid_out <= account.start


def _not_negative(_cell: Cell, account: Ledger, _told: Sequence[str]) -> bool:
    return account.balance >= 0


def _conserved(_cell: Cell, account: Ledger, _told: Sequence[str]) -> bool:
    return account.start == account.balance + account.paid_out


def _in_full(_cell: Cell, account: Ledger, _told: Sequence[str]) -> bool:
    return account.paid_out == account.payouts * AMOUNT


def _logged(cell: Cell, account: Ledger, told: Sequence[str]) -> bool:
    return account.payouts >= min(told.count("paid"), _intents(cell, len(told)))


def _asked_for(cell: Cell, account: Ledger, told: Sequence[str]) -> bool:
    most = _intents(cell, len(told))
    return account.payouts <= min(told.count("paid") + told.count("unknown"), most)


def kind(cell: Cell, outcome: Outcome) -> Kind:
    """Return what is the worst of one way to end.

    unsafe: an invariant broke. starved: somebody got fewer payouts than they asked for and their
    money allowed; a request that was given up is not paid. unknown: a request was answered by no
    withdrawal, or what was sent beside one was not done. waits, aborts: a request waited for
    another user's, or was given up or had to be tried again because of it. safe: none of these.
    """
    if outcome.unsafe:
        return "unsafe"
    if any(
        account.payouts < _right(cell, user)
        for user, account in enumerate(accounts(cell, outcome.facts))
    ):
        return "starved"
    if "unknown" in outcome.answers:
        return "unknown"
    if cell.users > 1:
        if outcome.waited:
            return "waits"
        if "failed" in outcome.answers or any(e.startswith(_ABORTED) for e in outcome.errors):
            return "aborts"
    return "safe"


def in_words(cell: Cell, outcome: Outcome) -> str:
    """Return a sentence for a schedule that is not safe although no invariant broke, or ''."""
    match kind(cell, outcome):
        case "starved":
            right = sum(_right(cell, user) for user in range(cell.users))
            return f"Right payouts: {right}. Made: {together(cell, outcome.facts).payouts}."
        case "waits":
            return "A request waits for another user's."
        case "aborts":
            return "A request is aborted because of another user's."
        case _:
            return ""


def ending(cell: Cell, outcome: Outcome) -> str:
    """Return in one line how a schedule ended, money in whole units."""
    ledger = together(cell, outcome.facts)
    whose = "The account" if cell.users == 1 else "The accounts"
    if not outcome.unsafe:
        return f"{whose} {ledger}: no invariant broke."
    cost = f"{ledger.lost} lost" if ledger.lost else "the ledger does not add up"
    return f"{whose} {ledger}: {cost}. Broken: {', '.join(outcome.violations)}."


def kinds(cell: Cell, certificate: Certificate) -> Counter[Kind]:
    """Return in how many schedules each kind was the worst."""
    found = Counter[Kind]()
    for outcome, schedules in certificate.outcomes.items():
        found[kind(cell, outcome)] += schedules
    return found


def verdict(certificate: Certificate, found: Collection[Kind]) -> Explored | None:
    """Return the worst of all ways to end, or None where that is not known.

    One unsafe schedule is enough to know; for the rest all have to have been seen. Whoever was
    answered by no withdrawal broke nothing and starved nobody, but shows nothing better.

    Args:
        certificate: what was seen.
        found: the kinds of its ways to end.
    """
    if certificate.diverged or not found:
        return None
    known = worst([each for each in found if each != "unknown"])
    if "unknown" in found and known not in ("unsafe", "starved"):
        return None
    return known if known == "unsafe" or certificate.exhausted else None


def undecided(cell: Cell, certificate: Certificate) -> str:
    """Return in how many schedules an answer decided nothing, and which ones, or ''."""
    number = kinds(cell, certificate)["unknown"]
    statuses = {
        error
        for outcome in certificate.outcomes
        if kind(cell, outcome) == "unknown"
        for error in outcome.errors
        if len(error) == _STATUS_LENGTH
    }
    told = f"{number} of {counted(certificate.schedules, 'schedule')} answered"
    return f"{told} {', '.join(sorted(statuses))}" if number else ""


def _withdrawals(cell: Cell, user: int) -> list[int]:
    """The numbers of a user's requests that withdraw."""
    return [
        number
        for number, racer in enumerate(cell.racers)
        if racer.user == user and not racer.beside
    ]


def _intents(cell: Cell, withdrawals: int) -> int:
    return min(withdrawals, 1) if cell.one_intent else withdrawals


def _right(cell: Cell, user: int) -> int:
    """How many payouts of a user are right."""
    return right_payouts(_intents(cell, len(_withdrawals(cell, user))), cell.start, AMOUNT)
