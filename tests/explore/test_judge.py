"""The lab's word on one way to end: what broke, who was paid too little, who met whom."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from attack.explore import judge
from attack.explore.cells import Cell
from attack.explore.ledger import OTHERS, PARTS, fact
from racewalk import Answer, Facts, Outcome
from shared_db.catalogue import Explored
from tests.explore.explorations import cell, end, exploration, ledger

PAID, REFUSED, FAILED = Answer("paid"), Answer("refused"), Answer("failed", "503")
UNKNOWN = Answer("unknown", "500")


ONE, ALL, USERS = cell("row_lock"), cell("row_lock", start=20), cell("row_lock", users=2)


def paid(start: int, amount: int, payouts: int = 1) -> Facts:
    """Return an account that paid out so much in so many payouts."""
    values = (start - amount, amount, payouts)
    account = zip((fact(0, part) for part in PARTS), values, strict=True)
    return Facts((*account, (OTHERS, 0)))


def broken_by(where: Cell, facts: Facts, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Return the names of the invariants that a schedule broke, sorted."""
    asked = judge.judges(where).items()
    return tuple(sorted(name for name, holds in asked if not holds(facts, answers)))


@pytest.mark.parametrize(
    ("slug", "start", "found", "answers", "broken"),
    [
        ("no_lock", 10, ledger(10, 1), (PAID, REFUSED), ()),
        ("no_lock", 10, ledger(10, 2, balances=(0,)), (PAID, PAID), (judge.CONSERVED,)),
        ("no_lock", 10, ledger(10, 0, balances=(0,)), (FAILED, REFUSED), (judge.CONSERVED,)),
        ("no_lock", 10, ledger(10, 2), (PAID, PAID), (judge.NOT_NEGATIVE,)),
        ("no_lock", 20, ledger(20, 1), (PAID, PAID), (judge.LOGGED,)),
        ("no_lock", 20, ledger(20, 2), (PAID, REFUSED), (judge.ASKED_FOR,)),
        # Given up is not paid; whoever was answered by no withdrawal may have been.
        ("no_lock", 20, ledger(20, 2), (PAID, FAILED), (judge.ASKED_FOR,)),
        ("no_lock", 20, ledger(20, 2), (PAID, UNKNOWN), ()),
        ("no_lock", 10, ledger(10, 1, others=9), (PAID, REFUSED), (judge.UNTOUCHED,)),
        ("no_lock", 10, paid(10, 5), (PAID, REFUSED), (judge.IN_FULL,)),
        ("no_lock", 15, paid(15, 15, 2), (PAID, PAID), (judge.IN_FULL,)),
        ("snapshot_ledger", 10, ledger(10, 2), (PAID, PAID), (judge.COVERED,)),
        ("snapshot_ledger", 20, ledger(20, 2), (PAID, PAID), ()),
        ("snapshot_ledger", 20, ledger(20, 2, balances=(10,)), (PAID, PAID), (judge.CONSERVED,)),
        ("snapshot_ledger", 20, paid(20, 10, 2), (PAID, PAID), (judge.IN_FULL,)),
    ],
)
def test_what_broke(
    slug: str, start: int, found: Facts, answers: tuple[Answer, Answer], broken: tuple[str, ...]
) -> None:
    assert broken_by(cell(slug, start=start), found, answers) == broken


def test_each_account_is_judged_by_itself() -> None:
    where = cell("no_lock", users=2)
    assert broken_by(where, ledger(10, 1, 1), (PAID, PAID)) == ()
    # Together they add up: one user's payout was taken from the other's account.
    crossed = ledger(10, 1, 1, balances=(10, -10))
    assert broken_by(where, crossed, (PAID, PAID)) == (judge.NOT_NEGATIVE, judge.CONSERVED)
    swapped = ledger(10, 0, 1)
    assert broken_by(where, swapped, (PAID, REFUSED)) == (judge.LOGGED, judge.ASKED_FOR)


def test_requests_of_one_intent_are_paid_once_for_each_user() -> None:
    one = cell("idempotency_key", case="1 key", start=20)
    assert broken_by(one, ledger(20, 1), (PAID, PAID)) == ()
    assert broken_by(one, ledger(20, 2), (PAID, PAID)) == (judge.ASKED_FOR,)
    assert judge.kind(one, end(ledger(20, 1), ("paid", "paid"))) == "safe"
    apart = cell("idempotency_key", case="1 key", users=2)
    assert broken_by(apart, ledger(10, 1, 1), (PAID, PAID)) == ()
    assert judge.kind(apart, end(ledger(10, 1, 0), ("paid", "paid"))) == "starved"


@pytest.mark.parametrize(
    ("where", "found", "kind"),
    [
        (ONE, end(ledger(10, 1)), "safe"),
        (ONE, end(ledger(10, 1), ("paid", "unknown"), "500"), "unknown"),
        (ONE, end(ledger(10, 0), ("refused", "unknown"), "500"), "starved"),
        (ONE, end(ledger(10, 1), ("paid", "unknown"), broken=(judge.IN_FULL,)), "unsafe"),
        (USERS, end(ledger(10, 1, 1), ("paid", "unknown"), "500"), "unknown"),
        (USERS, end(ledger(10, 1, 1), ("paid", "failed"), "503"), "aborts"),
        (ONE, end(ledger(10, 1), ("paid", "failed"), "503"), "safe"),
        (ONE, end(ledger(10, 0), ("refused", "refused")), "starved"),
        (ONE, end(ledger(10, 0), ("failed", "failed"), "40001", "503"), "starved"),
        (ALL, end(ledger(20, 2), ("paid", "paid")), "safe"),
        (ALL, end(ledger(20, 1)), "starved"),
        (ALL, end(ledger(20, 1), ("failed", "paid"), "503"), "starved"),
        (ALL, end(ledger(20, 1), broken=(judge.CONSERVED,)), "unsafe"),
        (ALL, end(ledger(20, 2), ("paid", "paid"), waited=True), "safe"),
        (ALL, end(ledger(20, 2), ("paid", "paid"), "40001"), "safe"),
        (replace(ALL, start=15), end(ledger(15, 1)), "safe"),
        (USERS, end(ledger(10, 1, 1), ("paid", "paid")), "safe"),
        (USERS, end(ledger(10, 1, 0)), "starved"),
        (USERS, end(ledger(10, 1, 1), ("paid", "paid"), waited=True), "waits"),
        (USERS, end(ledger(10, 1, 1), ("paid", "paid"), "40001", waited=True), "waits"),
        (USERS, end(ledger(10, 1, 1), ("paid", "paid"), "40001"), "aborts"),
        (USERS, end(ledger(10, 1, 1), ("paid", "paid"), "40P01"), "aborts"),
        (USERS, end(ledger(10, 1, 1), ("paid", "paid"), "55P03"), "aborts"),
        (USERS, end(ledger(10, 1, 1), ("paid", "paid"), "23514"), "safe"),
    ],
)
def test_what_is_the_worst_of_an_end(where: Cell, found: Outcome, kind: Explored) -> None:
    assert judge.kind(where, found) == kind


def test_the_verdict_is_the_worst_end_that_was_seen() -> None:
    fine, starved = end(ledger(20, 2), ("paid", "paid")), end(ledger(20, 1))
    broken = end(ledger(20, 2), broken=(judge.CONSERVED,))
    assert exploration(ALL, fine).known == "safe"
    assert exploration(ALL, fine, starved).known == "starved"
    assert exploration(ALL, fine, starved, broken).known == "unsafe"
    assert exploration(ALL, fine, broken, inconclusive="no time").known == "unsafe"
    for seen in ((), (fine,), (fine, starved)):
        assert exploration(ALL, *seen, inconclusive="no time").known is None
    diverged = exploration(ALL, broken, inconclusive="it went another way")
    assert diverged.known == "unsafe"
    certificate = replace(diverged.certificate, diverged=True)
    assert replace(diverged, certificate=certificate).known is None


def test_an_answer_that_decides_nothing_is_never_safe() -> None:
    fine, starved = end(ledger(10, 1)), end(ledger(10, 0), ("refused", "refused"))
    crashed = end(ledger(10, 1), ("paid", "unknown"), "500")
    found = exploration(ONE, fine, crashed)
    assert (found.known, found.verdict, found.example) == (None, "inconclusive", None)
    assert found.why == "1 of 2 schedules answered 500"
    assert found.bad == "1 with an answer that decides nothing"
    assert exploration(ONE, fine, crashed, starved).known == "starved"
    assert exploration(ONE, crashed, end(ledger(10, 2), broken=(judge.CONSERVED,))).known == (
        "unsafe"
    )
    waits = end(ledger(10, 1, 1), ("paid", "paid"), waited=True)
    apart = end(ledger(10, 1, 1), ("paid", "unknown"), "500")
    assert exploration(USERS, waits, apart).known is None


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ([end(ledger(20, 2), ("paid", "paid"))], "safe up to 1 preemption"),
        ([end(ledger(20, 2), ("paid", "paid")), end(ledger(20, 1))], "inconclusive"),
        ([end(ledger(20, 2), ("paid", "unknown"), "500")], "inconclusive"),
        ([end(ledger(20, 1), broken=(judge.LOGGED,))], "unsafe"),
    ],
)
def test_a_search_cut_short_calls_safe_only_what_was(ends: list[Outcome], verdict: str) -> None:
    found = exploration(ALL, *ends, inconclusive="the budget of 8 seconds is spent", bound=1)
    assert found.verdict == verdict
    assert "safe up to" not in str(found.certificate)


def test_the_schedules_are_counted_by_their_worst() -> None:
    found = exploration(ALL, end(ledger(20, 1)), end(ledger(20, 2), ("paid", "paid")))
    counts = {what: judge.kinds(ALL, found.certificate)[what] for what in judge.BAD}
    assert counts == {"unsafe": 0, "starved": 1, "unknown": 0, "waits": 0, "aborts": 0}


def test_nothing_is_known_of_an_exploration_without_a_schedule() -> None:
    assert exploration(ALL).known is None


def test_a_request_beside_a_withdrawal_asks_for_no_payout() -> None:
    beside = replace(ALL, case=replace(ALL.case, beside="address"))
    assert [racer.beside for racer in beside.racers] == ["", "address"]
    done = ("paid", "done")
    assert broken_by(beside, ledger(20, 1), (PAID, Answer("done"))) == ()
    assert judge.kind(beside, end(ledger(20, 1), done)) == "safe"
    assert judge.kind(beside, end(ledger(20, 0), ("refused", "done"))) == "starved"
    assert judge.kind(beside, end(ledger(20, 1), ("paid", "unknown"), "503")) == "unknown"
    back = ledger(20, 1, balances=(20,))
    assert broken_by(beside, back, (PAID, Answer("done"))) == (judge.CONSERVED,)


@pytest.mark.parametrize(
    ("where", "found", "words"),
    [
        (ALL, end(ledger(20, 1)), "Right payouts: 2. Made: 1."),
        (USERS, end(ledger(10, 1, 1), waited=True), "A request waits for another user's."),
        (
            *(USERS, end(ledger(10, 1, 1), ("paid", "paid"), "40001")),
            "A request is aborted because of another user's.",
        ),
        (ALL, end(ledger(20, 2), ("paid", "paid")), ""),
        (ALL, end(ledger(20, 2), broken=(judge.CONSERVED,)), ""),
    ],
)
def test_what_is_wrong_is_said_where_no_invariant_broke(
    where: Cell, found: Outcome, words: str
) -> None:
    assert judge.in_words(where, found) == words
