"""The checkers against histories written by hand."""

from dataclasses import replace

import pytest

from attack.checkers import (
    Verdict,
    broken_invariants,
    judge_cell,
    judge_trial,
    max_overlap,
    right_payouts,
)
from attack.history import Fate, Trial
from attack.ledger import LedgerState, touched
from tests.harness.builders import request, trial

PAID = request("paid")
HELD = trial("paid", "paid", "refused", balance=0, payouts=2)
BESIDE = replace(trial("paid", balance=10, payouts=1), beside=(replace(PAID, fate="done"),))
UNDONE: list[tuple[Fate, int]] = [
    ("unknown", 503),
    ("refused", 503),
    ("lost", 302),
    ("paid", 302),
]
LOST_UPDATE = trial("paid", "paid", "paid", balance=10, payouts=3)
STARVED = trial("paid", "refused", "refused", balance=10, payouts=1)
UNANSWERED = trial("paid", "unknown", "refused", balance=0, payouts=2)


def ledger(case: Trial, balance: int, paid_out: int) -> Trial:
    """Return a trial after which the account was another."""
    return replace(case, ledger=LedgerState(balance, paid_out, case.ledger.payouts))


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (LOST_UPDATE, "start 20 != balance 10 + paid out 30"),
        (trial("paid", "paid", "paid", balance=-10, payouts=3), "balance -10 is negative"),
        (trial("paid", "paid", balance=10, payouts=1), "2 payouts acknowledged, 1 logged"),
        (trial("paid", "refused", balance=0, payouts=2), "2 payouts logged, at most 1 requested"),
        (trial("refused", "refused", balance=10, payouts=0), "start 20 != balance 10 + paid out 0"),
        (replace(HELD, touched=("alice", "bob")), "money of others changed: alice, bob"),
        (ledger(HELD, balance=10, paid_out=10), "2 payouts of 10 logged, 10 paid out"),
        (
            ledger(replace(HELD, start=15), balance=0, paid_out=15),
            "2 payouts of 10 logged, 15 paid out",
        ),
    ],
)
def test_each_broken_invariant_is_told(case: Trial, words: str) -> None:
    assert words in broken_invariants(case)


@pytest.mark.parametrize("case", [HELD, STARVED, UNANSWERED])
def test_a_sound_ledger_breaks_none(case: Trial) -> None:
    assert broken_invariants(case) == []


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        (HELD, "held"),
        (LOST_UPDATE, "exploited"),
        (STARVED, "starved"),
        (UNANSWERED, "unknown"),
        (
            trial(
                balance=0,
                payouts=2,
                requests=(request("paid", 0, 10), request("paid", 10, 20)),
            ),
            "unknown",
        ),
        (trial("refused", "refused", "refused", balance=20, payouts=0), "starved"),
        (replace(BESIDE, start=10, ledger=LedgerState(0, 10, 1)), "held"),
        *(
            (replace(BESIDE, beside=(replace(PAID, fate=fate, status=status),)), "unknown")
            for fate, status in UNDONE
        ),
    ],
)
def test_verdict_of_a_trial(case: Trial, verdict: Verdict) -> None:
    assert judge_trial(case) == verdict


@pytest.mark.parametrize(
    ("cases", "verdict"),
    [
        ([HELD, HELD], "held"),
        ([HELD, LOST_UPDATE, UNANSWERED], "exploited"),
        ([HELD, STARVED, UNANSWERED], "starved"),
        ([HELD, UNANSWERED], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_worst_trial_decides_a_cell(cases: list[Trial], verdict: Verdict) -> None:
    assert judge_cell(cases) == verdict


@pytest.mark.parametrize(
    ("spans", "most"),
    [
        ([(0, 10), (10, 20)], 1),
        ([(0, 10), (9, 20), (15, 30)], 2),
        ([(0, 9), (1, 8), (2, 7)], 3),
        ([(5, 5)], 0),
    ],
)
def test_overlap_is_counted_from_entry_to_return(spans: list[tuple[int, int]], most: int) -> None:
    requests = tuple(request("paid", entered, left) for entered, left in spans)
    assert max_overlap(trial(balance=0, payouts=0, requests=requests)) == most


def test_as_many_payouts_are_right_as_the_money_allows() -> None:
    assert right_payouts(32, 160, 10) == 16
    assert right_payouts(4, 160, 10) == 4
    assert right_payouts(32, 9, 10) == 0


@pytest.mark.parametrize(
    ("after", "names"),
    [
        ({"alice": (10, 0), "bob": (10, 5)}, ()),
        ({"alice": (0, 0), "bob": (10, 5)}, ("alice",)),
        ({"alice": (0, 0), "bob": (20, 5)}, ("alice", "bob")),
        # Withdrawals of their owners', from a stored and from a derived balance, and a new account.
        ({"alice": (0, 10), "bob": (10, 15), "carol": (10, 0)}, ()),
        ({"alice": (10, 0)}, ()),
    ],
)
def test_whose_money_changed_without_a_payout(
    after: dict[str, tuple[int, int]], names: tuple[str, ...]
) -> None:
    assert touched({"alice": (10, 0), "bob": (10, 5)}, after) == names
