"""attack matrix: write the README's matrix from a run."""

import json
from pathlib import Path

import click

from attack.report.matrix import matrix, replace_matrix
from shared_db.paths import CHECKOUT


@click.command(name="matrix")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def write_matrix(run: Path) -> None:
    """Write the README's matrix from RUN, a file of `attack fire --json`."""
    readme = CHECKOUT / "README.md"
    cells = json.loads(run.read_text(encoding="utf-8"))["cells"]
    page = replace_matrix(readme.read_text(encoding="utf-8"), matrix(cells))
    readme.write_text(page, encoding="utf-8")
    click.echo(f"{readme.name} holds the matrix of {run}.")
