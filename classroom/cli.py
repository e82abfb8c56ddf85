"""The command line of a class: up, down, reset, wheelhouse."""

from importlib import import_module

import click

from attack.group import LabGroup

_COMMANDS = {"up": "up", "down": "up", "reset": "reset", "wheelhouse": "wheelhouse"}
"""The module of each command, below classroom.commands."""


class ClassGroup(LabGroup):
    """Reads a command when it is asked for: a reset has a second, and needs little of the rest."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name in _COMMANDS and cmd_name not in self.commands:
            module = import_module(f"classroom.commands.{_COMMANDS[cmd_name]}")
            self.add_command(getattr(module, cmd_name))
        return super().get_command(ctx, cmd_name)


@click.group(cls=ClassGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A class on one machine: accounts, a queue, a door and a board."""
