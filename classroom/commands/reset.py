"""classroom reset: one student's account, or all."""

import click

from classroom import settings
from classroom.desk import bell, state
from shared_db.errors import LabError


@click.command()
@click.argument("student")
def reset(student: str) -> None:
    """Give a student's account its money back and empty its log; `all` resets everybody's.

    Raises:
        LabError: no class is up, there is no such student, or the account is attacked just now.
    """
    desk = state.require_running()
    names = desk.students if student == "all" else (settings.student(student),)
    if unknown := set(names) - set(desk.students):
        raise LabError(f"{min(unknown)} is not of this class: it ends at {desk.students[-1]}")
    if left := bell.ring(names):
        raise LabError(f"{', '.join(left)}: attacked at this moment; reset again in a few seconds")
    done = names[0] if len(names) == 1 else f"{len(names)} accounts"
    click.echo(f"{done} {'holds' if len(names) == 1 else 'hold'} 10 money again.")
