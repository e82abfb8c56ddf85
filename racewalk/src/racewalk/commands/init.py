"""racewalk init: a scenario with comments for the project in a folder."""

from __future__ import annotations

from pathlib import Path

import click
from jinja2 import Environment, PackageLoader, StrictUndefined

from racewalk.commands.errors import told
from racewalk.commands.found import project_in
from racewalk.commands.options import DEFAULT_FILE
from racewalk.errors import ScenarioError


@click.command()
@click.argument(
    "folder", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path()
)
@told
def init(folder: Path) -> None:
    """Write a scenario for the Django, Flask or FastAPI project in FOLDER (here), to be filled in.

    A scenario that is there already is left as it is.
    """
    path = folder / DEFAULT_FILE
    if path.exists():
        raise ScenarioError(f"{path} is there already: remove it, or go on with racewalk run")
    project = project_in(folder.resolve())
    if project is None:
        raise ScenarioError(
            f"{folder.resolve()} holds no Django, Flask or FastAPI application that can be found: "
            "name the project's folder, where manage.py or the application's module lies"
        )
    template = Environment(
        loader=PackageLoader("racewalk", "commands"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - TOML, not HTML
    ).get_template("racewalk.toml.jinja")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template.render(project=project))
    except OSError as error:
        raise ScenarioError(f"{path} cannot be written: {error.strerror}") from None
    address = project.address
    variables = ", ".join([address.url] if address.url else address.parts.values())
    click.echo(f"{path}: a {project.kind} application")
    click.echo(f"  {project.application}: {project.why}")
    if variables:
        click.echo(f"  the database's address in {variables}: {address.why}")
    else:
        click.echo("  no code was found that reads the database's address from a variable: name it")
    for sign in ("manage.py", "alembic.ini"):
        if {"manage.py": project.manage, "alembic.ini": project.alembic}[sign]:
            click.echo(f"  the set-up runs migrations: {sign}")
    click.echo("Fill in who logs in and what races, then: racewalk run")
