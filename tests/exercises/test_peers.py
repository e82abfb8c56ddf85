"""What is said of the end of a transfer, of scarce things, and of the last two on duty."""

# ruff: noqa: S311 - numbers of a test, no secret

from random import Random
from typing import Any

import pytest

from attack.grade.accounts import NAMES
from attack.grade.admins import Admins
from attack.grade.prizes import Prizes
from attack.grade.transfers import Transfers
from attack.grade.trial import GIVEN_UP, PAID, REFUSED, Trial
from racewalk import Facts, Outcome

ALICE, BOB, CAROL = 1, 2, 3


def reason(
    trial: Trial, answers: tuple[str, ...], errors: tuple[str, ...] = (), **facts: Any
) -> str | None:
    """Return why an end is refused; facts that are not given are 0."""
    pairs = tuple((name, facts.get(name, 0)) for name in trial.facts)
    fault = trial.fault(Outcome(Facts(pairs), answers, (), errors))
    return fault.reason if fault else None


def balances(*money: int) -> dict[str, Any]:
    """Return the balances of the first users."""
    return {NAMES[user]: each for user, each in enumerate(money, 1)}


def test_transfers_to_each_other() -> None:
    kind = Transfers(Random(1))
    much = kind._amount
    trial = kind.races()[1]
    there, back = f"{ALICE}>{BOB}:{much}", f"{BOB}>{ALICE}:{much}"
    both = f"{there},{back}"

    assert reason(trial, (PAID, PAID), log=both, **balances(much, much)) is None
    assert reason(trial, (PAID, PAID), log=both, **balances(much, 2 * much)) == "lost_update"
    assert reason(trial, (PAID, PAID), log=both, **balances(0, much)) == "money_vanishes"
    assert reason(trial, (PAID, PAID), log=both, **balances(0, 2 * much)) == "lost_update"
    assert reason(trial, (PAID, PAID), log=there, **balances(0, 2 * much)) == "says_paid"
    assert reason(trial, (PAID, REFUSED), log=both, **balances(much, much)) == "says_refused"
    assert reason(trial, (PAID, GIVEN_UP), log=there, **balances(0, 2 * much)) == "gives_up"
    given_up = reason(trial, (PAID, GIVEN_UP), ("40P01",), log=there, **balances(0, 2 * much))
    assert given_up == "deadlock"
    assert reason(trial, (PAID, PAID), ("40P01",), log=both, **balances(much, much)) == "deadlock"


def test_more_is_transferred_than_there_is() -> None:
    kind = Transfers(Random(1))
    much = kind._amount
    trial = kind.races()[0]
    both = f"{ALICE}>{BOB}:{much},{ALICE}>{BOB}:{much}"

    assert reason(trial, (PAID, PAID), log=both, **balances(0, 2 * much)) == "pays_twice"
    assert reason(trial, (PAID, PAID), log=both, **balances(0, much)) == "pays_twice"
    assert reason(trial, (PAID, PAID), log=both, **balances(much, 0)) == "logs_without_debit"
    assert reason(trial, (PAID, PAID), log=both, **balances(-much, 2 * much)) == "below_zero"


def test_transfers_in_turn() -> None:
    kind = Transfers(Random(1))
    much = kind._amount
    trial = kind.contract()[1]
    asked, more = f"{ALICE}>{BOB}:{much}", f"{ALICE}>{BOB}:{much + 1}"
    end = balances(0, kind._more + much)

    assert reason(trial, (REFUSED, PAID), log=asked, **end) is None
    assert reason(trial, (PAID, PAID), log=asked, **end) == "says_paid"
    assert reason(trial, (PAID, REFUSED), log=more, **balances(-1, 0)) == "no_check"
    assert reason(trial, (GIVEN_UP, PAID), log=asked, **end) == "no_refusal"
    assert reason(trial, (REFUSED, REFUSED), log="", **balances(much, kind._more)) == "refuses_all"
    assert reason(trial, (REFUSED, PAID), elsewhere=1, log=asked, **end) == "touches_others"


@pytest.mark.parametrize(
    ("number", "overdrawn"),
    list(enumerate(("coupon_twice", "too_many_prizes", "points_below_zero"))),
)
def test_there_are_only_so_many(number: int, overdrawn: str) -> None:
    kind = Prizes(Random(1))
    trial = kind.races()[number]
    rows = {
        0: ("1:1", "1:2"),
        1: ("1", "2"),
        2: (f"1:-{kind._points}", f"1:-{kind._points}"),
    }[number]

    assert reason(trial, (PAID, REFUSED), rows=rows[0]) is None
    assert reason(trial, (PAID, PAID), rows=",".join(rows)) == overdrawn
    assert reason(trial, (REFUSED, REFUSED), rows="") == "starves"
    assert reason(trial, (REFUSED, GIVEN_UP), rows="") == "gives_up"
    assert reason(trial, (PAID, PAID), rows=rows[0]) == "says_paid"
    assert reason(trial, (REFUSED, REFUSED), rows=rows[0]) == "says_refused"
    assert reason(trial, (PAID, REFUSED), rows="7:7") == "wrong_numbers"


def test_somebody_stays() -> None:
    kind = Admins(Random(1))
    last, three = kind.races()

    assert reason(last, (PAID, REFUSED), left="2,4") == "touches_others"
    assert reason(last, (PAID, REFUSED), left="2") is None
    assert reason(last, (PAID, PAID), left="") == "write_skew"
    assert reason(last, (PAID, PAID), left="2") == "says_paid"
    assert reason(last, (REFUSED, REFUSED), left="1,2") == "starves"
    assert reason(three, (PAID, PAID), left="3") is None
    assert reason(three, (PAID, GIVEN_UP), left="2,3") == "gives_up"
    assert reason(three, (PAID, GIVEN_UP), ("40P01",), left="2,3") == "deadlock"
    twice = kind.contract()[2]
    assert reason(twice, (PAID, REFUSED), left="1") is None
    assert reason(twice, (PAID, PAID), left="1") == "says_paid"
