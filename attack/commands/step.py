"""attack step: one is the scheduler, of real requests, in the terminal."""

from functools import partial

import click

from attack.commands import options
from attack.commands.order import one_cell
from attack.explore.cells import WORKERS
from attack.explore.lanes import live
from attack.explore.recordings import title_of
from attack.explore.views import view_of
from attack.report.console import console
from attack.report.states import committed, ending
from racewalk.terminal import Walk


@click.command()
@options.stack
@options.strategy
@options.case
@click.option("--workers", type=click.IntRange(min(WORKERS), max(WORKERS)), help="As for explore.")
@options.requests
@click.option(
    "--start", type=options.Start(), help="Money in the account; each request withdraws 10."
)
def step(
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    case: str | None,
    workers: int | None,
    requests: int,
    start: int | None,
) -> None:
    """Decide yourself which request goes next.

    Two real withdrawals are held before each statement. Keys: a, b (and c) let that request go on,
    u takes the last step back, q ends. Without a terminal the keys are read from lines.
    """
    cell = one_cell(stacks, options.selected(slugs), requests, workers, start, None, case)
    output = console()
    with live(cell) as on:
        output.print(cell.title, style="bold", highlight=False)
        facts = partial(committed, title_of(cell, on.postgresql))
        Walk(on.camera, view_of(cell), facts, partial(ending, cell), output).run()
