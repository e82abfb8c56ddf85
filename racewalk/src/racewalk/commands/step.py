"""racewalk step: somebody is the scheduler, in the terminal."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from racewalk.commands import options
from racewalk.commands.errors import told
from racewalk.commands.live import live
from racewalk.record.camera import Camera
from racewalk.record.lines import Line
from racewalk.record.state import State, Version
from racewalk.record.view import View
from racewalk.reporters.words import ending
from racewalk.scenario.file import load
from racewalk.schedule.schedule import Begin, Item, Release, Schedule
from racewalk.words import name as named

_STANDS = {
    "unbegun": "is not sent yet",
    "held": "can go on",
    "waits": "waits",
    "inside": "waits inside the application",
    "done": "is done",
}
_MARKS = {"wait": "waits: ", "goes on": "goes on: ", "answer": "answers: "}


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
    with live(scenario, written) as ready:
        camera, view = ready.camera()
        console.print(written.name, style="bold", markup=False)
        console.print("a, b, …: that request goes on. u: one step back. q: the end.", style="dim")
        with camera:
            stepper = _Stepper(camera, view, list(written.invariants), console)
            stepper.walk()
        schedule = Schedule(tuple(stepper.taken))
        console.print(
            f"racewalk replay {file} --race {written.name!r} --schedule {schedule}", markup=False
        )


class _Keys:
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
class _Stepper:
    """Lets somebody choose, shows what comes of it, and takes steps back by running again.

    Attributes:
        camera, view, facts, console: what runs, what it shows, and where it is printed.
        taken: the choices up to now.
        told: how many of them were told.
        wish: 'u' or 'q' once that was asked for, else ''.
    """

    camera: Camera
    view: View
    facts: Sequence[str]
    console: Console
    keys: _Keys = field(default_factory=_Keys)
    taken: list[Item] = field(default_factory=list)
    told: int = 0
    wish: str = ""

    def walk(self) -> None:
        """Run schedule after schedule until 'q'."""
        while self.wish != "q":
            self.wish = ""
            self.camera.ask(self._choose)
            run, outcome = self.camera.run(Schedule(tuple(self.taken)))
            if not self.wish:
                self._tell(self.camera.shot(run, outcome).lines)
                answers = ", ".join(f"{named(n)} {said}" for n, said in enumerate(outcome.answers))
                self.console.print(Text(f"\n{answers}", style="bold"))
                style = "bold red" if outcome.unsafe else "green"
                self.console.print(Text(ending(outcome), style=style))
                self.wish = self._when_over()
            if self.wish == "u":
                self._back()

    def _choose(self, open_: Sequence[Begin | Release]) -> int | None:
        """Tell what came of the last choice, and ask for the next; None: somebody has a wish."""
        self._tell(self.camera.so_far)
        states = self.camera.states[-1]
        able = {named(item.request).lower(): item for item in open_}
        for request, announced in enumerate(self.camera.announced):
            key = named(request).lower()
            mark = f"[{key}]" if key in able else "   "
            stands = f"{named(request)} {_STANDS[states.stands[request]]}"
            text = f"{mark} {stands}{f': {announced}' if announced else ''}"
            self.console.print(text, markup=False)
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
        for happened in lines[self.told :]:
            for line in happened:
                self.console.print(_line(line))
        self.told = len(lines)
        for text in _seen(self.camera.states[-1], self.view, self.facts):
            self.console.print(text)

    def _when_over(self) -> str:
        while (key := self.keys.next()) not in ("u", "q"):
            self._refuse(key, [])
        return key

    def _back(self) -> None:
        self.taken.pop()
        self.told = len(self.taken)
        schedule = str(Schedule(tuple(self.taken))) or "the start"
        self.console.print(f"back to {schedule}", style="dim")

    def _refuse(self, key: str, able: Sequence[str]) -> None:
        open_ = ", ".join([*able, *(["u"] if self.taken else []), "q"])
        self.console.print(f"{key!r} cannot be done here: {open_}", markup=False)


def _line(line: Line) -> Text:
    facts = [f"reads {line.reads}"] * bool(line.reads) + [f"writes {line.writes}"] * bool(
        line.writes
    )
    note = "; ".join([*facts, line.note] if line.note else facts)
    text = Text(f"{named(line.by)}  {_MARKS.get(line.kind, '')}{line.text}", style="bold")
    if note:
        text.append(f"  {note}", style="bold red" if line.failed else "cyan")
    return text


def _seen(state: State, view: View, facts: Sequence[str]) -> Iterator[Text]:
    """What is to be seen at one moment: what holds, what nobody else sees yet, who locks what."""
    for fact, value in zip(facts, state.facts, strict=True):
        holds = value in ("t", 1)
        yield Text(f"     {fact}: {'holds' if holds else 'broken'}", style="" if holds else "red")
    for version in state.versions or ():
        if words := _version(version, view):
            yield Text(f"     {words}", style="magenta")
    for lock in state.locks:
        yield Text(f"     {named(lock.by)} {lock.words}", style="" if lock.granted else "yellow")


def _version(version: Version, view: View) -> str:
    """A version that not everybody sees, or that is no more."""
    table = view.tables[version.table]
    pairs = zip(table.columns, version.value, strict=True)
    row = f"{table.title}: {', '.join(f'{column} {value}' for column, value in pairs)}"
    by = "" if version.by is None else f" by {named(version.by)}"
    if version.made == "open":
        return f"{row}, written{by}, not committed"
    if version.made == "undone":
        return f"{row}, written{by} and rolled back"
    if version.ended and version.ended[1] == "open":
        return f"{row}, being replaced by {named(version.ended[0])}"
    return ""
