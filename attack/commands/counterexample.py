"""The smallest counterexample of a cell: kept as a file and an SVG, drawn in the terminal."""

from pathlib import Path

from rich.console import Console

from attack import targets
from attack.explore.story import schedule_file
from attack.explore.web.cells import REQUESTS, Cell
from attack.explore.web.lanes import FOLDER
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.certificate import Certificate
from racewalk.story import picture, svg
from racewalk.story.story import tell


def keep(cell: Cell, certificate: Certificate) -> Path | None:
    """Write the schedule, and beside it the SVG; return its path, or None where there is none."""
    path = FOLDER / f"{_file_name(cell)}.json"
    if certificate.smallest is None:
        if certificate.exhausted:
            # Of an earlier run: there is none now, and it must not be taken for one.
            path.unlink(missing_ok=True)
            path.with_suffix(".svg").unlink(missing_ok=True)
        return None
    run, outcome = certificate.smallest
    schedule_file.save(path, cell, run, outcome)
    story = tell(run, outcome, targets.load().balance_column)
    drawing = svg.render(story, _title(cell), str(certificate))
    path.with_suffix(".svg").write_text(drawing, encoding="utf-8")
    return path


def show(cell: Cell, run: Run, outcome: Outcome, output: Console) -> None:
    """Draw a schedule in the terminal."""
    output.print()
    picture.draw(tell(run, outcome, targets.load().balance_column), _title(cell), output)


def _title(cell: Cell) -> str:
    return f"{cell.label} on {cell.stack}"


def _file_name(cell: Cell) -> str:
    case = f"-{cell.case.name.replace(' ', '-')}" if cell.case.name else ""
    one = "-1-worker" if cell.workers == 1 and not cell.case.workers else ""
    more = f"-{cell.requests}-requests" if cell.requests > min(REQUESTS) else ""
    return f"{cell.stack}-{cell.strategy.slug}{case}{one}{more}"
