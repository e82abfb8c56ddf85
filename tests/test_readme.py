"""The README's matrix says what the catalogue says."""

import re

import pytest

from attack.report.matrix import BEGIN, END, VERDICTS, explanation, label, matrix, rows
from shared_db.catalogue import Case, Strategy
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

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
    for cell in line[2:4]:
        words, _, payouts = cell.rpartition(" ")
        paid, _, right = payouts.partition("/")
        assert words == VERDICTS[case.expected]
        if case.expected == "held":
            assert float(paid) == int(right)


def test_a_run_that_lacks_a_cell_gives_no_matrix() -> None:
    with pytest.raises(LabError, match="no cell for flask no_lock last_byte"):
        matrix([])
