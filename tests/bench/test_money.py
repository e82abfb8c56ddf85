"""Whether the money is right: of what the database tells, and of what the clients were told."""

import pytest

from attack.bench.accounts import START
from attack.bench.money import Ledgers, faults
from attack.bench.tally import Tally

RIGHT = Ledgers(wrong=0, overdrawn=0, balance=2 * START - 7, paid_out=7, payouts=7)


def test_right_money_has_no_fault() -> None:
    assert faults(RIGHT, Tally(paid=7), accounts=2) == []


def test_a_request_without_an_answer_may_have_been_paid_or_not() -> None:
    assert faults(RIGHT, Tally(paid=6, undecided=1), accounts=2) == []
    assert faults(RIGHT, Tally(paid=7, undecided=1), accounts=2) == []


@pytest.mark.parametrize(
    ("ledgers", "paid", "words"),
    [
        (Ledgers(1, 0, 2 * START - 6, 7, 7), 7, "wrong: 1 of 2 accounts, by 1 in all"),
        (Ledgers(1, 0, 2 * START - 9, 7, 7), 7, "wrong: 1 of 2 accounts, by 2 in all"),
        (Ledgers(0, 1, 0, 2 * START, 2 * START), 2 * START, "overdrawn: 1 of 2 accounts"),
        (Ledgers(0, 0, 2 * START - 7, 7, 4), 4, "4 payouts of 1 logged, 7 paid out"),
        (RIGHT, 8, "8 payouts acknowledged, 7 logged"),
        (RIGHT, 6, "7 payouts logged, at most 6 requested"),
    ],
)
def test_wrong_money_is_told(ledgers: Ledgers, paid: int, words: str) -> None:
    assert faults(ledgers, Tally(paid=paid), accounts=2) == [words]
