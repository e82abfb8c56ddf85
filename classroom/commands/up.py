"""classroom up and down: the whole class."""

import os

import click

from attack.stacks import local
from attack.stacks import state as stacks_state
from classroom import accounts, files, settings, slips
from classroom.desk import start, state
from classroom.desk.confined import require_confinement
from classroom.door import sshd
from shared_db.errors import LabError
from shared_db.runtime import runtime
from shared_db.server import connect

TYPED = "make up {}"


@click.command()
@click.argument("students", required=False, default="")
def up(students: str) -> None:
    """Start the lab for a class of so many students, and leave it running.

    Without a number: as the last time.

    Raises:
        LabError: the number is none from 1 to 60, this machine cannot confine what students hand
            in, or something does not start.
    """
    names = _names(students)
    require_confinement()
    _refuse_what_a_class_cannot_have()
    running = state.running()
    if running and running.students != names:
        raise LabError(
            f"a class of {len(running.students)} is up: `make down` first, and nothing is lost"
        )
    files.private()
    known = accounts.draw(names)
    stacks, fresh = local.up(TYPED)
    if fresh:
        start.stop()  # a desk of the stacks that were
    with connect(stacks.database_url) as connection:
        accounts.write(connection, known)
    desk = state.running() or start.start(names, TYPED)
    slips.write(
        [known[name] for name in desk.students],
        dict(stacks.urls),
        door=sshd.program() is not None,
    )
    _tell(desk.students, dict(stacks.urls), known)


def _names(students: str) -> tuple[str, ...]:
    last = state.read()
    if not students and last:
        return last.students
    return settings.names(students)


def _refuse_what_a_class_cannot_have() -> None:
    if os.environ.get("ENGINE") == "docker":
        raise LabError("a class runs as local processes: unset ENGINE, or set it to local")
    if os.environ.get("DATABASE_URL"):
        raise LabError("a class has a database of its own: unset DATABASE_URL")
    ports = {
        **runtime().ports,
        "board": settings.port("BOARD_PORT"),
        "door": settings.port("SSH_PORT"),
    }
    if len(set(ports.values())) < len(ports):
        told = ", ".join(f"{name} {port}" for name, port in ports.items())
        raise LabError(f"two parts of a class would be at one port ({told}): give each its own")


def _tell(names: tuple[str, ...], urls: dict[str, str], known: dict[str, accounts.Account]) -> None:
    door = settings.port("SSH_PORT")
    click.echo(f"A class of {len(names)} is up: {names[0]} to {names[-1]}.")
    for stack, url in urls.items():
        click.echo(f"  {stack:<8}{url}")
    click.echo(f"  {'board':<8}http://127.0.0.1:{settings.port('BOARD_PORT')}")
    if sshd.program():
        click.echo(f"  {'door':<8}ssh at 127.0.0.1:{door}; a folder for each in {sshd.HANDOUT}")
    else:
        click.echo("  No sshd is installed, so nobody comes in by ssh (package openssh-server).")
    click.echo(f"The slips, to print and cut: {files.SLIPS}")
    click.echo(
        f"The board's password: {known[accounts.TEACHER].password}; the applications' admin: "
        f"{known['admin'].password}. `make down` stops it all."
    )


@click.command()
def down() -> None:
    """Stop the class, and keep its accounts, its queue and its results."""
    stopped = [start.stop(), local.down()]
    if stacks_state.read() is None and any(stopped):
        click.echo("The class is stopped; `make up STUDENTS=…` goes on where it was.")
    else:
        click.echo("No class was up.")
