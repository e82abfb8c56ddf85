"""The command as it was typed, for advice."""

import os

import click

_TARGETS = {"fire": "attack"}  # of the Makefile, where they have another name


def typed() -> str:
    """Return the command that runs, with {} where a setting goes: 'make attack {}'."""
    name = click.get_current_context().info_name or ""
    if "MAKELEVEL" in os.environ:
        return f"make {_TARGETS.get(name, name)} {{}}"
    return f"{{}} attack {name}"
