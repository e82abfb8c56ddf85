"""What the settings of a row tell together, and how it is said."""

import pytest

from attack.commands.explore import explore, given
from attack.explore import disease, judge
from attack.explore.exploration import Exploration
from attack.report import explore_words
from tests.explore.explorations import cell, end, exploration, ledger
from tests.explore.test_explore_table import (
    ALONE,
    APART,
    BELOW,
    BOTH,
    FINE,
    LOST,
    ROWS,
    WAITED,
    row,
    settings,
)

PAID = "paid", "paid"
COVERED = end(ledger(10, 2), PAID, broken=(judge.COVERED,))
TWICE = end(ledger(20, 2), PAID, broken=(judge.ASKED_FOR,))
GONE = end(ledger(10, 0, balances=(0,)), ("failed", "refused"), broken=(judge.CONSERVED,))
UNLOGGED = end(ledger(20, 1), PAID, broken=(judge.LOGGED,))
HALF = end(ledger(10, 1), broken=(judge.IN_FULL,))
ELSEWHERE = end(ledger(20, 2), PAID, broken=(judge.UNTOUCHED,))
CREDITED = end(ledger(20, 2, balances=(10,)), PAID, broken=(judge.CONSERVED,))
ABORTED = end(ledger(10, 1, 1), PAID, "40001")
CASE = {"case": "1 key"}
CRASHED = exploration(cell("row_lock"), FINE, end(ledger(10, 1), ("paid", "unknown"), "500"))
SPENT = exploration(cell("row_lock"), FINE, inconclusive="the budget of 1 s is spent")


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (row("no_lock", LOST, LOST, APART), "lost update"),
        (row("no_lock", GONE, BOTH, APART), "money is gone"),
        (row("unguarded_decrement", BELOW, BOTH, APART), "missing guard"),
        (row("snapshot_ledger", COVERED, BOTH, APART), "write skew"),
        (row("idempotency_key", FINE, TWICE, APART, **CASE), "paid twice"),
        (row("no_lock", FINE, UNLOGGED, APART), "not logged"),
        (row("no_lock", HALF, BOTH, APART), "wrong amount"),
        (row("no_lock", GONE, ELSEWHERE, APART), "touches others"),
        (row("snapshot_ledger", COVERED, CREDITED, APART), "lost update"),
        (row("version_check", FINE, ALONE, APART), "starves"),
        (row("advisory_lock", FINE, BOTH, WAITED), "blocks others"),
        (row("serializable_ledger", FINE, BOTH, ABORTED), "aborts others"),
        (row("version_check", FINE, ALONE, WAITED), "starves"),
        (row("row_lock", FINE, BOTH, APART), "holds"),
    ],
)
def test_a_disease_has_a_name(found: list[Exploration], name: str) -> None:
    assert disease.disease(found) == name


def test_what_was_not_seen_in_full_does_not_hold() -> None:
    one, both, users = settings("row_lock")
    open_ = exploration(both, BOTH, inconclusive="no time")
    assert disease.disease([exploration(one, FINE), open_, exploration(users, APART)]) == (
        "inconclusive"
    )
    assert disease.disease([exploration(one, LOST), open_]) == "lost update"


def test_what_was_found_is_said_in_one_line() -> None:
    assert explore_words.found(ROWS) == (
        "Found: lost update in no_lock; missing guard in unguarded_decrement; "
        "starves in version_check; blocks others in advisory_lock; inconclusive in serializable; "
        "2 others hold."
    )
    sound = [row("row_lock", FINE, BOTH, APART), row("version_check", FINE, BOTH, APART)]
    assert explore_words.found(sound) == "Found: all 2 hold."


def test_a_row_on_which_the_stacks_differ_names_the_stack() -> None:
    rows = [
        row("no_lock", FINE, BOTH, APART),
        row("no_lock", LOST, LOST, APART, stack="django"),
    ]
    assert explore_words.found(rows) == "Found: lost update in no_lock on django; 1 other holds."


def test_one_row_is_told_in_full() -> None:
    assert [explore_words.found(ROWS[number : number + 1]) for number in (0, 2, 7)] == [
        "Found: lost update in no_lock on flask; 4 switches between the requests are enough.",
        "Found: row_lock on flask holds, in every order of its statements (3).",
        "Found: serializable on flask is inconclusive.",
    ]


def test_what_was_not_explored_in_every_setting_does_not_hold_yet() -> None:
    part = ROWS[2][:1]
    assert disease.disease(part) == "safe here"
    assert explore_words.found([part]) == (
        "Found: row_lock on flask is safe here, in every order of its statements (1)."
    )


MANY = ROWS[:3] + ROWS[1:3]
"""More rows than a picture is drawn of."""


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            MANY,
            "Next: `make explore STRATEGY=no_lock STACK=flask` draws the shortest way to",
        ),
        (ROWS[:3], "Next: `make compare S=no_lock` shows the code of both stacks"),
        (ROWS[:1], "Next: `make compare S=no_lock` shows the code of both stacks"),
        (ROWS[2:3], "Next: take a lock or a condition out of flask_app/strategies/row_lock.py"),
        (ROWS, "Next: `.venv/bin/attack explore --replay "),
        (ROWS[7:], "Next: `.venv/bin/attack explore --strategy serializable --stack flask --lane"),
        ([[CRASHED]], "Next: why it was answered so tell the applications' logs in "),
        ([[SPENT]], "Next: `.venv/bin/attack explore --strategy row_lock --stack flask --budget "),
        ([row("no_lock", FINE, BOTH, APART)], "Next: `make compare S=no_lock` shows the code"),
    ],
)
def test_what_to_try_next(rows: list[list[Exploration]], words: str) -> None:
    assert explore_words.next_step(rows).startswith(words)


def test_the_schedule_to_replay_is_that_of_the_row() -> None:
    words = explore_words.next_step([row("advisory_lock", FINE, BOTH, WAITED)])
    assert "flask-advisory_lock-2-users-start-10.json" in words
    assert cell("advisory_lock", users=2).expected == "safe"


EXPLORE = ".venv/bin/attack explore"


@pytest.mark.parametrize(
    ("rows", "asked", "command"),
    [
        (
            MANY,
            {"requests": 3, "start": 20},
            "make explore STRATEGY=no_lock STACK=flask REQUESTS=3 START=20",
        ),
        (
            MANY,
            {"workers": 1, "users": "one"},
            f"{EXPLORE} --strategy no_lock --stack flask --workers 1 --users one",
        ),
        (
            ROWS[7:],
            {"brute_force": True},
            f"{EXPLORE} --strategy serializable --stack flask --brute-force --lanes 1",
        ),
        (
            [[SPENT]],
            {"start": 20},
            f"{EXPLORE} --strategy row_lock --stack flask --start 20 --budget 1200",
        ),
        (
            [[SPENT]],
            {"budget": 2000.0},
            f"{EXPLORE} --strategy row_lock --stack flask --budget 4000",
        ),
    ],
)
def test_it_repeats_what_was_asked_for(
    rows: list[list[Exploration]], asked: dict[str, object], command: str
) -> None:
    assert explore_words.next_step(rows, asked).startswith(f"Next: `{command}` ")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", {}),
        ("--strategy no_lock --stack flask --requests 2 --lanes 2 --budget 300", {}),
        ("--requests 3 --start 20 --users one", {"requests": 3, "start": 20, "users": "one"}),
        ("--workers 1 --brute-force", {"workers": 1, "brute_force": True}),
    ],
)
def test_what_was_asked_for_is_what_is_no_default(typed: str, told: dict[str, object]) -> None:
    with explore.make_context("explore", typed.split()) as context:
        assert given(context) == told
