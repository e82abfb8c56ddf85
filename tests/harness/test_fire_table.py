"""The table fits the terminal, and says of a verdict whether it is good and whether expected."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from attack.plan import Cell, Plan
from attack.report.fire_table import FireTable
from attack.targets import load
from shared_db.catalogue import strategies
from tests.harness.builders import trial

HELD = trial("paid", "paid", "refused", balance=0, payouts=2)
EXPLOITED = trial("paid", "paid", "paid", balance=10, payouts=3)


def table(width: int, *techniques: str, **numbers: int) -> list[str]:
    """Return the lines of a table of all strategies in a terminal of this width."""
    sizes = {"requests": 32, "threads": 32, "trials": 1, "start": 160, "amount": 10} | numbers
    plan = Plan(load().stacks, strategies(), techniques or ("last_byte",), **sizes)
    output = Console(width=width, file=io.StringIO())
    rows = FireTable(output, plan)
    rows.print_head()
    for strategy, case, technique in plan.rows():
        found = {"exploited": EXPLOITED, "held": HELD}
        rows.print_row(
            [
                Cell(
                    stack,
                    strategy,
                    case,
                    technique,
                    plan,
                    2,
                    [found.get(case.expected_on(stack), HELD)],
                )
                for stack in plan.stacks_of(case)
            ]
        )
    assert isinstance(output.file, io.StringIO)
    return output.file.getvalue().splitlines()


@pytest.mark.parametrize("techniques", [("burst",), ("burst", "last_byte")])
@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 100, 120, 132, 200])
def test_no_line_is_wider_than_the_terminal(width: int, techniques: tuple[str, ...]) -> None:
    lines = table(width, *techniques)
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    assert text.count("pays twice =") >= 2


@pytest.mark.parametrize("width", [60, 72, 80, 100, 132])
def test_names_and_verdicts_are_whole_from_sixty_columns_on(width: int) -> None:
    text = "\n".join(table(width))
    assert "\u2026" not in text.replace("20\u2026", "")
    for strategy in strategies():
        assert f"{strategy.number:>2} {strategy.slug}" in text


def test_eighty_columns_have_both_stacks_in_a_row() -> None:
    (row,) = (line for line in table(80) if "row_lock" in line and " 3 " in line[:3])
    assert row.count("holds =") == 2


def test_no_verdict_that_is_bad_reads_as_good() -> None:
    plan = Plan(("flask",), strategies()[:3:2], ("burst",), 3, 3, 1, start=20, amount=10)
    output = Console(width=100, file=io.StringIO())
    rows = FireTable(output, plan)
    for found in (EXPLOITED, HELD):
        for strategy in plan.strategies:
            rows.print_row([Cell("flask", strategy, strategy.cases[0], "burst", plan, 2, [found])])
    assert isinstance(output.file, io.StringIO)
    ends = [" ".join(line.split()[-3:]) for line in output.file.getvalue().splitlines()]
    verdicts = [end if "twice" in end else " ".join(end.split()[-2:]) for end in ends]
    assert verdicts == ["pays twice =", "pays twice \u2717", "holds \u2717", "holds ="]


def test_what_another_technique_may_decide_is_not_marked_as_wrong() -> None:
    plan = Plan(("flask",), strategies()[:1], ("burst", "last_byte"), 3, 3, 1, start=20, amount=10)
    output = Console(width=100, file=io.StringIO())
    rows, (strategy,) = FireTable(output, plan), plan.strategies
    for technique, found in zip(plan.techniques, (HELD, EXPLOITED), strict=True):
        cell = Cell("flask", strategy, strategy.cases[0], technique, plan, 2, [found])
        rows.print_row([cell])
    assert isinstance(output.file, io.StringIO)
    burst, last_byte = output.file.getvalue().splitlines()
    assert burst.rstrip().endswith("holds ?")
    assert last_byte.rstrip().endswith("pays twice =")


def test_the_stacks_differ_only_where_the_money_lets_them() -> None:
    plans = [
        replace(Plan(load().stacks, strategies(), ("burst",), 32, 32, 1, 160, 10), start=start)
        for start in (160, 10)
    ]
    (leaked,) = (
        case for each in strategies() if each.slug == "leaked_session_lock" for case in each.cases
    )
    assert [plan.stacks_differ(leaked) for plan in plans] == [True, False]


def test_one_is_not_said_in_the_plural() -> None:
    head = " ".join(table(200, requests=1, trials=1)[:2])
    assert "1 request at once" in head
    assert "1 trial a cell" in head
