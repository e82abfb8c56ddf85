"""What a run comes to: every row against the catalogue, why, and the exit code."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from attack.checkers import Verdict, money_for
from attack.history import Trial
from attack.plan import Cell, Plan
from attack.report.conclusion import print_conclusion, print_exit_line
from attack.report.fire_json import cell_to_json
from attack.runs.records import catalogue_rows
from attack.verdicts import Came, Conclusion, Finding, alone, conclude, judge
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


def printed(conclusion: Conclusion) -> list[str]:
    """Return the lines that tell a conclusion."""
    text = io.StringIO()
    print_conclusion(conclusion, Console(file=text, width=200))
    return text.getvalue().splitlines()


def test_an_unmet_row_hides_no_inconclusive_one() -> None:
    plan, cells = run(no_lock=HELD, row_lock=UNKNOWN, version_check=STARVED)
    assert printed(conclude(plan, cells)) == [
        "Not as the catalogue expects, 2 rows:",
        "  no_lock on flask: holds, not pays twice.",
        f"  version_check on flask: starves, not holds; {FEWER}, 1 of 2 at the worst.",
        "Inconclusive, 1 row:",
        "  row_lock on flask: 1 of 3 never answered.",
    ]


def test_a_met_row_hides_no_technique_that_did_not_show_it() -> None:
    plan, cells = run(no_lock=HELD)
    plan = replace(plan, techniques=("burst", "last_byte"))
    cells = [replace(cell, plan=plan) for cell in cells]
    strategy, case = next(plan.cases())
    cells.append(Cell("flask", strategy, case, "last_byte", plan, 2, [EXPLOITED]))
    assert [alone(cell) for cell in cells] == ["inconclusive", "met"]
    assert printed(conclude(plan, cells)) == [
        "As the catalogue expects, with a reservation, 1 row:",
        "  no_lock on flask: burst: holds.",
        "Every verdict is what the catalogue expects.",
    ]
    cells[0] = replace(cells[0], trials=[UNKNOWN])
    assert "  no_lock on flask: burst: 1 of 3 never answered." in printed(conclude(plan, cells))


@pytest.mark.parametrize(
    ("slug", "start", "expected"),
    [
        ("skip_locked", 10, "held"),
        ("skip_locked", 15, "held"),
        ("skip_locked", 20, "starved"),
        ("skip_locked", 160, "starved"),
        ("skip_locked", 320, "starved"),
        ("leaked_session_lock", 10, "held"),
        ("leaked_session_lock", 160, "starved"),
        ("leaked_session_lock", 320, "starved"),
        ("unguarded_decrement", 10, "exploited"),
        ("unguarded_decrement", 310, "exploited"),
        ("unguarded_decrement", 320, "held"),
        ("one_statement_ledger", 320, "held"),
        ("no_lock", 320, "exploited"),
        ("other_page", 320, "held"),
        ("row_lock", 10, "held"),
    ],
)
def test_what_is_expected_goes_by_the_money(slug: str, start: int, expected: Expected) -> None:
    chosen = tuple(each for each in strategies() if each.slug == slug)
    plan = Plan(("flask",), chosen, ("burst",), 32, 32, 1, start, 10)
    strategy, case = next(plan.cases())
    cell = Cell("flask", strategy, case, "burst", plan, 2)
    assert plan.expected_of(case, "flask") == cell.expected == expected
    assert cell_to_json(cell)["expected"] == expected
    row = next(each for each in catalogue_rows() if each.key == (slug, case.name))
    money = money_for(cell.withdrawals, cell.start, plan.amount)
    assert row.expected_on("flask", money) == expected


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
