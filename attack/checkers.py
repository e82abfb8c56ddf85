"""The verdict: pure functions of the history.

Invariants, all read from the database: start == balance + paid out; balance >= 0; every
acknowledged payout has a log row; each log row pays what was asked for; no more log rows than
acknowledged payouts and requests that withdraw() did not answer; nobody else's money changes.
Requests that carry one key are one intent, and count once.
"""

from collections.abc import Sequence
from typing import Literal

from attack.counting import counted
from attack.history import Fate, Request, Trial
from shared_db.catalogue import Setting

Verdict = Literal["exploited", "held", "starved", "unknown"]


def right_payouts(intents: int, start: int, amount: int) -> int:
    """Return how many payouts the money allows: min(intents, start // amount)."""
    return min(intents, start // amount)


def money_for(withdrawals: int, start: int, amount: int) -> Setting | None:
    """Return what an account holds money for, as the catalogue calls it: all, one, or None."""
    if start // amount >= withdrawals:
        return "all"
    return "one" if start // amount == 1 else None


def right_of(trial: Trial) -> int:
    """Return how many payouts are right in a trial in which all requests are answered."""
    intents = 1 if trial.one_intent else len(trial.requests)
    return right_payouts(intents, trial.start, trial.amount)


def _intents(trial: Trial, *fates: Fate) -> int:
    """Return to how many intents the requests of these fates belong."""
    requests = sum(request.fate in fates for request in trial.requests)
    return min(requests, 1) if trial.one_intent else requests


def broken_invariants(trial: Trial) -> list[str]:
    """Return what the ledger of a trial violates, each in a few words; empty where it is sound."""
    ledger = trial.ledger
    paid, possible = _intents(trial, "paid"), _intents(trial, "paid", "lost", "unknown")
    logged = counted(ledger.payouts, "payout")
    checks = {
        f"start {trial.start} != balance {ledger.balance} + paid out {ledger.paid_out}": (
            trial.start != ledger.balance + ledger.paid_out
        ),
        f"balance {ledger.balance} is negative": ledger.balance < 0,
        f"{logged} of {trial.amount} logged, {ledger.paid_out} paid out": (
            ledger.paid_out != ledger.payouts * trial.amount
        ),
        f"{counted(paid, 'payout')} acknowledged, {ledger.payouts} logged": paid > ledger.payouts,
        f"{logged} logged, at most {possible} requested": ledger.payouts > possible,
        f"money of others changed: {', '.join(trial.touched)}": bool(trial.touched),
    }
    return [words for words, broken in checks.items() if broken]


def max_overlap(trial: Trial) -> int:
    """Return how many calls were under way at once, at the most: of withdraw(), and beside it."""
    edges: list[tuple[int, int]] = []
    for request in trial.salvo:
        if request.entered_ns is not None and request.left_ns is not None:
            edges += [(request.entered_ns, 1), (request.left_ns, -1)]
    most = now = 0
    # At the same instant a return counts before an entry: touching is not overlapping.
    for _, step in sorted(edges):
        now += step
        most = max(most, now)
    return most


def overlapped(trial: Trial) -> bool:
    """Tell whether a withdrawal met another, or the request that was to be met beside it."""
    if not trial.beside:
        return max_overlap(trial) >= 2
    return any(_meet(one, other) for one in trial.requests for other in trial.beside)


def _meet(one: Request, other: Request) -> bool:
    if one.entered_ns is None or one.left_ns is None:
        return False
    if other.entered_ns is None or other.left_ns is None:
        return False
    return one.entered_ns < other.left_ns and other.entered_ns < one.left_ns


def judge_trial(trial: Trial) -> Verdict:
    """Return the verdict of one trial."""
    if broken_invariants(trial):
        return "exploited"
    if not trial.decided:
        return "unknown"
    if trial.ledger.payouts < right_of(trial):
        return "starved"
    return "held" if overlapped(trial) else "unknown"


def judge_cell(trials: Sequence[Trial]) -> Verdict:
    """Return the verdict of all trials of a cell: the worst one decides, and none is no proof."""
    found = {judge_trial(trial) for trial in trials}
    order: tuple[Verdict, ...] = ("exploited", "starved", "unknown")
    return next((verdict for verdict in order if verdict in found), "held" if found else "unknown")
