"""attack fire: the attack, its table, its exit code."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from attack import targets
from attack.commands import options
from attack.commands.inside import InsideCommand
from attack.commands.stacks import running_stacks
from attack.counting import counted
from attack.fire import Attacker
from attack.ledger import Ledger
from attack.plan import DEFAULT_TRIALS, DEFAULTS, MOST_TRIALS, Cell, Plan
from attack.report.conclusion import print_conclusion, print_exit_line
from attack.report.console import console, progress
from attack.report.fire_end import lost, next_step
from attack.report.fire_json import cell_to_json
from attack.report.fire_table import FireTable
from attack.runs.keep import Begin, Run, beginner
from attack.stacks.where import Stacks
from attack.verdicts import Conclusion, conclude
from shared_db.server import server_version

# More would only queue: a bound on what the harness sends to this machine.
_MOST_REQUESTS = 1000
_LARGEST = 2**31 - 1


class FireCommand(InsideCommand):
    """Sees to it, before anything is started, that somebody can be paid."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        start, amount = ctx.params["start"], ctx.params["amount"]
        if start < amount:
            raise click.UsageError(
                f"--start {start} is less than --amount {amount}: nobody could be paid"
            )
        return rest


@click.command(cls=FireCommand)
@options.stack
@options.strategy
@options.technique
@click.option(
    "--requests",
    type=click.IntRange(1, _MOST_REQUESTS),
    default=DEFAULTS["requests"],
    show_default=True,
    help="Requests at once, in each trial.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, _MOST_REQUESTS),
    default=DEFAULTS["threads"],
    show_default=True,
    help="Threads of burst; last_byte takes one a request.",
)
@click.option(
    "--trials",
    type=click.IntRange(1, MOST_TRIALS),
    show_default=f"{DEFAULT_TRIALS}, and fewer of what takes long",
    help="Trials of each strategy on each stack.",
)
@click.option(
    "--start",
    type=click.IntRange(1, _LARGEST),
    default=DEFAULTS["start"],
    show_default=True,
    help="Money in the account before each trial, enough for one payout at least.",
)
@click.option(
    "--amount",
    type=click.IntRange(1, _LARGEST),
    default=DEFAULTS["amount"],
    show_default=True,
    help="Money that each request withdraws.",
)
@options.json_file
@click.pass_context
def fire(
    ctx: click.Context,
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    techniques: tuple[str, ...],
    requests: int,
    threads: int,
    trials: int | None,
    start: int,
    amount: int,
    json_file: Path | None,
) -> None:
    """Attack the strategies on both stacks, and compare them.

    Exit code 0: every verdict is what the catalogue expects; 1: one is not; 2: bad usage or input;
    3: inconclusive. The last line says it too, for `make` turns each of them into 2.
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
    cells, run, attacked = carry_out(plan, output, beginner({"fire": settings(plan)}, slugs))
    conclusion = judge(plan, cells, run)
    options.write(json_file, [cell_to_json(cell) for cell in cells])
    tell(plan, cells, conclusion, output, attacked)
    ctx.exit(conclusion.exit_code)


def carry_out(plan: Plan, output: Console, begin: Begin) -> tuple[list[Cell], Run, Stacks]:
    """Run a plan on the stacks that are up, or on local ones; print each row when it is there.

    What comes of it is kept in the run that `begin` makes, which is returned with the cells and
    the stacks that were attacked.
    """
    with running_stacks(output, plan.kinds(), plan.stacks) as stacks:
        target = replace(targets.load(), lab_id=stacks.lab_id)
        ledger = Ledger(target, stacks.database_url)
        table, cells = FireTable(output, plan), list[Cell]()
        attacker = None
        try:
            ledger.lock()
            run = begin(server_version(stacks.database_url))
            attacker = Attacker(target, stacks.instances(), ledger, run.store, stacks.log_of)
            with progress(output) as bar:
                task = bar.add_task("attacking", total=plan.all_trials())
                table.print_head()
                for cell in attacker.run(plan, stacks.workers, lambda: bar.advance(task)):
                    cells.append(cell)
                    in_row = plan.stacks_of(cell.case)
                    if cell.stack == in_row[-1]:
                        table.print_row(cells[-len(in_row) :])
        finally:
            if attacker:
                attacker.close()
            ledger.close()
    return cells, run, stacks


def settings(plan: Plan) -> dict[str, Any]:
    """Return what a plan was asked for, to be kept with its run."""
    names = ("stacks", "techniques", "requests", "threads", "trials", "start", "amount")
    return {name: getattr(plan, name) for name in names}


def judge(plan: Plan, cells: list[Cell], run: Run) -> Conclusion:
    """Return what the cells came to, and keep it."""
    conclusion = conclude(plan, cells)
    run.concluded("fire", conclusion, [cell_to_json(cell) for cell in cells])
    return conclusion


def tell(
    plan: Plan, cells: list[Cell], conclusion: Conclusion, output: Console, stacks: Stacks
) -> None:
    """Print what it came to, in plain words, and last what a script can read."""
    retries, conflicts = (sum(c.retries for c in cells), sum(c.conflicts for c in cells))
    if retries or conflicts:
        output.print(
            f"Tried again after a conflict: {counted(retries, 'time')}. "
            f"Given up with 503: {counted(conflicts, 'request')}.",
            style="dim",
            highlight=False,
        )
    print_conclusion(conclusion, output)
    for line in (lost(cells), next_step(plan, cells, conclusion, stacks.log_of)):
        output.print(line, highlight=False)
    print_exit_line(conclusion)
