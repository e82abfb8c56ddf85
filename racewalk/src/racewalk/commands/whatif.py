"""racewalk whatif: what would repair a race, and which lock it is that holds it."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from racewalk.commands import options
from racewalk.commands.errors import told
from racewalk.commands.phases import Phases
from racewalk.explorer import Explorer
from racewalk.scenario.file import Scenario, load
from racewalk.scenario.provide import provided
from racewalk.scenario.races import race_of
from racewalk.scenario.verdicts import Exit, exit_code
from racewalk.scenario.verdicts import Found as Explored
from racewalk.scenario.words import Written
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.whatif.inquiry import Inquiry
from racewalk.whatif.result import Found
from racewalk.whatif.table import show
from racewalk.words import counted


@click.command()
@options.file
@options.race
@options.as_json
@options.budget("each change")
@told
def whatif(file: Path, name: str, json_file: Path | None, budget: float) -> None:
    """Explore a race again with other SQL: locks taken away and put in, levels, one transaction.

    The application runs as it is; its statements are changed on their way to the database. Exit
    codes are those of run, for the race as it is; 3 also where a change was not explored in full.
    """
    scenario = load(file)
    written = options.one(scenario, name)
    console = options.console(json_file)
    found = inquire(scenario, written, budget, console)
    options.write(json_file, found.plain())
    console.print(written.name, style="bold", markup=False)
    show(found, console)
    click.get_current_context().exit(_exit(written, found))


def inquire(scenario: Scenario, written: Written, budget: float, console: Console) -> Found:
    """Ask of a race of a scenario what each change would do."""
    with (
        Phases(console) as status,
        provided(scenario, [written], 1, status.begin) as (_, (setting,)),
    ):
        status.begin("Starting the application")

        def progress(title: str, runs: int) -> None:
            status.update(f"{title}: {counted(runs, 'run')}")

        with Explorer(setting.database, setting.folder) as explorer:
            race = race_of(scenario, written)
            asked = Inquiry(explorer, setting.database, race, Budget(budget), told=progress)
            return asked.ask()


def _exit(written: Written, found: Found) -> Exit:
    as_is = exit_code([Explored(written, found.as_is.certificate or Certificate(0))])
    return Exit.UNKNOWN if as_is is Exit.MET and found.open else as_is
