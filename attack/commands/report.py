"""attack report: a page of what runs have shown, without attacking again."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from attack import targets
from attack.commands import explore, fire, options
from attack.explore.cells import plan as explored_cells
from attack.plan import Plan
from attack.report.console import console
from attack.report.explore_json import rows_to_json
from attack.report.page.changes import changes
from attack.report.page.evidence import together
from attack.report.page.render import render
from attack.runs import read
from attack.runs.keep import beginner
from attack.runs.read import Kept
from attack.runs.records import PARTS
from shared_db.errors import LabError

_NAME = "report.html"
_BUDGET_S, _LANES, _RACING = 300.0, 2, 2


@click.command()
@click.argument("run", nargs=-1)
@click.option("--against", help="A second run: say what changed since then.")
@click.option(
    "--out", type=options.NewFile(), help=f"Where the page goes. Default: {_NAME} in the run."
)
def report(run: tuple[str, ...], against: str | None, out: Path | None) -> None:
    """Write a page from a run, without attacking again.

    RUN is a folder in runs/, or its name; of several, each adds what those before it lack. Default:
    the last one, with what it lacks from the ones before; where there is none, one is made.

    Raises:
        LabError: a run is none, or the page cannot be written.
    """
    output = console()
    before = read.load(read.find(against)) if against else None  # before anything is attacked
    runs = [read.load(read.find(name)) for name in run] if run else _last() or [_fresh(output)]
    shown = together(runs)
    changed = changes(shown, together([before])) if before else []
    path = out or runs[0].folder / _NAME
    page = render(shown, before, changed)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror}") from None
    for line in changed:
        output.print(line, highlight=False, markup=False)
    if before and not changed:
        output.print(f"Nothing changed since {before.name} that is more than chance.")
    names = ", ".join(each.name for each in shown.runs)
    output.print(f"{path} shows {names}.", highlight=False, soft_wrap=True, markup=False)


def _last() -> Sequence[Kept]:
    """Return the last run, and of those before it the newest that have what it lacks."""
    found: list[Kept] = []
    for folder in read.names():
        try:
            kept = read.load(folder)
        except LabError:
            if not found:
                raise
            continue  # of an older version, say: it adds nothing, and was not asked for
        if not found or any(kept.has(p) and not any(f.has(p) for f in found) for p in PARTS):
            found.append(kept)
        if all(any(each.has(part) for each in found) for part in PARTS):
            break
    return found


def _fresh(output: Console) -> Kept:
    """Attack everything and explore everything, in one run."""
    everything = options.selected(options.SLUGS)
    stacks = tuple(targets.load().stacks)
    plan = Plan(
        stacks, everything, ("last_byte",), 32, threads=32, trials=None, start=160, amount=10
    )
    asked = {"stacks": stacks, "requests": _RACING, "budget": _BUDGET_S}
    begin = beginner({"fire": fire.settings(plan), "explore": asked}, options.SLUGS)
    cells, run, _ = fire.carry_out(plan, output, begin)
    fire.judge(plan, cells, run)
    to_explore = list(explored_cells(stacks, everything, _RACING, None))
    rows, _ = explore.carry_out(to_explore, explore.How(_BUDGET_S, _LANES), output, begin)
    explore.judge(rows, rows_to_json(rows), run)
    return read.load(run.folder)
