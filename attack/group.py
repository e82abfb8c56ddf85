"""A group of commands that shows what a user did wrong, or can put right, as one line."""

import inspect
import io
import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

import click

from shared_db.errors import LabError

_INTERRUPTED, _PIPE_CLOSED = 128 + 2, 128 + 13  # as a shell says of SIGINT and SIGPIPE


class LabGroup(click.Group):
    """Shows what a user did wrong, or can put right, as one line with exit code 2.

    Args:
        places: where each command is, as 'module:name'. It is imported once it is asked for: no
            command needs much of what the others do.
    """

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = places

    def import_asked_for(self, words: Sequence[str]) -> None:
        """Import the command that a command line names, before anything of it is read.

        Args:
            words: the command and its options.
        """
        if name := next((word for word in words if word in self._places), None):
            self.get_command(click.Context(self), name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name in self._places and cmd_name not in self.commands:
            module, _, name = self._places[cmd_name].partition(":")
            self.add_command(getattr(import_module(module), name))
        return super().get_command(ctx, cmd_name)

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        _print_what_the_terminal_can()
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
            sys.stdout.flush()
        except (click.Abort, KeyboardInterrupt):
            click.echo("overdraft: stopped", err=True)
            sys.exit(_INTERRUPTED)
        except BrokenPipeError:
            # Whoever read has seen enough; the interpreter flushes once more at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(_PIPE_CLOSED)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(2)
        except (click.ClickException, LabError) as error:
            message = error.format_message() if isinstance(error, click.ClickException) else error
            click.echo(f"overdraft: {' '.join(str(message).split())}", err=True)
            sys.exit(2)
        sys.exit(code if isinstance(code, int) else 0)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command; its help is its docstring without what is for programmers."""
        for_people, _, _ = inspect.cleandoc(cmd.help or "").partition("\n\nRaises:")
        cmd.help = for_people
        super().add_command(cmd, name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and (close := get_close_matches(args[0], known, n=1)):
            raise click.UsageError(f"there is no command {args[0]!r}: did you mean {close[0]!r}?")
        return super().resolve_command(ctx, args)


def _print_what_the_terminal_can() -> None:
    """Put a question mark for what an encoding such as Latin-1 lacks, in place of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
