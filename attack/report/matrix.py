"""The matrix of the README: strategy by stack, written from the JSON of a run.

It stands between two marks, so that it can be written anew without touching the rest.
"""

from collections.abc import Iterator, Sequence
from statistics import mean
from textwrap import fill
from typing import Any

from attack.counting import counted
from attack.report.marks import begin, end, replaced
from attack.words import NAMES, PLAIN
from shared_db.catalogue import Case, Strategy, strategies
from shared_db.errors import LabError

NAME = "matrix"
BEGIN, END = begin(NAME), end(NAME)
TECHNIQUE = "last_byte"
VERDICTS = {
    verdict: words if verdict == "held" else f"**{words}**" for verdict, words in PLAIN.items()
}
_WIDTH = 120
STACKS_DIFFER, NO_CASE = "≠", "-"
_MECHANISM = {
    "": "",
    "waiting": "by waiting: ",
    "write": "by the write itself: ",
    "retry": "by abort and retry: ",
    "constraint": "by constraint: ",
    "key": "by key: ",
}

Cells = Sequence[dict[str, Any]]


def rows() -> Iterator[tuple[Strategy, Case]]:
    """Yield what a row of the matrix is about, in the catalogue's order."""
    for strategy in strategies():
        for case in strategy.cases:
            yield strategy, case


def label(strategy: Strategy, case: Case) -> str:
    """Return the name of a row, with a mark where the stacks are expected to differ."""
    name = f"`{strategy.slug}`" + (f", {case.name}" if case.name else "")
    return f"{name} {STACKS_DIFFER}" if case.stacks_differ else name


def explanation(strategy: Strategy) -> str:
    """Return how a strategy holds, or why it fails."""
    return _MECHANISM[strategy.holds] + strategy.how


def matrix(cells: Cells) -> str:
    """Return the matrix as a Markdown table, and what was run below it.

    Raises:
        LabError: the run lacks a cell.
    """
    stacks = tuple(NAMES)
    lines = [
        f"| # | strategy | {' | '.join(NAMES.values())} | how it holds, or why it fails |",
        "|---:" + "|---" * (len(stacks) + 2) + "|",
    ]
    for strategy, case in rows():
        verdicts = [
            _verdict(_find(cells, stack, strategy, case)) if stack in case.stacks else NO_CASE
            for stack in stacks
        ]
        columns = [str(strategy.number), label(strategy, case), *verdicts, explanation(strategy)]
        lines.append(f"| {' | '.join(columns)} |")
    return "\n".join([*lines, "", _caption(cells)])


def replace_matrix(page: str, new: str) -> str:
    """Return a page with a new matrix between the marks.

    Raises:
        LabError: the marks are not there.
    """
    return replaced(page, NAME, new)


def _find(cells: Cells, stack: str, strategy: Strategy, case: Case) -> dict[str, Any]:
    wanted = (stack, strategy.slug, case.name, TECHNIQUE)
    for cell in cells:
        if (cell["stack"], cell["strategy"], cell["case"], cell["technique"]) == wanted:
            return cell
    raise LabError(f"the run has no cell for {' '.join(filter(None, wanted))}")


def _verdict(cell: dict[str, Any]) -> str:
    return f"{VERDICTS[cell['verdict']]} {mean(cell['payouts']):.3g}/{cell['right']}"


def _caption(cells: Cells) -> str:
    cell = cells[0]
    words = (
        "Payouts, on average, beside those that are right: "
        f"{counted(cell['requests'], 'request')} at once "
        f"(`{TECHNIQUE}`), each to withdraw {cell['amount']} from an account that holds "
        f"{cell['start']}; {counted(cell['trials'], 'trial')} a cell. In 10 the account holds "
        "money for every request (1 key), then for one (n keys)."
    )
    if any(case.stacks_differ for _, case in rows()):
        words += f" {STACKS_DIFFER}: the stacks differ, and the catalogue expects it."
    return fill(words, _WIDTH)
