"""The command line of a class: up, down, reset, wheelhouse."""

import click

from attack.group import LabGroup

_COMMANDS = {
    "up": "classroom.commands.up:up",
    "down": "classroom.commands.up:down",
    "reset": "classroom.commands.reset:reset",
    "wheelhouse": "classroom.commands.wheelhouse:wheelhouse",
}


@click.group(
    cls=LabGroup, places=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
def main() -> None:
    """A class on one machine: accounts, a queue, a door and a board."""
