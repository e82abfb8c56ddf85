"""The command line of a class: up, down, reset, wheelhouse."""

import click

from attack.group import LabGroup
from classroom.commands.reset import reset
from classroom.commands.up import down, up
from classroom.commands.wheelhouse import wheelhouse


@click.group(cls=LabGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A class on one machine: accounts, a queue, a door and a board."""


for command in (up, down, reset, wheelhouse):
    main.add_command(command)
