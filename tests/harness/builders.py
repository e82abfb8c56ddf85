"""Histories written by hand."""

from attack.history import Fate, Request, Trial
from attack.ledger import LedgerState


def request(fate: Fate, entered: int = 0, left: int = 10) -> Request:
    """Return a request whose withdraw() ran from `entered` to `left`, in nanoseconds."""
    status = {"paid": 302, "refused": 200, "lost": 302, "unknown": None}[fate]
    if status is None:
        return Request(fate, None, "ReadTimeout", entered, left)
    return Request(fate, status, None, entered, left, entered_ns=entered, left_ns=left, worker=1)


def trial(
    *fates: Fate,
    balance: int,
    payouts: int,
    start: int = 20,
    requests: tuple[Request, ...] | None = None,
) -> Trial:
    """Return a trial of withdrawals of 10 with this ledger at its end."""
    return Trial(
        stack="flask",
        strategy="no_lock",
        technique="burst",
        start=start,
        amount=10,
        requests=requests or tuple(request(fate) for fate in fates),
        ledger=LedgerState(balance=balance, paid_out=10 * payouts, payouts=payouts),
    )
