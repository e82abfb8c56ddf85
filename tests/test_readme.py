"""The README's matrix says what the catalogue says, and its code is what runs."""

import re
from pathlib import Path

import pytest

from attack import cli
from attack.report.matrix import BEGIN, END, NO_CASE, VERDICTS, explanation, label, matrix, rows
from shared_db.catalogue import Case, Strategy
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT
from tests.conftest import STACKS

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
MATRIX = README.partition(BEGIN)[2].partition(END)[0]
LINES = [
    [column.strip() for column in line.strip("|").split(" | ")]
    for line in MATRIX.splitlines()
    if re.match(r"\| \d", line)
]
ROWS = list(rows())


def test_the_matrix_has_a_line_for_every_row_of_the_catalogue() -> None:
    assert [(line[0], line[1]) for line in LINES] == [
        (str(strategy.number), label(strategy, case)) for strategy, case in ROWS
    ]


@pytest.mark.parametrize(
    ("line", "row"), list(zip(LINES, ROWS, strict=False)), ids=[line[1] for line in LINES]
)
def test_a_line_tells_what_the_catalogue_expects(
    line: list[str], row: tuple[Strategy, Case]
) -> None:
    strategy, case = row
    assert line[4] == explanation(strategy)
    for stack, cell in zip(STACKS, line[2:4], strict=True):
        if stack not in case.stacks:
            assert cell == NO_CASE
            continue
        expected = case.expected_on(stack)
        words, _, payouts = cell.rpartition(" ")
        paid, _, right = payouts.partition("/")
        assert words == VERDICTS[expected]
        if expected == "held":
            assert float(paid) == int(right)


def test_what_is_there_to_copy_stands_in_the_files_that_it_names() -> None:
    blocks = re.findall(
        r"^    # \w+: (\w+/strategies/\w+\.py)\n((?:    .+\n)+)", README, re.MULTILINE
    )
    assert len(blocks) == 4
    for file, code in blocks:
        assert code in (CHECKOUT / file).read_text("utf-8"), file


def test_a_run_that_lacks_a_cell_gives_no_matrix() -> None:
    with pytest.raises(LabError, match="no cell for flask no_lock last_byte"):
        matrix([])


@pytest.mark.parametrize("text", ["", "nothing", "{}", "[]", '{"cells": [{}]}', '{"cells": 1}'])
def test_a_file_that_is_no_run_leaves_the_page_alone(text: str, tmp_path: Path) -> None:
    file, before = tmp_path / "run.json", (CHECKOUT / "README.md").read_text("utf-8")
    file.write_text(text)
    with pytest.raises(SystemExit) as ended:
        cli.main(["matrix", str(file)])
    assert ended.value.code == 2
    assert (CHECKOUT / "README.md").read_text("utf-8") == before


def test_the_caption_tells_what_was_run() -> None:
    cells = [
        {
            "stack": stack,
            "strategy": strategy.slug,
            "case": case.name,
            "technique": "last_byte",
            "verdict": case.expected_on(stack),
            "trials": 2,
            "payouts": [16, 16],
            "right": 16,
            "requests": 32,
            "start": 160,
            "amount": 10,
        }
        for strategy, case in ROWS
        for stack in case.stacks
    ]
    words = " ".join(matrix(cells).split())
    assert "each to withdraw 10 from an account that holds 160; 2 trials a cell" in words
