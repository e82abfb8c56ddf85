"""attack matrix: write the README's matrix from a run."""

import json
from pathlib import Path

import click

from attack.report.matrix import matrix, replace_matrix
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT


@click.command(name="matrix")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def write_matrix(run: Path) -> None:
    """Write the README's matrix from a run.

    RUN is a file of `attack fire --json`.

    Raises:
        LabError: it is none.
    """
    readme = CHECKOUT / "README.md"
    try:
        table = matrix(json.loads(run.read_text(encoding="utf-8"))["cells"])
    except (ValueError, KeyError, TypeError, IndexError):
        raise LabError(f"{run} holds no run: `attack fire --json FILE` writes one") from None
    page = replace_matrix(readme.read_text(encoding="utf-8"), table)
    readme.write_text(page, encoding="utf-8")
    click.echo(f"{readme.name} holds the matrix of {run}.")
