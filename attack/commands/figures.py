"""attack figures: write the figures of docs/choosing.md from benches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from attack.report.bench_page import NAME as FIGURES
from attack.report.bench_page import figures
from attack.report.claims import NAME as CLAIMS
from attack.report.claims import table
from attack.report.marks import replaced
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

PAGE = CHECKOUT / "docs" / "choosing.md"


@click.command(name="figures")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument(
    "again", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def write_figures(run: Path, again: Path | None) -> None:
    """Write the figures and the claims of docs/choosing.md.

    RUN and AGAIN are files of `attack bench --json`; the figures are those of RUN.

    Raises:
        LabError: one is none.
    """
    page = PAGE.read_text(encoding="utf-8")
    page = replaced(page, FIGURES, _of([run], lambda records: figures(records[0])))
    runs = [run, again] if again else [run]
    page = replaced(
        page, CLAIMS, _of(runs, lambda records: table([each["cells"] for each in records]))
    )
    PAGE.write_text(page, encoding="utf-8")
    click.echo(f"{PAGE.relative_to(CHECKOUT)} holds the figures of {run}.")


def _of(runs: list[Path], write: Callable[[list[Any]], str]) -> str:
    """Return what is written of benches.

    Raises:
        LabError: a file holds none.
    """
    try:
        return write([json.loads(run.read_text(encoding="utf-8")) for run in runs])
    except (ValueError, KeyError, TypeError, IndexError):
        named = " or ".join(map(str, runs))
        raise LabError(f"{named} holds no bench: `attack bench --json FILE` writes one") from None
