"""attack whatif: which lock it is that holds a strategy, and what would repair one."""

import json
from pathlib import Path

import click

from attack.commands import options
from attack.commands.explore import say_whose_database
from attack.commands.order import one_cell
from attack.counting import counted
from attack.explore.cells import AMOUNT, WORKERS, Cell
from attack.explore.lanes import ask
from attack.report.conclusion import print_exit_line
from attack.report.console import console
from attack.verdicts import Came, Conclusion, Finding
from racewalk.whatif import Found, show
from shared_db.errors import LabError


@click.command("whatif")
@options.stack
@options.strategy
@options.case
@click.option("--workers", type=click.IntRange(min(WORKERS), max(WORKERS)), help="As for explore.")
@click.option(
    "--start",
    type=options.Start(),
    default=AMOUNT,
    show_default=True,
    help=f"Money in the account; each of two requests withdraws {AMOUNT}.",
)
@click.option(
    "--budget",
    type=options.Seconds(),
    default=120.0,
    show_default=True,
    help="Seconds for each change; one that is not finished by then is inconclusive.",
)
@options.json_file
@click.pass_context
def what_if(
    ctx: click.Context,
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    case: str | None,
    workers: int | None,
    start: int,
    budget: float,
    json_file: Path | None,
) -> None:
    """Ask which lock holds a strategy, and what would repair it.

    It is explored again with other SQL, which is changed on its way to the database: each lock is
    taken away by itself, locks are put in, transactions get another isolation level, and one is put
    around the request; then pairs of these. Exit codes are those of explore, for the strategy as it
    is; 3 also where a change was not explored in full.
    """
    why = "what is changed are the statements of one application"
    chosen = options.selected(slugs)
    cell = one_cell(stacks, chosen, workers=workers, start=start, case=case, why=why)
    output = console()
    say_whose_database(output)
    with output.status("Starting PostgreSQL and the applications ...") as status:

        def told(_cell: Cell, title: str, runs: int) -> None:
            status.update(f"{title}: {counted(runs, 'run')}")

        (found,) = ask([cell], budget, told)
    _write(json_file, found)
    output.print(cell.title, style="bold", highlight=False)
    show(found, output)
    conclusion = conclude(cell, found)
    print_exit_line(conclusion)
    ctx.exit(conclusion.exit_code)


def conclude(cell: Cell, found: Found) -> Conclusion:
    """Compare the strategy as it is with the catalogue; what was not explored in full is open."""
    verdict = found.as_is.verdict
    other: Came = "inconclusive" if found.as_is.is_open else "unmet"
    came: Came = "met" if verdict == cell.expected else other
    as_is = Finding(cell.title, came, cell.expected, verdict, found.as_is.why)
    rest = [
        Finding(f"{cell.title}, {each.title}", "inconclusive", "", each.verdict, each.why)
        for each in found.open
        if each.changes
    ]
    return Conclusion((as_is, *rest))


def _write(file: Path | None, found: Found) -> None:
    if file is None:
        return
    try:
        text = json.dumps(found.plain(), indent=2, ensure_ascii=False)
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise LabError(f"{file} cannot be written: {error.strerror}") from None
