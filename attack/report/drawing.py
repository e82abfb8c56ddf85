"""The schedule that shows a verdict best, as a story and as an SVG."""

from typing import Any

from attack import targets
from attack.explore import judge
from attack.explore.cells import Cell
from attack.explore.exploration import Exploration
from racewalk import Outcome, Run
from racewalk.story import Story, render, tell


def told(cell: Cell, run: Run, outcome: Outcome) -> Story:
    """Return a schedule of a cell as a story about its balance."""
    return tell(run, outcome, targets.load().balance_column, judge.ending(cell, outcome))


def lines(found: Exploration) -> list[dict[str, Any]]:
    """Return the story of an exploration's example as records, a line each."""
    if found.example is None:
        return []
    return [
        {"request": line.request, "text": line.text, "facts": [words for words, _ in line.facts]}
        for line in told(found.cell, *found.example).lines
    ]


def drawing(found: Exploration) -> str:
    """Return the SVG of an exploration's example, or '' where it has none."""
    if found.example is None:
        return ""
    run, outcome = found.example
    subtitle = " ".join(filter(None, (judge.in_words(found.cell, outcome), str(found.certificate))))
    return render(told(found.cell, run, outcome), found.cell.title, subtitle)
