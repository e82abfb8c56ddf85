"""What a run comes to: every row against the catalogue, why, and the exit code."""

import io

import pytest
from rich.console import Console

from attack.checkers import Verdict
from attack.history import Trial
from attack.plan import Cell, Plan
from attack.report.conclusion import print_conclusion, print_exit_line
from attack.verdicts import Came, Conclusion, Finding, conclude, judge
from shared_db.catalogue import Expected, strategies
from tests.harness.builders import request, trial

HELD = trial("paid", "paid", "refused", balance=0, payouts=2)
EXPLOITED = trial("paid", "paid", "paid", balance=10, payouts=3)
STARVED = trial("paid", "refused", "refused", balance=10, payouts=1)
FEWER = "in 1 of 1 trial fewer were paid than the money allowed"
UNKNOWN = trial("paid", "unknown", "refused", balance=0, payouts=2)


@pytest.mark.parametrize(
    ("expected", "verdicts", "came"),
    [
        ("exploited", ["held", "exploited"], "met"),
        ("exploited", ["held", "held"], "unmet"),
        ("exploited", ["starved"], "unmet"),
        ("exploited", ["held", "unknown"], "inconclusive"),
        ("exploited", [], "inconclusive"),
        ("held", ["held", "held"], "met"),
        ("held", ["held", "exploited"], "unmet"),
        ("held", ["starved"], "unmet"),
        ("held", ["held", "unknown"], "inconclusive"),
        ("held", ["exploited", "unknown"], "unmet"),
        ("held", [], "inconclusive"),
        ("starved", ["held", "starved"], "met"),
        ("starved", ["held", "held"], "unmet"),
        ("starved", ["starved", "exploited"], "unmet"),
        ("starved", ["starved", "unknown"], "met"),
        ("starved", ["held", "unknown"], "inconclusive"),
    ],
)
def test_a_row_is_judged_over_all_techniques(
    expected: Expected, verdicts: list[Verdict], came: Came
) -> None:
    assert judge(expected, verdicts) == came


def run(**trials: Trial) -> tuple[Plan, list[Cell]]:
    """Return an attack on these strategies on Flask, one trial each."""
    chosen = tuple(each for each in strategies() if each.slug in trials)
    plan = Plan(
        ("flask",), chosen, ("burst",), requests=3, threads=3, trials=1, start=20, amount=10
    )
    cells = [
        Cell("flask", each, each.cases[0], "burst", plan, 2, [trials[each.slug]]) for each in chosen
    ]
    return plan, cells


@pytest.mark.parametrize(
    ("trials", "code"),
    [
        ({"no_lock": EXPLOITED, "row_lock": HELD}, 0),
        ({"no_lock": HELD, "row_lock": UNKNOWN}, 1),
        ({"no_lock": EXPLOITED, "row_lock": STARVED}, 1),
        ({"no_lock": EXPLOITED, "row_lock": UNKNOWN}, 3),
        ({"no_lock": UNKNOWN, "row_lock": HELD}, 3),
    ],
)
def test_exit_code(trials: dict[str, Trial], code: int) -> None:
    assert conclude(*run(**trials)).exit_code == code


def test_an_unmet_row_hides_no_inconclusive_one() -> None:
    plan, cells = run(no_lock=HELD, row_lock=UNKNOWN, version_check=STARVED)
    text = io.StringIO()
    print_conclusion(conclude(plan, cells), Console(file=text, width=200))
    assert text.getvalue().splitlines() == [
        "Not as the catalogue expects, 2 rows:",
        "  no_lock on flask: holds, not pays twice.",
        f"  version_check on flask: starves, not holds; {FEWER}, 1 of 2 at the worst.",
        "Inconclusive, 1 row:",
        "  row_lock on flask: 1 of 3 never answered.",
    ]


def test_the_reason_names_the_technique_where_there_are_several() -> None:
    plan, cells = run(row_lock=HELD)
    one_by_one = (request("paid", 0, 1), request("paid", 1, 2))
    alone = trial(balance=0, payouts=2, requests=one_by_one)
    cells.append(Cell("flask", *next(plan.cases()), "last_byte", plan, 2, [alone]))
    (finding,) = conclude(plan, cells).findings
    assert finding.came == "inconclusive"
    assert finding.reason == "last_byte: nobody overlapped in 1 of 1 trial"


@pytest.mark.parametrize(
    ("came", "line"),
    [
        (["met", "met"], "overdraft: exit 0 (2 as expected, 0 not, 0 inconclusive)"),
        (
            ["met", "unmet", "inconclusive"],
            "overdraft: exit 1 (1 as expected, 1 not, 1 inconclusive)",
        ),
        (["inconclusive"], "overdraft: exit 3 (0 as expected, 0 not, 1 inconclusive)"),
    ],
)
def test_the_last_line_is_for_scripts(
    came: list[Came], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_exit_line(Conclusion(tuple(Finding("row", each, "holds", "holds") for each in came)))
    assert capsys.readouterr().out == line + "\n"
