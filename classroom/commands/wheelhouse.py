"""classroom wheelhouse: all that a student's machine installs, in a folder."""

import sys
from pathlib import Path

import click

from attack.commands.options import Name, NewFolder
from classroom import wheelhouse as wheels
from shared_db.paths import CHECKOUT


@click.command()
@click.argument("folder", type=NewFolder())
@click.option(
    "--platform",
    "machine",
    type=Name(tuple(wheels.MACHINES)),
    help=f"Of the students' machines: {', '.join(wheels.MACHINES)}. Default: as this one.",
)
@click.option(
    "--python",
    type=Name(wheels.PYTHONS),
    default=".".join(map(str, sys.version_info[:2])),
    show_default="as here",
    help=f"Of the students' machines: {', '.join(wheels.PYTHONS)}.",
)
def wheelhouse(folder: Path, machine: str | None, python: str) -> None:
    """Fetch the packages that a student's machine needs into a folder, by hash.

    Call it again for another platform: one folder serves them all.

    Raises:
        LabError: pip failed.
    """
    count = wheels.fetch(folder, machine or wheels.this_machine(), python)
    shown = folder.relative_to(CHECKOUT) if folder.is_relative_to(CHECKOUT) else folder
    click.echo(f"{count} packages in {shown}. A student's machine installs from it, offline:")
    click.echo(f"  make up WHEELHOUSE={shown}")
