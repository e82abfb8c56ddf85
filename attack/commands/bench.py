"""attack bench: what each defence costs on each stack, beside what the database alone can do."""

import json
import math
import time
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from attack import targets
from attack.bench.accounts import MOST
from attack.bench.load import Load
from attack.bench.plan import ACCOUNTS, CLIENTS, REFERENCE, ROUNDS, Cell, Plan
from attack.bench.prepare import prepared
from attack.bench.records import Result
from attack.commands import options
from attack.commands.stacks import running_stacks
from attack.counting import counted
from attack.report.bench_json import results_to_json
from attack.report.bench_table import print_results
from attack.report.console import console, progress
from attack.runs.keep import Begin, beginner
from attack.runs.records import BENCH
from attack.stacks import elsewhere, engine
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.server import server_version

_MINUTES = 13
_MOST_CLIENTS = 32  # as many as a stack has threads: more would queue in front of it
MEASURED = tuple(
    each.slug for each in strategies() if each.kind == "defence" or each.slug == REFERENCE
)
"""What is measured where nobody says otherwise."""


class Numbers(click.ParamType[tuple[int, ...]]):
    """A comma-separated list of whole numbers from 1 to `most`."""

    name = "numbers"

    def __init__(self, most: int) -> None:
        self._most = most

    def convert(
        self, value: str | tuple[int, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in value.split(",")]
        for part in parts:
            if not (part.isascii() and part.isdigit() and 1 <= int(part) <= self._most):
                self.fail(f"{part!r} is no whole number from 1 to {self._most}", param, ctx)
        return tuple(sorted({int(part) for part in parts}))


@click.command()
@options.stack
@click.option(
    "--strategy",
    "slugs",
    type=options.Names(options.SLUGS),
    default=MEASURED,
    show_default=f"every defence, and {REFERENCE} beside them",
    help="Strategies by slug, comma-separated.",
)
@click.option(
    "--clients",
    type=Numbers(_MOST_CLIENTS),
    default=CLIENTS,
    show_default=",".join(map(str, CLIENTS)),
    help="How many send at once, comma-separated.",
)
@click.option(
    "--accounts",
    type=Numbers(MOST),
    default=ACCOUNTS,
    show_default=",".join(map(str, ACCOUNTS)),
    help="How many are withdrawn from, comma-separated.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1, 100),
    default=ROUNDS,
    show_default=True,
    help="How often each cell is measured; a round goes through all of them.",
)
@click.option(
    "--minutes",
    type=click.IntRange(1, 600),
    default=_MINUTES,
    show_default=True,
    help="For the whole; each measurement gets its share, and a late round is cut short.",
)
@click.option(
    "--seconds",
    type=options.Seconds(0.3, 60),
    help="For each measurement, however long the whole then takes.",
)
@click.option(
    "--load-workers",
    type=click.IntRange(0, 64),
    default=0,
    show_default=True,
    help="Locust workers that send the load; 0: one process sends it.",
)
@click.option(
    "--load-port",
    type=click.IntRange(1024, 65535),
    help="Wait on this loopback port for the workers, and start none.",
)
@options.json_file
@click.pass_context
def bench(
    ctx: click.Context,
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    clients: tuple[int, ...],
    accounts: tuple[int, ...],
    rounds: int,
    minutes: int,
    seconds: float | None,
    load_workers: int,
    load_port: int | None,
    json_file: Path | None,
) -> None:
    """Measure what each defence costs.

    Throughput, latency and retries, beside the limit: the same SQL, sent to the same database
    without an application. Ctrl-C ends a bench early; what was measured by then is shown, and
    written, all the same.

    Exit code 0: no defence lost money; 1: one did; 2: bad usage or input.
    """
    if load_port and not load_workers:
        raise click.UsageError("--load-port waits for workers: say how many by --load-workers")
    if not elsewhere.stacks() and engine.to_attack() == "docker":
        raise LabError("a bench needs stacks as local processes: `make down`, then ENGINE=local")
    plan = Plan(stacks, options.selected(slugs), clients, accounts, rounds)
    each = seconds or plan.seconds_within(minutes)
    until = math.inf if seconds else time.monotonic() + minutes * 60
    output = console()
    settings = {name: getattr(plan, name) for name in ("stacks", "clients", "accounts", "rounds")}
    begin = beginner({"bench": settings}, slugs)
    results = list[Result]()
    try:
        _carry_out(plan, each, until, Load(load_workers, load_port or 0), output, results, begin)
    finally:
        # Whatever ended it: minutes of measuring are not thrown away.
        if results:
            print_results(output, results)
            _write(json_file, results)
    ctx.exit(_conclude(results, output))


def _carry_out(
    plan: Plan,
    seconds: float,
    until: float,
    load: Load,
    output: Console,
    results: list[Result],
    begin: Begin,
) -> None:
    """Measure on the stacks that are up, or on local ones; put each result into the list.

    Each is kept at once: a bench that is killed leaves what it measured.
    """
    with running_stacks(output, plan.kinds(), plan.stacks) as stacks, progress(output) as bar:
        task = bar.add_task("", total=plan.measurements())

        def say(words: str) -> None:
            bar.update(task, description=words)

        target = replace(targets.load(), lab_id=stacks.lab_id)
        postgresql = server_version(stacks.database_url)
        with prepared(target, stacks, plan, load, say) as bench:
            say(f"measuring, {seconds:g} s each")
            for so_far in bench.run(plan, seconds):
                results[:] = so_far
                begin(postgresql).write(BENCH, results_to_json(results))
                bar.advance(task)
                # A slow machine gets fewer repeats, and one of each at the least.
                if time.monotonic() > until and all(result.repeats for result in results):
                    break


def _write(file: Path | None, results: list[Result]) -> None:
    if file is None:
        return
    try:
        file.write_text(json.dumps(results_to_json(results), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise LabError(f"{file} cannot be written: {error.strerror}") from None


def _conclude(results: list[Result], output: Console) -> int:
    """Print which cells lost money; return the exit code: 1 where one of a defence did."""
    lost = [
        (result, result.of) for result in results if result.faults and isinstance(result.of, Cell)
    ]
    for result, cell in lost:
        where = f"{cell.strategy.slug} on {cell.stack}, {counted(cell.accounts, 'account')}"
        clients = counted(cell.clients, "client")
        output.print(f"{where}, {clients}: {result.faults[0]}.", style="red")
    return int(any(cell.strategy.kind == "defence" for _, cell in lost))
