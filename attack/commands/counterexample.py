"""The smallest schedule that shows a verdict: kept as a file and an SVG, drawn in the terminal."""

from pathlib import Path

from rich.console import Console

from attack.explore import judge, schedule_file
from attack.explore.cells import Cell
from attack.explore.exploration import Exploration
from attack.report.drawing import drawing, told
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.story import picture


def keep(found: Exploration) -> Path | None:
    """Write the schedule, and beside it the SVG; return its path, or None where there is none."""
    cell = found.cell
    path = schedule_file.path_of(cell)
    if found.example is None:
        if found.certificate.exhausted:
            # Of an earlier run: there is none now, and it must not be taken for one.
            path.unlink(missing_ok=True)
            path.with_suffix(".svg").unlink(missing_ok=True)
        return None
    run, outcome = found.example
    schedule_file.save(path, cell, run, outcome)
    path.with_suffix(".svg").write_text(drawing(found), encoding="utf-8")
    return path


def show(cell: Cell, run: Run, outcome: Outcome, output: Console) -> None:
    """Draw a schedule in the terminal."""
    output.print()
    picture.draw(told(cell, run, outcome), cell.title, output)
    if words := judge.in_words(cell, outcome):
        output.print(words, style="bold yellow", highlight=False)
