"""One order of one cell: which cell, which order, and what is told of it."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from attack.explore.cells import REQUESTS, Cell, Users, plan
from attack.explore.lanes import live
from attack.explore.recordings import ending, title_of
from attack.explore.views import view_of
from attack.report import states
from racewalk import Schedule
from racewalk.record.document import of_one_run
from shared_db.catalogue import Strategy
from shared_db.errors import LabError


class Order(click.ParamType[Schedule]):
    """An order, as in AABB; see racewalk's `Schedule`."""

    name = "order"

    def convert(
        self, value: str | Schedule, param: click.Parameter | None, ctx: click.Context | None
    ) -> Schedule:
        if isinstance(value, Schedule):
            return value
        try:
            return Schedule.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def one_cell(
    stacks: Sequence[str],
    strategies: Sequence[Strategy],
    requests: int = min(REQUESTS),
    workers: int | None = None,
    start: int | None = None,
    users: Users | None = None,
    case: str | None = None,
    why: str = "an order is of one application",
) -> Cell:
    """Return the one cell that options name; where no start is named, with money for one.

    Raises:
        UsageError: they name none, or several.
    """
    for name, named in (("--strategy", strategies), ("--stack", stacks)):
        if len(named) != 1:
            raise click.UsageError(f"name one with {name}: {why}")
    cells = list(plan(stacks, strategies, requests, workers, start, users or "one"))
    names = list(dict.fromkeys(cell.case.name for cell in cells))
    cells = [cell for cell in cells if case in (None, cell.case.name)]
    if not cells:
        slug, known = strategies[0].slug, " or ".join(repr(each) for each in names if each)
        of_that_name = f" by that name: there is {known}" if case and known else " so"
        raise click.UsageError(f"{slug} has no row that can be explored{of_that_name}")
    if len({cell.case.name for cell in cells}) > 1:
        known = " or ".join(repr(each) for each in names)
        raise click.UsageError(
            f"{strategies[0].slug} has several rows: name one with --case {known}"
        )
    return cells[0]


def check(cell: Cell, schedule: Schedule) -> None:
    """Check that a schedule is of a cell's requests.

    Raises:
        UsageError: it names one that there is not.
    """
    if any(item.request >= cell.requests for item in schedule):
        raise click.UsageError(f"{schedule} names more requests than race: {cell.requests}")


def tell_order(cell: Cell, schedule: Schedule, json_file: Path | None, output: Console) -> None:
    """Run an order and tell what was to be seen after each choice.

    Raises:
        LabError: it cannot be run, or the file cannot be written.
    """
    check(cell, schedule)
    with output.status("Starting PostgreSQL and the applications ..."), live(cell) as on:
        watched = on.camera.shot(*on.camera.run(schedule))
    view, title = view_of(cell), title_of(cell, on.postgresql)
    if json_file:
        told = of_one_run(watched, view, title, lambda outcome: ending(cell, outcome))
        try:
            json_file.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            raise LabError(f"{json_file} cannot be written: {error.strerror}") from None
    output.print(f"{cell.title}: {watched.run.schedule}", style="bold", highlight=False)
    states.tell_run(watched, view, title, output)
    for text in states.ending(cell, watched.outcome):
        output.print(text)
