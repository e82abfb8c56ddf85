"""The command line: attack fire, up, down, reset."""

from typing import Any

import click

from attack.commands.fire import fire
from attack.commands.stacks import down, reset, up
from shared_db.errors import LabError


class LabGroup(click.Group):
    """Shows what a user can put right as one line, with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LabError as error:
            click.echo(f"overdraft: {error}", err=True)
            ctx.exit(2)


@click.group(cls=LabGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Overdraft: attack the withdrawal in Flask and in Django, and judge by the database."""


for command in (fire, up, down, reset):
    main.add_command(command)
