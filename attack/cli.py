"""The command line: attack fire, explore, compare, matrix, up, down, reset."""

import sys
from typing import Any, NoReturn

import click

from attack.commands.compare import compare
from attack.commands.explore import explore
from attack.commands.fire import fire
from attack.commands.matrix import write_matrix
from attack.commands.stacks import down, reset, up
from shared_db.errors import LabError


class LabGroup(click.Group):
    """Shows what a user did wrong, or can put right, as one line with exit code 2."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except (click.Abort, KeyboardInterrupt):
            click.echo("overdraft: stopped", err=True)
            sys.exit(130)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(2)
        except (click.ClickException, LabError) as error:
            message = error.format_message() if isinstance(error, click.ClickException) else error
            click.echo(f"overdraft: {message}", err=True)
            sys.exit(2)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=LabGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Overdraft: attack the withdrawal in Flask and in Django, and judge by the database."""


for command in (fire, explore, compare, write_matrix, up, down, reset):
    main.add_command(command)
