"""attack explore: exit codes, JSON, and what is refused before anything is started."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from attack.cli import main
from attack.commands.explore import conclude
from attack.explore.web.cells import Cell, plan
from attack.report.conclusion import print_conclusion
from attack.report.explore_json import cell_to_json
from racewalk.search.certificate import Certificate
from shared_db.catalogue import strategies
from support.stories import race

FIELDS = {
    *("stack", "strategy", "requests", "workers", "schedules", "unsafe", "classes"),
    *("unsafe_classes", "exhausted", "verdict", "expected", "seconds", "hash", "by_preemptions"),
    "counterexample",
}


def cell(slug: str) -> Cell:
    """Return a strategy's cell on Flask."""
    return next(plan(["flask"], [each for each in strategies() if each.slug == slug], 2, None))


def certificate(*, unsafe: bool, inconclusive: str | None = None) -> Certificate:
    """Return a certificate of one schedule, or of none."""
    found = Certificate(2, inconclusive=inconclusive)
    if unsafe:
        found.add(*race())
    return found


@pytest.mark.parametrize(
    ("slug", "unsafe", "inconclusive", "code", "words"),
    [
        ("no_lock", True, None, 0, "Every verdict is what the catalogue expects."),
        ("row_lock", False, None, 0, "Every verdict is what the catalogue expects."),
        ("no_lock", True, "the budget is spent", 0, "Every verdict"),
        ("no_lock", False, None, 1, "no_lock on flask: safe, not unsafe."),
        ("row_lock", True, None, 1, "row_lock on flask: unsafe, not safe."),
        ("row_lock", False, "the budget is spent", 3, "row_lock on flask: the budget is spent."),
    ],
)
def test_exit_code(
    slug: str, unsafe: bool, inconclusive: str | None, code: int, words: str
) -> None:
    text = io.StringIO()
    found = [(cell(slug), certificate(unsafe=unsafe, inconclusive=inconclusive))]
    conclusion = conclude(found)
    print_conclusion(conclusion, Console(file=text, width=100))
    assert conclusion.exit_code == code
    assert words in text.getvalue()


def test_json_has_what_the_design_names() -> None:
    record = json.loads(json.dumps(cell_to_json(cell("no_lock"), certificate(unsafe=True))))
    assert record.keys() >= FIELDS
    assert (record["verdict"], record["expected"]) == ("unsafe", "unsafe")
    assert record["by_preemptions"] == {"4": [1, 1]}
    example = record["counterexample"]
    assert (example["preemptions"], example["balance"], example["paid_out"]) == (4, 0, 20)
    assert example["steps"][0] == {"request": 0, "sql": "BEGIN"}
    assert cell_to_json(cell("row_lock"), certificate(unsafe=False))["counterexample"] is None


def test_process_lock_has_a_row_for_each_number_of_workers() -> None:
    chosen = [each for each in strategies() if each.slug in ("process_lock", "row_lock")]
    rows = {n: [(c.label, c.workers) for c in plan(["flask"], chosen, 2, n)] for n in (None, 1, 2)}
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


def test_a_file_that_is_no_schedule_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    result = CliRunner().invoke(main, ["explore", "--replay", str(path)])
    assert result.exit_code == 2
    assert result.output == f"overdraft: {path} is no saved schedule of this lab\n"
