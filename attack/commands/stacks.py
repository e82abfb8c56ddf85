"""attack up, down and reset: the stacks themselves."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
from rich.console import Console

from attack import targets
from attack.commands.typed import typed
from attack.counting import counted
from attack.ledger import Ledger
from attack.stacks import compose, elsewhere, engine, gunicorn, local, state
from attack.stacks.where import Kind, Stacks
from shared_db.accounts import ADMIN, USERS
from shared_db.errors import LabError
from shared_db.runtime import runtime


@contextmanager
def running_stacks(
    console: Console, kinds: frozenset[Kind], names: tuple[str, ...]
) -> Iterator[Stacks]:
    """Yield the stacks that are up, or local ones for the time of a command; say which.

    Args:
        console: to say it on.
        kinds: of the instances that the command needs.
        names: of the stacks that the command needs.

    Raises:
        LabError: they do not start.
    """
    named = elsewhere.stacks()
    if named:
        named.require(kinds)
        _say_which(console, "the stacks at", named)
        yield named
        return
    with ExitStack() as stack:
        with console.status("Starting PostgreSQL and both stacks ..."):
            found, started = stack.enter_context(local.stacks(kinds, names, typed()))
        which = "local stacks, started for this run" if started else "the stacks that are up"
        _say_which(console, which, found)
        yield found


def _say_which(console: Console, which: str, stacks: Stacks) -> None:
    where = ", ".join(f"{stack} {url}" for stack, url in stacks.urls)
    each = f"{counted(stacks.workers, 'worker')} each"
    if stacks.scale > 1:
        each = f"{stacks.scale} instances behind a proxy, {each}"
    console.print(f"Attacking {which}: {where} ({each})", style="dim")


@click.command()
def up() -> None:
    """Start both stacks, and leave them running.

    ENGINE=docker or ENGINE=local in the environment decides how.

    Raises:
        LabError: they do not start.
    """
    if engine.to_start() == "docker":
        started = compose.up(typed())
        urls = tuple((stack, gunicorn.url(port)) for stack, port in runtime().ports.items())
        how = "under Docker Compose (ENGINE=local: as local processes)"
    else:
        if runtime().instances > 1:
            raise LabError("several instances need Docker Compose: ENGINE=docker")
        if runtime().pooler:
            raise LabError("a pooler needs Docker Compose: ENGINE=docker")
        found, started = local.up(typed())
        urls = found.urls
        how = "as local processes (ENGINE=docker: under Docker Compose)"
    click.echo(f"Both stacks are up{'' if started else ' already'}, {how}:")
    for stack, url in urls:
        click.echo(f"  {stack:<8}{url}")
    user = USERS[0]
    click.echo(
        f"Log in as {user.username} / {user.password} or {ADMIN.username} / {ADMIN.password} "
        "(public by design); `make down` stops them."
    )


@click.command()
def down() -> None:
    """Stop what `up` started, and keep the data."""
    wanted = engine.chosen()
    stopped = [
        wanted != "docker" and local.down(),
        wanted != "local" and compose.down(),
    ]
    click.echo("Both stacks are stopped." if any(stopped) else "Nothing was up.")


@click.command()
@click.pass_context
def reset(ctx: click.Context) -> None:
    """Give every account its money back, and empty the log.

    Raises:
        LabError: no stacks are up, or not on the database that DATABASE_URL names; or an attack is
            under way, of which it would spoil the verdict.
    """
    stacks = elsewhere.stacks()
    if stacks is None and engine.in_use() == "docker":
        compose.refuse_another_database()
        ctx.exit(compose.run_harness(["reset"]))
    stacks = stacks or _local()
    ledger = Ledger(targets.load(), stacks.database_url)
    try:
        ledger.lock()
        click.echo(f"{ledger.reset_all()} accounts hold 10 money again.")
    finally:
        ledger.close()


def _local() -> Stacks:
    up = state.running()
    if up is None:
        last = state.read()
        why = f"{last.failed}; " if last and last.failed else ""
        raise LabError(f"nothing is up to reset: {why}`make up` starts both stacks")
    local.require_usable(up)
    return up
