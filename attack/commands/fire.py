"""attack fire: the attack, its table, its exit code."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from attack import targets
from attack.checkers import judge_cell, judge_expectation
from attack.commands import options
from attack.commands.inside import InsideCommand
from attack.commands.stacks import running_stacks
from attack.fire import Attacker
from attack.ledger import Ledger
from attack.plan import Cell, Plan
from attack.report.console import console
from attack.report.fire_json import cell_to_json
from attack.report.fire_table import FireTable
from attack.store import Store
from shared_db.catalogue import Case, Expected, Strategy

# More would only queue: a bound on what the harness sends to this machine.
_MOST_REQUESTS, _MOST_TRIALS = 1000, 1000
_LARGEST = 2**31 - 1
_VERBS: dict[Expected, str] = {
    "exploited": "Paid out more than the money allowed",
    "held": "Held",
    "starved": "Paid out less than the money allowed",
}


@click.command(cls=InsideCommand)
@options.stack
@options.strategy
@options.technique
@click.option("--requests", type=click.IntRange(1, _MOST_REQUESTS), default=32, show_default=True)
@click.option(
    "--threads",
    type=click.IntRange(1, _MOST_REQUESTS),
    default=32,
    show_default=True,
    help="Threads of burst; last_byte takes one a request.",
)
@click.option("--trials", type=click.IntRange(1, _MOST_TRIALS), default=5, show_default=True)
@click.option(
    "--start",
    type=click.IntRange(0, _LARGEST),
    default=160,
    show_default=True,
    help="Money in the account before each trial.",
)
@click.option("--amount", type=click.IntRange(1, _LARGEST), default=10, show_default=True)
@options.json_file
@click.pass_context
def fire(
    ctx: click.Context,
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    techniques: tuple[str, ...],
    requests: int,
    threads: int,
    trials: int,
    start: int,
    amount: int,
    json_file: Path | None,
) -> None:
    """Attack the strategies on both stacks and compare them in one table.

    Exit code 0: every verdict is what the catalogue expects; 1: one is not; 2: bad usage or input;
    3: inconclusive.
    """
    plan = Plan(
        stacks=stacks,
        strategies=options.selected(slugs),
        techniques=techniques,
        requests=requests,
        threads=threads,
        trials=trials,
        start=start,
        amount=amount,
    )
    output = console()
    cells = carry_out(plan, output)
    if json_file:
        record = {"cells": [cell_to_json(cell) for cell in cells]}
        json_file.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    ctx.exit(conclude(plan, cells, output))


def carry_out(plan: Plan, output: Console) -> list[Cell]:
    """Run a plan on the stacks that are up, or on local ones; print each row when it is there."""
    with running_stacks(output, plan.workers()) as state:
        ledger = Ledger(targets.load(), state.database_url)
        attacker = Attacker(targets.load(), state.instances(), ledger, Store())
        table, cells = FireTable(output, plan), list[Cell]()
        try:
            ledger.lock()
            with _progress(output) as progress:
                task = progress.add_task("attacking", total=plan.all_trials())
                table.print_head()
                for cell in attacker.run(plan, state.workers, lambda: progress.advance(task)):
                    cells.append(cell)
                    in_row = plan.stacks_of(cell.case)
                    if cell.stack == in_row[-1]:
                        table.print_row(cells[-len(in_row) :])
        finally:
            attacker.close()
            ledger.close()
    return cells


def _progress(output: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=output, transient=True, disable=not output.is_terminal)


def conclude(plan: Plan, cells: list[Cell], output: Console) -> int:
    """Print whether all came as the catalogue expects; return the exit code."""
    retries, conflicts = (sum(c.retries for c in cells), sum(c.conflicts for c in cells))
    if retries or conflicts:
        output.print(
            f"Tried again after a conflict: {retries} times. "
            f"Given up with 503: {conflicts} requests."
        )
    unmet, inconclusive = list[str](), list[str]()
    by_expected: dict[Expected, dict[str, None]] = {}
    for strategy, case in plan.cases():
        for stack in plan.stacks_of(case):
            expected = case.expected_on(stack)
            label = _label(strategy, case)
            where = f"{label} on {stack}"
            told = where if case.stacks_differ else label
            by_expected.setdefault(expected, {})[told] = None
            verdicts = [
                judge_cell(cell.trials)
                for cell in cells
                if (cell.stack, cell.strategy, cell.case) == (stack, strategy, case)
            ]
            expectation = judge_expectation(expected, verdicts)
            if not expectation.met:
                place = unmet if expectation.conclusive else inconclusive
                place.append(where)
    if unmet:
        output.print(f"Not as the catalogue expects: {', '.join(unmet)}.", style="bold red")
        return 1
    if inconclusive:
        output.print(f"Inconclusive: {', '.join(inconclusive)}.", style="bold magenta")
        return 3
    for expected, verb in _VERBS.items():
        if expected in by_expected:
            output.print(f"{verb}: {', '.join(by_expected[expected])}.")
    output.print("Every verdict is what the catalogue expects.", style="green")
    return 0


def _label(strategy: Strategy, case: Case) -> str:
    return f"{strategy.slug} ({case.name})" if case.name else strategy.slug
