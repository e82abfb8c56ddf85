"""attack up, down and reset: the stacks themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from attack import targets
from attack.ledger import Ledger
from attack.stacks import local
from attack.stacks.state import State, running
from shared_db.accounts import ADMIN, USERS
from shared_db.errors import LabError


@contextmanager
def running_stacks(console: Console, workers: frozenset[int] = frozenset()) -> Iterator[State]:
    """Yield the stacks that are up, or local ones for the time of a command; say which.

    Args:
        console: to say it on.
        workers: numbers of workers of which the command needs an instance, beside the main one.

    Raises:
        LabError: they do not start.
    """
    with console.status("Starting PostgreSQL and both stacks ..."):
        lab = local.stacks(workers)
        state, started = lab.__enter__()
    which = "local stacks, started for this run" if started else "the stacks that are up"
    where = ", ".join(f"{stack} {url}" for stack, url in state.urls)
    console.print(f"Attacking {which}: {where} ({state.workers} workers each)", style="dim")
    try:
        yield state
    finally:
        lab.__exit__(None, None, None)


@click.command()
def up() -> None:
    """Start both stacks, and leave them running."""
    state, started = local.up()
    click.echo("Both stacks are up:" if started else "Both stacks are up already:")
    for stack, url in state.urls:
        click.echo(f"  {stack:<8}{url}")
    user = USERS[0]
    click.echo(
        f"Log in as {user.username} / {user.password} or {ADMIN.username} / {ADMIN.password} "
        "(public by design); `make down` stops them."
    )


@click.command()
def down() -> None:
    """Stop what `up` started."""
    click.echo("Both stacks are stopped." if local.down() else "Nothing was up.")


@click.command()
def reset() -> None:
    """Give every account its money back, and empty the log.

    Raises:
        LabError: no stacks are up.
    """
    state = running()
    if state is None:
        raise LabError("nothing is up to reset: `make up` starts both stacks")
    ledger = Ledger(targets.load(), state.database_url)
    click.echo(f"{ledger.reset_all()} accounts hold 10 money again.")
    ledger.close()
