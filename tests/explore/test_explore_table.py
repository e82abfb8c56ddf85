"""The table of an exploration, at the widths that people have."""

import io

import pytest
from rich.console import Console

from attack.explore import judge
from attack.explore.cells import AMOUNT, Cell
from attack.explore.exploration import Exploration
from attack.report.explore_table import ExploreTable
from racewalk import Outcome
from tests.explore.explorations import cell, end, exploration, ledger

PAID = "paid", "paid"
FINE = end(ledger(AMOUNT, 1))
LOST = end(ledger(AMOUNT, 2, balances=(0,)), PAID, broken=(judge.CONSERVED,))
BELOW = end(ledger(AMOUNT, 2), PAID, broken=(judge.NOT_NEGATIVE,))
BOTH = end(ledger(2 * AMOUNT, 2), PAID)
APART = end(ledger(AMOUNT, 1, 1), PAID)
ALONE = end(ledger(2 * AMOUNT, 1), ("paid", "failed"), "503")
WAITED = end(ledger(AMOUNT, 1, 1), PAID, waited=True)


def settings(slug: str, stack: str = "flask", case: str = "") -> tuple[Cell, Cell, Cell]:
    """Return the three explorations of a row."""
    lower, all_, users = ((AMOUNT, 1), (2 * AMOUNT, 1), (AMOUNT, 2))
    return (
        cell(slug, stack, case, *lower),
        cell(slug, stack, case, *all_),
        cell(slug, stack, case, *users),
    )


def row(slug: str, *ends: Outcome, stack: str = "flask", case: str = "") -> list[Exploration]:
    """Return a row of which every setting was seen to end in one way."""
    cells = settings(slug, stack, case)
    return [exploration(each, found) for each, found in zip(cells, ends, strict=True)]


ROWS = [
    row("no_lock", LOST, LOST, APART),
    row("no_lock", LOST, LOST, APART, stack="django"),
    row("row_lock", FINE, BOTH, APART),
    row("idempotency_key", FINE, BOTH, APART, case="n keys"),
    row("unguarded_decrement", BELOW, BOTH, APART),
    row("version_check", FINE, ALONE, APART),
    row("advisory_lock", FINE, BOTH, WAITED),
    [exploration(each, FINE, inconclusive="no time") for each in settings("serializable")],
]


def printed(width: int) -> list[str]:
    """Return the lines of the table in a terminal of so many columns."""
    text = io.StringIO()
    table = ExploreTable(Console(file=text, width=width), [e.cell for row in ROWS for e in row])
    table.print_head()
    for each in ROWS:
        table.print_row(each)
    return [line.rstrip() for line in text.getvalue().splitlines()]


@pytest.mark.parametrize("width", [80, 100, 132])
def test_it_fits(width: int) -> None:
    assert max(map(len, printed(width))) <= width


@pytest.mark.parametrize("width", [80, 100, 132])
def test_a_row_is_a_line_with_a_verdict_for_each_setting(width: int) -> None:
    lines = [line.split() for line in printed(width)]
    words = [" ".join(word for word in line if word[:1].isalpha()) for line in lines]
    assert "no_lock flask unsafe unsafe safe lost update" in words
    assert "django unsafe unsafe safe lost update" in words
    assert "unguarded_decrement flask unsafe safe safe missing guard" in words
    assert "idempotency_key keys) flask safe safe safe holds" in words


def test_counts_are_told_where_there_is_room() -> None:
    assert not any("1/1" in line for line in printed(80))
    assert any("unsafe 1/1" in line for line in printed(100))


@pytest.mark.parametrize("width", [80, 100, 132])
def test_what_is_not_as_expected_is_marked_and_told_below(width: int) -> None:
    lines = printed(width)
    (starved,) = (number for number, line in enumerate(lines) if "version_check" in line)
    assert "starved ✗" in lines[starved]
    assert "start 20: expected safe" in lines[starved + 1]
    (waits,) = (number for number, line in enumerate(lines) if "advisory_lock" in line)
    assert "waits ✗" in lines[waits]
    assert "2 users: expected safe" in lines[waits + 1]


def test_what_is_inconclusive_says_why_with_counts() -> None:
    text = "\n".join(printed(132))
    assert "start 10: inconclusive: 1 schedule seen, all of them safe; no time" in text
