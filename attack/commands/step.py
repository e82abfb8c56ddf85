"""attack step: one is the scheduler, of real requests, in the terminal."""

import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import click
from rich.console import Console

from attack.commands import options
from attack.commands.order import one_cell
from attack.explore.cells import WORKERS, Cell
from attack.explore.lanes import Live, live
from attack.explore.recordings import title_of
from attack.explore.views import view_of
from attack.report.console import console
from attack.report.states import stands, tell_lines, tell_outcome, tell_state
from racewalk import Schedule
from racewalk.record.document import Title
from racewalk.record.lines import Line
from racewalk.record.view import View
from racewalk.schedule.schedule import Begin, Item, Release
from racewalk.words import name


@click.command()
@options.stack
@options.strategy
@options.case
@click.option("--workers", type=click.IntRange(min(WORKERS), max(WORKERS)), help="As for explore.")
@options.requests
@click.option(
    "--start", type=options.Start(), help="Money in the account; each request withdraws 10."
)
def step(
    stacks: tuple[str, ...],
    slugs: tuple[str, ...],
    case: str | None,
    workers: int | None,
    requests: int,
    start: int | None,
) -> None:
    """Decide yourself which request goes next.

    Two real withdrawals are held before each statement. Keys: a, b (and c) let that request go on,
    u takes the last step back, q ends. Without a terminal the keys are read from lines.
    """
    cell = one_cell(stacks, options.selected(slugs), requests, workers, start, None, case)
    output = console()
    with live(cell) as on:
        output.print(cell.title, style="bold", highlight=False)
        output.print("a, b: that request goes on. u: one step back. q: the end.", style="dim")
        Stepper(cell, on, output, Keys()).walk()


class Keys:
    """Keys of a terminal as they are pressed; else the letters of each line."""

    def __init__(self) -> None:
        self._pressed = sys.stdin.isatty()
        self._letters: deque[str] = deque()

    def next(self) -> str:
        """Return the next key in lower case; 'q' at the end of the input."""
        if self._pressed:
            return click.getchar().lower()
        while not self._letters:
            line = sys.stdin.readline()
            if not line:
                return "q"
            self._letters.extend(line.strip().lower())
        return self._letters.popleft()


@dataclass
class Stepper:
    """Lets somebody choose, shows what comes of it, and takes steps back by running again.

    Attributes:
        cell, on, output, keys: what is run, on what, where to print, whom to ask.
        taken: the choices up to now.
        told: how many of them were told.
        wish: 'u' or 'q' once that was asked for, else ''.
    """

    cell: Cell
    on: Live
    output: Console
    keys: Keys
    taken: list[Item] = field(default_factory=list)
    told: int = 0
    wish: str = ""

    @property
    def _view(self) -> View:
        return view_of(self.cell)

    @property
    def _title(self) -> Title:
        return title_of(self.cell, self.on.postgresql)

    def walk(self) -> None:
        """Run schedule after schedule until 'q'."""
        camera = self.on.camera
        while self.wish != "q":
            self.wish = ""
            camera.ask(self._choose)
            run, outcome = camera.run(Schedule(tuple(self.taken)))
            if not self.wish:
                self._tell(camera.shot(run, outcome).lines)
                tell_outcome(self.cell, outcome, self.output)
                self.wish = self._when_over()
            if self.wish == "u":
                self._back()

    def _choose(self, open_: Sequence[Begin | Release]) -> int | None:
        """Tell what came of the last choice, and ask for the next; None: somebody has a wish."""
        self._tell(self.on.camera.so_far)
        states = self.on.camera.states[-1]
        able = {name(item.request).lower(): item for item in open_}
        for request, announced in enumerate(self.on.camera.announced):
            key = name(request).lower()
            mark = f"[{key}]" if key in able else "   "
            text = f"{mark} {stands(states, request)}{f': {announced}' if announced else ''}"
            self.output.print(text, markup=False, highlight=False)
        while True:
            key = self.keys.next()
            if key in able:
                self.taken.append(able[key])
                return able[key].request
            if key == "q" or (key == "u" and self.taken):
                self.wish = key
                return None
            self._refuse(key, list(able))

    def _tell(self, lines: Sequence[tuple[Line, ...]]) -> None:
        """Print what was not told yet."""
        camera = self.on.camera
        for happened in lines[self.told :]:
            tell_lines(happened, self._view, self.output)
        self.told = len(lines)
        tell_state(camera.states[-1], self._view, self._title, self.output)

    def _when_over(self) -> str:
        while (key := self.keys.next()) not in ("u", "q"):
            self._refuse(key, [])
        return key

    def _back(self) -> None:
        self.taken.pop()
        self.told = len(self.taken)
        schedule = str(Schedule(tuple(self.taken))) or "the start"
        self.output.print(f"back to {schedule}", style="dim", highlight=False)

    def _refuse(self, key: str, able: Sequence[str]) -> None:
        open_ = ", ".join([*able, *(["u"] if self.taken else []), "q"])
        self.output.print(f"{key!r} cannot be done here: {open_}", highlight=False)
