"""What an attack cost, in money."""

import pytest

from attack.history import Trial
from attack.losses import loss
from attack.report.fire_end import lost, next_step
from attack.verdicts import conclude
from tests.harness.builders import request, trial
from tests.harness.test_verdicts import EXPLOITED, HELD, STARVED, UNKNOWN, run

WORST = "Lost at the worst, by no_lock on flask"
KEPT = "the account still holds 10 of what is gone"
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
            ["make compare S=no_lock", "make explore STRATEGY=no_lock STACK=flask"],
        ),
        (
            {"no_lock": EXPLOITED, "row_lock": STARVED},
            ["make compare S=row_lock", "make explore STRATEGY=row_lock STACK=flask"],
        ),
        ({"row_lock": HELD}, ["make explore STRATEGY=row_lock STACK=flask"]),
        ({"row_lock": UNKNOWN}, ["docker compose logs flask"]),
        (
            {"no_lock": trial("paid", "refused", balance=10, payouts=1, start=10)},
            ["make compare S=no_lock", "make explore STRATEGY=no_lock STACK=flask"],
        ),
    ],
)
def test_the_next_step_fits_what_was_run(trials: dict[str, Trial], commands: list[str]) -> None:
    plan, cells = run(**trials)
    told = next_step(plan, cells, conclude(plan, cells))
    assert told.startswith("Next: ")
    assert told.split("`")[1::2] == commands
