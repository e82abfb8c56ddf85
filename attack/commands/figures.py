"""attack figures: write the figures of docs/choosing.md from a bench."""

import json
from pathlib import Path

import click

from attack.report.bench_page import NAME, figures
from attack.report.marks import replaced
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

PAGE = CHECKOUT / "docs" / "choosing.md"


@click.command(name="figures")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def write_figures(run: Path) -> None:
    """Write the figures of docs/choosing.md from a bench.

    RUN is a file of `attack bench --json`.

    Raises:
        LabError: it is none.
    """
    try:
        tables = figures(json.loads(run.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, IndexError):
        raise LabError(f"{run} holds no bench: `attack bench --json FILE` writes one") from None
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), NAME, tables), encoding="utf-8")
    click.echo(f"{PAGE.relative_to(CHECKOUT)} holds the figures of {run}.")
