"""racewalk step: somebody is the scheduler, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from racewalk.commands import options
from racewalk.commands.errors import told
from racewalk.commands.live import live
from racewalk.commands.phases import Phases
from racewalk.record.state import State
from racewalk.reporters.words import ending
from racewalk.scenario.file import load
from racewalk.schedule.outcome import Outcome
from racewalk.terminal import Walk
from racewalk.words import name as named


@click.command()
@options.file
@options.race
@told
def step(file: Path, name: str) -> None:
    """Decide yourself which request of a race goes next.

    Each is held before each statement. Keys: a, b, … let that request go on, u takes the last step
    back, q ends, and prints the schedule. Without a terminal the keys are read from lines.
    """
    scenario = load(file)
    written = options.one(scenario, name)
    console = Console(highlight=False)
    with ExitStack() as stack:
        with Phases(console) as phases:
            ready = stack.enter_context(live(scenario, written, phases))
            camera, view = ready.camera()
        console.print(written.name, style="bold", markup=False)
        with camera:
            walk = Walk(camera, view, partial(_facts, list(written.invariants)), _ending, console)
            walk.run()
        console.print(
            f"racewalk replay {file} --race {written.name!r} --schedule {walk.schedule}",
            markup=False,
            soft_wrap=True,
        )


def _facts(invariants: Sequence[str], state: State) -> Iterator[Text]:
    for invariant, value in zip(invariants, state.facts, strict=True):
        holds = value is True
        words = f"     {invariant}: {'holds' if holds else 'broken'}"
        yield Text(words, style="" if holds else "red")


def _ending(outcome: Outcome) -> Iterator[Text]:
    answers = ", ".join(f"{named(n)} {said}" for n, said in enumerate(outcome.answers))
    yield Text(f"\n{answers}", style="bold")
    yield Text(ending(outcome), style="bold red" if outcome.unsafe else "green")
