"""What an attack cost, in money."""

from dataclasses import replace
from typing import Any

import pytest

from attack.commands.fire import fire
from attack.history import Request, Trial
from attack.losses import loss
from attack.plan import Cell, Plan
from attack.report.fire_end import lost, next_step
from attack.verdicts import conclude
from shared_db.catalogue import strategies
from tests.conftest import STACKS
from tests.harness.builders import request, trial
from tests.harness.test_verdicts import EXPLOITED, HELD, STARVED, UNKNOWN, run

WORST = "Lost at the worst, by no_lock on flask"
KEPT = "the account still holds 10 of what is gone"
EXPLORE, ALIKE = "make explore STRATEGY", "STACK=flask REQUESTS=3 START=20"
SHORT = "Paid too little, by row_lock on flask"


def after(payouts: int, balance: int, requests: int = 32) -> Trial:
    """Return a trial of withdrawals of 10 from 160."""
    everyone = tuple(request("paid") for _ in range(requests))
    return trial(balance=balance, payouts=payouts, start=160, requests=everyone)


@pytest.mark.parametrize(
    ("found", "right", "gone", "kept"),
    [
        (after(16, 0), 16, 0, 0),
        (after(32, 0), 16, 160, 0),
        (after(32, 140), 16, 300, 140),
        (after(32, -160), 16, 160, 0),
        (after(16, 140, requests=16), 16, 140, 140),
        (after(16, 160), 16, 160, 160),
        (after(8, 80), 16, 0, 0),
        (after(4, 120, requests=4), 4, 0, 0),
    ],
)
def test_loss(found: Trial, right: int, gone: int, kept: int) -> None:
    cost = loss("row", found)
    assert (cost.right, cost.lost, cost.kept) == (right, gone, kept)


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        (
            {"no_lock": after(32, 0)},
            f"{WORST}: 16 payouts were right, 32 were made: 160 lost.",
        ),
        (
            {"no_lock": EXPLOITED, "row_lock": HELD},
            f"{WORST}: 2 payouts were right, 3 were made, and {KEPT}: 20 lost.",
        ),
        (
            {"no_lock": trial("paid", "paid", balance=20, payouts=0)},
            "Money and log disagree, by no_lock on flask: 2 payouts acknowledged, 0 logged.",
        ),
        (
            {"row_lock": STARVED},
            f"{SHORT}: 2 payouts were right, 1 was made: 10 not paid out.",
        ),
        (
            {"row_lock": UNKNOWN},
            "Whether money can be lost is not known: see what is inconclusive.",
        ),
        (
            {"row_lock": HELD},
            "Nothing was lost: all that the money allowed was paid out, and no more.",
        ),
    ],
)
def test_what_was_lost_is_told(trials: dict[str, Trial], words: str) -> None:
    _, cells = run(**trials)
    assert lost(cells) == words


@pytest.mark.parametrize(
    ("trials", "commands"),
    [
        (
            {"no_lock": EXPLOITED, "row_lock": HELD},
            [
                "make compare S=no_lock",
                f"{EXPLORE}=no_lock {ALIKE}",
            ],
        ),
        (
            {"no_lock": EXPLOITED, "row_lock": STARVED},
            [
                "make compare S=row_lock",
                f"{EXPLORE}=row_lock {ALIKE}",
            ],
        ),
        ({"row_lock": HELD}, [f"{EXPLORE}=row_lock {ALIKE}"]),
        ({"row_lock": UNKNOWN}, []),
        (
            {"no_lock": trial("paid", "refused", balance=10, payouts=1, start=10)},
            [
                "make compare S=no_lock",
                f"{EXPLORE}=no_lock {ALIKE}",
            ],
        ),
    ],
)
def test_the_next_step_fits_what_was_run(trials: dict[str, Trial], commands: list[str]) -> None:
    plan, cells = run(**trials)
    told = next_step(plan, cells, conclude(plan, cells))
    assert told.startswith("Next: ")
    assert told.split("`")[1::2] == commands


def asked(trials: int = 1, **others: Any) -> tuple[Plan, list[Cell]]:
    """Return an attack on row_lock, asked for with these settings, of which nothing is known."""
    (strategy,) = (each for each in strategies() if each.slug == "row_lock")
    usual: dict[str, Any] = {"stacks": STACKS, "techniques": ("last_byte",), "requests": 32}
    usual |= {"threads": 32, "trials": trials, "start": 160, "amount": 10}
    plan = Plan(strategies=(strategy,), **usual | others)
    # Nobody met anybody, so nobody knows.
    alone = [trial("paid", "paid", "refused", balance=0, payouts=2)] * trials
    apart = [replace(each, requests=apart_from(each)) for each in alone]
    cell = Cell("flask", strategy, strategy.cases[0], plan.techniques[0], plan, 2, apart)
    return plan, [cell]


def apart_from(found: Trial) -> tuple[Request, ...]:
    """Return its requests, one after the other."""
    return tuple(
        replace(each, entered_ns=20 * number, left_ns=20 * number + 10)
        for number, each in enumerate(found.requests)
    )


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        ({}, "make attack STRATEGY=row_lock TRIALS=20"),
        ({"trials": 15}, "make attack STRATEGY=row_lock TRIALS=30"),
        ({"trials": 600}, "make attack STRATEGY=row_lock TRIALS=1000"),
        ({"stacks": ("flask",)}, "make attack STRATEGY=row_lock STACK=flask TRIALS=20"),
        (
            {"techniques": ("burst", "last_byte"), "amount": 5, "requests": 8},
            "make attack STRATEGY=row_lock TRIALS=20 TECHNIQUE=burst,last_byte REQUESTS=8 AMOUNT=5",
        ),
        # make has no word for threads: it has a meaning of its own to the stacks.
        (
            {"threads": 200, "start": 10},
            ".venv/bin/attack fire --strategy row_lock --trials 20 --threads 200 --start 10",
        ),
    ],
)
def test_to_try_more_often_is_to_try_the_same(settings: dict[str, Any], command: str) -> None:
    plan, cells = asked(**settings)
    told = next_step(plan, cells, conclude(plan, cells))
    assert told == f"Next: try more often: `{command}`."
    words = command.split()
    if words[0] == "make":
        options = [part for word in words[2:] for part in word.split("=")]
        words = ["attack", "fire", *(f"--{p.lower()}" if p.isupper() else p for p in options)]
    fire.make_context("fire", words[2:])  # and it is taken


def test_who_tried_as_often_as_may_be_is_told_something_else() -> None:
    plan, cells = asked(trials=1000)
    told = next_step(plan, cells, conclude(plan, cells))
    assert told.split("`")[1::2] == ["make compare S=row_lock", "make explore STRATEGY=row_lock"]


def test_the_log_is_that_of_the_instance() -> None:
    plan, cells = run(row_lock=UNKNOWN)
    said = next_step(plan, cells, conclude(plan, cells), lambda kind: f"log of {kind}")
    assert said == "Next: the log of the flask stack says what went wrong: log of flask:2."
    said = next_step(plan, cells, conclude(plan, cells))
    assert said == "Next: the log of the flask stack says what went wrong."
