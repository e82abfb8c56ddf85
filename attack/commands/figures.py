"""attack figures: write the figures of docs/choosing.md from benches."""

from pathlib import Path

import click

from attack.commands.written import written_of
from attack.report.bench_page import NAME as FIGURES
from attack.report.bench_page import figures
from attack.report.claims import NAME as CLAIMS
from attack.report.claims import table
from attack.report.marks import replaced
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
    bench = "bench", "attack bench --json FILE"
    made = written_of([run], lambda records: figures(records[0]), *bench)
    page = replaced(page, FIGURES, made)
    runs = [run, again] if again else [run]
    made = written_of(runs, lambda records: table([each["cells"] for each in records]), *bench)
    page = replaced(page, CLAIMS, made)
    PAGE.write_text(page, encoding="utf-8")
    click.echo(f"{PAGE.relative_to(CHECKOUT)} holds the figures of {run}.")
