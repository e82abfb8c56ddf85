"""attack explore: every interleaving, its table, its exit code."""

from pathlib import Path

import click
from rich.console import Console

from attack.commands import counterexample, options
from attack.explore.story import schedule_file
from attack.explore.story.replay import replay
from attack.explore.web.cells import REQUESTS, WORKERS, Cell, plan
from attack.explore.web.lanes import FOLDER, Lanes, server
from attack.report.conclusion import print_conclusion, print_exit_line
from attack.report.console import console
from attack.report.explore_json import cell_to_json
from attack.report.explore_table import ExploreTable
from attack.verdicts import Came, Conclusion, Finding
from racewalk.search.certificate import CONCLUSIVE, Certificate

_MOST_LANES = 8
_COMMAND_LINE = click.core.ParameterSource.COMMANDLINE
_CELLS_TOLD_IN_FULL = 4


@click.command()
@options.stack
@options.strategy
@click.option(
    "--workers",
    type=click.IntRange(min(WORKERS), max(WORKERS)),
    help="2: each request meets a process of its own, as deployed; 1: all meet in one. "
    "Default: 2, and both for a strategy that has a row for each.",
)
@click.option(
    "--requests",
    type=click.IntRange(min(REQUESTS), max(REQUESTS)),
    default=2,
    show_default=True,
    help="How many requests race.",
)
@click.option(
    "--brute-force",
    is_flag=True,
    help="Run every schedule, not one of each class of schedules that cannot be told apart.",
)
@click.option(
    "--budget",
    type=options.Seconds(),
    default=300.0,
    show_default=True,
    help="Seconds for each cell; one that is not finished by then is inconclusive.",
)
@click.option(
    "--lanes",
    type=click.IntRange(1, _MOST_LANES),
    default=2,
    show_default=True,
    help="Processes that explore side by side, each with a database and applications of its own.",
)
@click.option(
    "--replay",
    "replay_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Run the schedule in this file again, and nothing else.",
)
@options.json_file
@click.pass_context
def explore(
    ctx: click.Context,
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    workers: int | None,
    requests: int,
    brute_force: bool,
    budget: float,
    lanes: int,
    replay_file: Path | None,
    json_file: Path | None,
) -> None:
    """Walk every interleaving of two or three requests.

    Exit code 0: every verdict is what the catalogue expects; 1: one is not; 2: bad usage or input;
    3: inconclusive.
    """
    output = console()
    if replay_file:
        _refuse_what_replay_does_not_take(ctx)
        run_again(replay_file, output)
        return
    cells = list(plan(stacks, options.selected(slugs), requests=requests, workers=workers))
    if not cells:
        raise click.UsageError("no strategy that was named has a row with so many workers")
    found = carry_out(cells, budget, lanes, brute_force, output)
    options.write(json_file, [cell_to_json(cell, certificate) for cell, certificate in found])
    tell(found, output)
    conclusion = conclude(found)
    print_conclusion(conclusion, output)
    print_exit_line(conclusion)
    ctx.exit(conclusion.exit_code)


def _refuse_what_replay_does_not_take(ctx: click.Context) -> None:
    given = [name for name in ctx.params if ctx.get_parameter_source(name) is _COMMAND_LINE]
    if given != ["replay_file"]:
        raise click.UsageError("--replay runs what its file says, and takes no other option")


def run_again(path: Path, output: Console) -> None:
    """Replay a saved schedule and draw it.

    Raises:
        LabError: it is none, or does not go the same way.
    """
    saved = schedule_file.load(path)
    with output.status("Starting PostgreSQL and the applications ..."):
        run, outcome = replay(saved)
    counterexample.show(saved.cell, run, outcome, output)
    output.print("Every step and the outcome are those of the file.", style="green")


def carry_out(
    cells: list[Cell], budget: float, lanes: int, brute_force: bool, output: Console
) -> list[tuple[Cell, Certificate]]:
    """Explore the cells on a server of the explorer's own; print each line when it is there."""
    found = list[tuple[Cell, Certificate]]()
    table = ExploreTable(output)
    status = output.status("Starting PostgreSQL and the applications ...")
    with status, server() as on, Lanes(on, min(lanes, len(cells))) as crew:
        table.print_head()

        def on_progress(cell: Cell, schedules: int) -> None:
            status.update(f"{cell.label} on {cell.stack}: {schedules} runs")

        for cell, certificate in crew.explore(cells, budget, on_progress, brute_force):
            found.append((cell, certificate))
            table.print_row(cell, certificate)
    return found


def tell(found: list[tuple[Cell, Certificate]], output: Console) -> None:
    """Keep the smallest counterexamples; of a few cells, print certificate and picture too."""
    paths = [counterexample.keep(cell, certificate) for cell, certificate in found]
    if len(found) <= _CELLS_TOLD_IN_FULL:
        for cell, certificate in found:
            output.print(f"\n{cell.label} on {cell.stack}: {certificate}", highlight=False)
            if certificate.smallest:
                counterexample.show(cell, *certificate.smallest, output)
    if any(paths):
        output.print(
            f"\nThe smallest counterexamples are in {FOLDER} as pictures (.svg) and as schedules "
            "(.json) for --replay.",
            highlight=False,
        )


def conclude(found: list[tuple[Cell, Certificate]]) -> Conclusion:
    """Compare each verdict with the catalogue."""
    return Conclusion(tuple(_finding(cell, certificate) for cell, certificate in found))


def _finding(cell: Cell, certificate: Certificate) -> Finding:
    verdict = certificate.verdict
    came: Came = "met"
    if verdict not in CONCLUSIVE:
        came = "inconclusive"
    elif verdict != cell.expected:
        came = "unmet"
    place = f"{cell.label} on {cell.stack}"
    return Finding(place, came, cell.expected, verdict, certificate.inconclusive or "")
