"""A walk through the schedules of a race, on which somebody decides who goes next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from racewalk.record.camera import Camera
from racewalk.record.lines import Line
from racewalk.record.state import State
from racewalk.record.view import View
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.schedule import Begin, Item, Release, Schedule
from racewalk.terminal.keys import Keys
from racewalk.terminal.seen import happened, stands, visible
from racewalk.words import name

Facts = Callable[[State], Iterable[Text]]
Ending = Callable[[Outcome], Iterable[Text]]


@dataclass
class Walk:
    """Lets somebody choose, shows what comes of it, and takes steps back by running again.

    Attributes:
        camera: runs the schedules.
        view: which rows and which code are shown.
        facts: what was read from the database at a moment, in words.
        ending: how a schedule ended, in words.
        console, keys: where it is printed, and who is asked.
        taken: the choices up to now.
        told: how many of them were told.
        wish: 'u' or 'q' once that was asked for, else ''.
    """

    camera: Camera
    view: View
    facts: Facts
    ending: Ending
    console: Console
    keys: Keys = field(default_factory=Keys)
    taken: list[Item] = field(default_factory=list)
    told: int = 0
    wish: str = ""

    @property
    def schedule(self) -> Schedule:
        """The choices up to now."""
        return Schedule(tuple(self.taken))

    def run(self) -> None:
        """Run schedule after schedule until 'q'.

        Raises:
            RacewalkError: one cannot be run.
        """
        self._print("a, b, …: that request goes on. u: one step back. q: the end.", "dim")
        while self.wish != "q":
            self.wish = ""
            self.camera.ask(self._choose)
            run, outcome = self.camera.run(self.schedule)
            if not self.wish:
                self._tell(self.camera.shot(run, outcome).lines)
                for text in self.ending(outcome):
                    self.console.print(text)
                self.wish = self._when_over()
            if self.wish == "u":
                self._back()

    def _choose(self, open_: Sequence[Begin | Release]) -> int | None:
        """Tell what came of the last choice, and ask for the next; None: somebody has a wish."""
        self._tell(self.camera.so_far)
        state = self.camera.states[-1]
        able = {name(item.request).lower(): item for item in open_}
        for request, announced in enumerate(self.camera.announced):
            key = name(request).lower()
            mark = f"[{key}]" if key in able else "   "
            self._print(f"{mark} {stands(state, request)}{f': {announced}' if announced else ''}")
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
        """Print what was not told yet, and what is to be seen now."""
        for each in lines[self.told :]:
            for text in happened(each, self.view):
                self.console.print(text)
        self.told = len(lines)
        state = self.camera.states[-1]
        for text in (*self.facts(state), *visible(state, self.view)):
            self.console.print(text)

    def _when_over(self) -> str:
        while (key := self.keys.next()) not in ("u", "q"):
            self._refuse(key, [])
        return key

    def _back(self) -> None:
        self.taken.pop()
        self.told = len(self.taken)
        self._print(f"back to {self.schedule if self.taken else 'the start'}", "dim")

    def _refuse(self, key: str, able: Sequence[str]) -> None:
        open_ = ", ".join([*able, *(["u"] if self.taken else []), "q"])
        self._print(f"{key!r} cannot be done here: {open_}")

    def _print(self, text: str, style: str | None = None) -> None:
        self.console.print(text, style=style, markup=False, highlight=False)
