"""attack explore: exit codes, JSON, and what is refused before anything is started."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from attack.cli import main
from attack.commands.explore import conclude, say_whose_database
from attack.explore import judge
from attack.explore.cells import AMOUNT, Cell, Users, plan
from attack.report.conclusion import print_conclusion
from attack.report.explore_json import cell_to_json, rows_to_json
from racewalk import Outcome
from shared_db.catalogue import strategies
from tests.explore.explorations import cell, end, exploration, ledger

FIELDS = {
    *("stack", "strategy", "requests", "workers", "schedules", "unsafe", "classes"),
    *("unsafe_classes", "exhausted", "verdict", "expected", "seconds", "hash", "by_preemptions"),
    "counterexample",
    "start",
    "users",
    "starved",
    "waits",
    "aborts",
}


UNSAFE = end(ledger(AMOUNT, 2, balances=(0,)), ("paid", "paid"), broken=(judge.CONSERVED,))
SAFE = end(ledger(AMOUNT, 1))
STARVED = end(ledger(AMOUNT, 0), ("refused", "refused"))


@pytest.mark.parametrize(
    ("slug", "found", "inconclusive", "code", "words"),
    [
        ("no_lock", UNSAFE, None, 0, "Every verdict is what the catalogue expects."),
        ("row_lock", SAFE, None, 0, "Every verdict is what the catalogue expects."),
        ("no_lock", UNSAFE, "the budget is spent", 0, "Every verdict"),
        ("no_lock", SAFE, None, 1, "no_lock on flask, start 10: safe, not unsafe."),
        ("row_lock", UNSAFE, None, 1, "row_lock on flask, start 10: unsafe, not safe."),
        ("row_lock", STARVED, None, 1, "row_lock on flask, start 10: starved, not safe."),
        (
            "row_lock",
            SAFE,
            "the budget is spent",
            3,
            "row_lock on flask, start 10: 1 schedule seen, all of them safe; the budget is spent.",
        ),
        (
            "row_lock",
            STARVED,
            "the budget is spent",
            3,
            "row_lock on flask, start 10: 1 schedule seen, 1 starved; the budget is spent.",
        ),
    ],
)
def test_exit_code(
    slug: str, found: Outcome, inconclusive: str | None, code: int, words: str
) -> None:
    text = io.StringIO()
    conclusion = conclude([[exploration(cell(slug), found, inconclusive=inconclusive)]])
    print_conclusion(conclusion, Console(file=text, width=100))
    assert conclusion.exit_code == code
    assert words in text.getvalue()


def test_what_is_inconclusive_is_told_beside_what_is_unmet() -> None:
    text = io.StringIO()
    open_ = exploration(cell("no_lock"), SAFE, inconclusive="the budget is spent")
    conclusion = conclude([[exploration(cell("row_lock"), UNSAFE), open_]])
    print_conclusion(conclusion, Console(file=text, width=100))
    assert conclusion.exit_code == 1
    assert "row_lock on flask, start 10: unsafe, not safe." in text.getvalue()
    assert "no_lock on flask, start 10: 1 schedule seen" in text.getvalue()


def test_json_has_what_the_design_names() -> None:
    record = json.loads(json.dumps(cell_to_json(exploration(cell("no_lock"), UNSAFE))))
    assert record.keys() >= FIELDS
    assert (record["verdict"], record["expected"]) == ("unsafe", "unsafe")
    assert (record["start"], record["users"]) == (10, 1)
    assert record["by_preemptions"] == {"4": [1, 1]}
    example = record["counterexample"]
    assert (example["preemptions"], example["balance"], example["paid_out"]) == (4, 0, 20)
    assert example["steps"][0] == {"request": 0, "sql": "BEGIN"}
    assert cell_to_json(exploration(cell("row_lock"), SAFE))["counterexample"] is None


def test_each_row_says_what_its_settings_tell() -> None:
    (record,) = rows_to_json([[exploration(cell("no_lock"), UNSAFE)]])
    assert record["tells"] == "lost update"


@pytest.mark.parametrize(
    ("start", "users", "settings"),
    [
        (None, None, [(10, 1), (20, 1), (10, 2)]),
        (None, "one", [(10, 1), (20, 1)]),
        (None, "each", [(10, 2)]),
        (15, None, [(15, 1)]),
        (15, "each", [(15, 2)]),
    ],
)
def test_each_row_is_explored_in_these_settings(
    start: int | None, users: Users | None, settings: list[tuple[int, int]]
) -> None:
    (strategy,) = (each for each in strategies() if each.slug == "row_lock")
    found = plan(["flask"], [strategy], 2, None, start, users)
    assert [(each.start, each.users) for each in found] == settings


def test_three_requests_have_money_for_three() -> None:
    (strategy,) = (each for each in strategies() if each.slug == "row_lock")
    found = [(each.start, each.users) for each in plan(["flask"], [strategy], 3, None)]
    assert found == [(10, 1), (30, 1), (10, 3)]


@pytest.mark.parametrize(
    ("start", "expected"), [(10, "unsafe"), (15, "unsafe"), (20, "unsafe"), (30, "safe")]
)
def test_what_is_expected_follows_from_the_money(start: int, expected: str) -> None:
    (strategy,) = (each for each in strategies() if each.slug == "unguarded_decrement")
    (found,) = plan(["flask"], [strategy], 3, None, start)
    assert found.expected == expected


class _ChosenError(Exception):
    """Cells were chosen, and nothing is started."""


@pytest.mark.parametrize(
    ("named", "there"),
    [
        ([], False),
        (["--users", "one"], False),
        (["--strategy", "process_lock"], False),
        (["--strategy", "process_lock", "--users", "one"], True),
    ],
)
def test_a_row_of_hundreds_of_orders_is_explored_where_it_is_named(
    named: list[str], there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = list[Cell]()

    def choose(chosen: list[Cell], *_: object) -> None:
        cells.extend(chosen)
        raise _ChosenError

    monkeypatch.setattr("attack.commands.explore.carry_out", choose)
    assert isinstance(CliRunner().invoke(main, ["explore", *named]).exception, _ChosenError)
    assert any(each.on_request for each in cells) == there
    assert any(each.strategy.slug == "process_lock" for each in cells)


def test_process_lock_has_a_row_for_each_number_of_workers() -> None:
    chosen = [each for each in strategies() if each.slug in ("process_lock", "row_lock")]
    rows = {
        n: [(c.label, c.workers) for c in plan(["flask"], chosen, 2, n, 10)] for n in (None, 1, 2)
    }
    both = [("process_lock (1 worker)", 1), ("process_lock (2 workers)", 2)]
    assert rows == {
        None: [("row_lock", 2), *both],
        1: [("row_lock", 1), both[0]],
        2: [("row_lock", 2), both[1]],
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--strategy", "none"],
        ["--stack", "rails"],
        ["--workers", "3"],
        ["--budget", "0"],
        ["--start", "9"],
        ["--start", "-10"],
        ["--start", "ten"],
        ["--start", "3000000000"],
        ["--users", "2"],
        ["--lanes", "0"],
        ["--replay", "missing.json"],
        ["--json", "missing/folder/x.json"],
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["explore", *arguments])
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert result.output.startswith("overdraft: ")


def test_money_for_nobody_is_refused_in_one_line() -> None:
    result = CliRunner().invoke(main, ["explore", "--start", "5"])
    assert result.output == (
        "overdraft: Invalid value for '--start': 5 is less than a request withdraws, 10\n"
    )


def test_a_file_that_is_no_schedule_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    result = CliRunner().invoke(main, ["explore", "--replay", str(path)])
    assert result.exit_code == 2
    assert result.output == f"overdraft: {path} is no saved schedule of this lab\n"


@pytest.mark.parametrize("url", ["garbage", "postgresql://u:hidden@127.0.0.1/x"])
def test_a_database_of_ones_own_is_said_not_to_be_used(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    text = io.StringIO()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    say_whose_database(Console(file=text, width=100))
    assert text.getvalue() == ""
    monkeypatch.setenv("DATABASE_URL", url)
    say_whose_database(Console(file=text, width=100))
    words = "DATABASE_URL is not used here: the explorer has a PostgreSQL of its own.\n"
    assert text.getvalue() == words
