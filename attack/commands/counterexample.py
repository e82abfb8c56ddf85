"""The smallest schedule that shows a verdict: kept as a file and an SVG, drawn in the terminal."""

from pathlib import Path

from rich.console import Console

from attack.explore import judge, schedule_file
from attack.explore.cells import Cell
from attack.explore.exploration import Exploration
from attack.report.drawing import drawing, told
from racewalk import Outcome, Run
from racewalk.story import draw, forget
from shared_db.errors import LabError


def keep(found: Exploration) -> Path | None:
    """Write the schedule, and beside it the SVG; return its path, or None where there is none.

    Raises:
        LabError: they cannot be written.
    """
    cell = found.cell
    path = schedule_file.path_of(cell)
    if found.example is None:
        if found.certificate.exhausted:
            forget(path)
        return None
    run, outcome = found.example
    try:
        schedule_file.save(path, cell, run, outcome, drawing(found))
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror}") from None
    return path


def show(cell: Cell, run: Run, outcome: Outcome, output: Console) -> None:
    """Draw a schedule in the terminal."""
    output.print()
    draw(told(cell, run, outcome), cell.title, output)
    if words := judge.in_words(cell, outcome):
        output.print(words, style="bold yellow", highlight=False)
