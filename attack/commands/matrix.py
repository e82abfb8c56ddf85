"""attack matrix: write the README's matrix from a run."""

from pathlib import Path

import click

from attack.commands.written import written_of
from attack.report.matrix import matrix, replace_matrix
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
    table = written_of(
        [run], lambda records: matrix(records[0]["cells"]), "run", "attack fire --json FILE"
    )
    page = replace_matrix(readme.read_text(encoding="utf-8"), table)
    readme.write_text(page, encoding="utf-8")
    click.echo(f"{readme.name} holds the matrix of {run}.")
