"""The command `racewalk`."""

from __future__ import annotations

import click

from racewalk.commands.errors import be_done
from racewalk.commands.init import init
from racewalk.commands.replay import replay
from racewalk.commands.run import run
from racewalk.commands.step import step
from racewalk.commands.whatif import whatif


@click.group(
    context_settings={"auto_envvar_prefix": "RACEWALK", "help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="racewalk")
def main() -> None:
    """Walk every interleaving of a few requests to an application on PostgreSQL.

    Write a scenario (racewalk init), then explore it (racewalk run).
    """


for _command in (init, run, step, replay, whatif):
    main.add_command(_command)


def entry() -> None:
    """Run a command; end with its exit code, which Ctrl-C does not change any more."""
    try:
        main()
    finally:
        be_done()


if __name__ == "__main__":
    entry()
