"""attack explore: every interleaving, its table, its exit code."""

import os
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, get_args

import click
from rich.console import Console

from attack.commands import counterexample, options
from attack.commands.order import Order, one_cell, tell_order
from attack.counting import counted
from attack.explore import recordings, schedule_file
from attack.explore.cells import AMOUNT, WORKERS, Cell, Users, plan
from attack.explore.exploration import Exploration
from attack.explore.lanes import Lanes, replay, server_for
from attack.explore.schedule_file import FOLDER
from attack.report import explore_words
from attack.report.conclusion import print_conclusion, print_exit_line
from attack.report.console import console
from attack.report.explore_json import rows_to_json
from attack.report.explore_table import ExploreTable
from attack.report.explore_words import Row
from attack.runs.keep import Begin, Run, beginner
from attack.verdicts import Came, Conclusion, Finding
from racewalk import Schedule
from shared_db.server import server_version

_MOST_LANES = 8
_COMMAND_LINE = click.core.ParameterSource.COMMANDLINE


@click.command()
@options.stack
@options.strategy
@click.option(
    "--workers",
    type=click.IntRange(min(WORKERS), max(WORKERS)),
    help="2: each request meets a process of its own, as deployed; 1: all meet in one. "
    "Default: 2, and both for a strategy that has a row for each.",
)
@options.requests
@click.option(
    "--start",
    type=options.Start(),
    help=f"Money in each account; each request withdraws {AMOUNT}. Default: once with money for "
    "one request, once with money for all.",
)
@click.option(
    "--users",
    type=click.Choice(get_args(Users)),
    help="Whose requests race: all are one user's, or each is another's. Default: both.",
)
@click.option(
    "--brute-force",
    is_flag=True,
    help="Run every schedule, not one of each class of schedules that cannot be told apart.",
)
@click.option(
    "--no-memory",
    is_flag=True,
    help="Have the applications run every schedule, also where it was seen what they do.",
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
@click.option(
    "--record",
    "record_folder",
    type=options.NewFolder(),
    help="Also walk every edge of each cell's graph, and write what was seen there to this folder.",
)
@click.option(
    "--schedule",
    "asked_schedule",
    type=Order(),
    help="Run this order, such as AABB, of one strategy on one stack, tell what is to be seen "
    "after each step, and nothing else. Where it ends the run goes on without a preemption.",
)
@options.case
@options.json_file
@click.pass_context
def explore(
    ctx: click.Context,
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    workers: int | None,
    requests: int,
    start: int | None,
    users: Users | None,
    brute_force: bool,
    no_memory: bool,
    budget: float,
    lanes: int,
    replay_file: Path | None,
    record_folder: Path | None,
    asked_schedule: Schedule | None,
    case: str | None,
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
    if record_folder and brute_force:
        raise click.UsageError("--record walks a graph, and --brute-force draws none")
    strategies = options.selected(slugs)
    if asked_schedule:
        _refuse_what_a_schedule_does_not_take(ctx)
        cell = one_cell(stacks, strategies, requests, workers, start, users, case)
        tell_order(cell, asked_schedule, json_file, output)
        return
    cells = list(plan(stacks, strategies, requests, workers, start, users))
    named = slugs != options.SLUGS or case is not None
    cells = [c for c in cells if case in (None, c.case.name) and (named or not c.on_request)]
    if not cells:
        raise click.UsageError("no strategy that was named has a row that can be explored so")
    asked: dict[str, Any] = {
        "requests": requests,
        "workers": workers,
        "start": start,
        "users": users,
    }
    asked |= {"stacks": stacks, "budget": budget, "brute_force": brute_force}
    begin = beginner({"explore": asked}, slugs)
    how = How(budget, lanes, brute_force, record_folder, memory=not no_memory)
    rows, run = carry_out(cells, how, output, begin)
    records = rows_to_json(rows)
    conclusion = judge(rows, records, run)
    options.write(json_file, records)
    tell(rows, output)
    print_conclusion(conclusion, output)
    for line in (explore_words.found(rows), explore_words.next_step(rows, given(ctx))):
        output.print(line, highlight=False)
    print_exit_line(conclusion)
    ctx.exit(conclusion.exit_code)


def given(ctx: click.Context) -> dict[str, object]:
    """Return what was asked for beside strategy and stack, and is not the default.

    By the options' own words, which may not be the names of the parameters.
    """
    values = ((option, ctx.params[option.name or ""]) for option in ctx.command.params)
    return {
        option.opts[0].removeprefix("--").replace("-", "_"): value
        for option, value in values
        if option.name not in ("stacks", "slugs", "json_file")
        and value not in (None, False, option.default)
    }


def _refuse_what_replay_does_not_take(ctx: click.Context) -> None:
    given = [name for name in ctx.params if ctx.get_parameter_source(name) is _COMMAND_LINE]
    if given != ["replay_file"]:
        raise click.UsageError("--replay runs what its file says, and takes no other option")


def _refuse_what_a_schedule_does_not_take(ctx: click.Context) -> None:
    for option in ("record_folder", "brute_force", "no_memory", "budget", "lanes"):
        if ctx.get_parameter_source(option) is _COMMAND_LINE:
            word = option.removesuffix("_folder").replace("_", "-")
            raise click.UsageError(f"--schedule runs one order, and takes no --{word}")


def run_again(path: Path, output: Console) -> None:
    """Replay a saved schedule and draw it.

    Raises:
        LabError: it is none, or does not go the same way.
    """
    saved = schedule_file.load(path)
    say_whose_database(output)
    with output.status("Starting PostgreSQL and the applications ..."):
        run, outcome = replay(saved)
    counterexample.show(saved.cell, run, outcome, output)
    output.print("Every step and the outcome are those of the file.", style="green")


class How(NamedTuple):
    """How cells are explored.

    Attributes:
        budget: seconds for each.
        lanes: processes side by side.
        brute_force: every schedule, not one of each class.
        folder: where recordings go; None where none are made.
        memory: ask the applications for what they have not said before alone.
    """

    budget: float
    lanes: int
    brute_force: bool = False
    folder: Path | None = None
    memory: bool = True


def carry_out(cells: list[Cell], how: How, output: Console, begin: Begin) -> tuple[list[Row], Run]:
    """Explore the cells on a server of the explorer's own; keep each, print each line of a row."""
    rows = [list(each) for _, each in groupby(cells, lambda cell: (cell.label, cell.stack))]
    found = list[Row]()
    table = ExploreTable(output, cells)
    say_whose_database(output)
    status = output.status("Starting PostgreSQL and the applications ...")
    lanes = min(how.lanes, len(rows))
    with server_for(cells, lanes, status) as (on, make_pool):
        version = server_version(on.url(superuser=True, database="postgres"))
        run = begin(version)
        table.print_head()

        def on_progress(cell: Cell, schedules: int) -> None:
            status.update(f"{cell.title}: {counted(schedules, 'run')}")

        with Lanes(on, lanes, make_pool) as crew:
            findings = _findings(crew, cells, how, on_progress, version)
            for row in rows:
                found.append([_kept(next(findings), run) for _ in row])
                table.print_row(found[-1])
    return found, run


def say_whose_database(output: Console) -> None:
    """Tell whoever named a database that it is left alone."""
    if os.environ.get("DATABASE_URL"):
        output.print(
            "DATABASE_URL is not used here: the explorer has a PostgreSQL of its own.", style="dim"
        )


def _findings(
    lanes: Lanes,
    cells: list[Cell],
    how: How,
    on_progress: Callable[[Cell, int], None],
    version: str,
) -> Iterator[Exploration]:
    if not how.folder:
        yield from lanes.explore(cells, how.budget, on_progress, how.brute_force, memory=how.memory)
        return
    for found, recording in lanes.record(cells, how.budget, on_progress):
        recordings.keep(how.folder, found.cell, recording, version)
        yield found


def _kept(found: Exploration, run: Run) -> Exploration:
    run.explored(found, counterexample.keep(found))
    return found


def judge(rows: list[Row], records: list[dict[str, Any]], run: Run) -> Conclusion:
    """Return what the rows came to, and keep it with the rows as records."""
    conclusion = conclude(rows)
    run.concluded("explore", conclusion, records)
    return conclusion


def tell(rows: list[Row], output: Console) -> None:
    """Print where schedules are; of a few rows, print certificates and one picture each too."""
    if len(rows) <= explore_words.TOLD_IN_FULL:
        for row in rows:
            output.print()
            for each in row:
                bad = f"; {each.bad}" if each.bad and each.known != "unsafe" else ""
                output.print(f"{each.cell.title}: {each.certificate}{bad}", highlight=False)
            worst = next((each for each in row if each.example), None)
            if worst and worst.example:
                counterexample.show(worst.cell, *worst.example, output)
        output.print(
            "\nWhat the numbers mean: docs/explorer.md, “The certificate”.", highlight=False
        )
    if any(each.example for row in rows for each in row):
        output.print(
            f"\nThe smallest schedules that show it are in {FOLDER} as pictures (.svg) and as "
            "schedules (.json) for --replay.",
            highlight=False,
        )


def conclude(rows: list[Row]) -> Conclusion:
    """Compare each verdict with the catalogue."""
    return Conclusion(tuple(_finding(each) for row in rows for each in row))


def _finding(found: Exploration) -> Finding:
    came: Came = "met" if found.met else "unmet" if found.known else "inconclusive"
    return Finding(found.cell.title, came, found.cell.expected, found.verdict, found.why)
