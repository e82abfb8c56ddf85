"""The table of what the grader says names every file there is, each with its reason."""

import re

import pytest

from attack.grade.exercises import STACKS
from tests.exercises.cases import Case, all_cases, right_and_wrong, told_of_tricks
from tests.exercises.table import PAGE, Kept, page

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("|") and "---" not in line
]
CELL = re.compile(r"(\w+) (\d+)")


def cell(case: Case) -> str:
    """Return what the page says of a case."""
    repair = [str(case.exercise.number), f"`{case.name}`"]
    head = repair if case in REPAIRS else [told_of_tricks()[case.name]]
    (row,) = [row for row in ROWS if row[: len(head)] == head]
    return row[len(head) + STACKS.index(case.stack)]


REPAIRS = list(right_and_wrong())


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_each_was_graded_and_is_told_with_its_reason(case: Case) -> None:
    said = CELL.fullmatch(cell(case))
    assert said
    assert said[1] in [reason or "solved" for reason in case.reasons]


def test_nothing_else_is_told() -> None:
    assert sum(bool(CELL.fullmatch(each)) for row in ROWS for each in row) == len(all_cases())


def test_a_table_that_lacks_a_file_is_not_written() -> None:
    with pytest.raises(LookupError, match="1-flask-flask"):
        page({"1-flask-flask": Kept("another file", "solved", 1.0)})
