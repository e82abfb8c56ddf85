"""A run of a cell in the terminal: what was to be seen after each choice, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from attack.explore import judge
from attack.explore.cells import Cell
from racewalk import Outcome
from racewalk.record.camera import Watched
from racewalk.record.document import Title
from racewalk.record.state import State
from racewalk.record.view import View
from racewalk.terminal import happened, visible
from racewalk.words import name


def tell_run(watched: Watched, view: View, title: Title, output: Console) -> None:
    """Print a whole run, choice by choice."""
    _tell_state(watched.states[0], view, title, output)
    for lines, state in zip(watched.lines, watched.states[1:], strict=True):
        for text in happened(lines, view):
            output.print(text)
        _tell_state(state, view, title, output)


def committed(title: Title, state: State) -> Iterator[Text]:
    """Yield what everybody reads of the account at one moment."""
    facts = zip(title.facts, state.facts, strict=True)
    yield Text(f"     committed: {', '.join(f'{fact} {value}' for fact, value in facts)}")


def ending(cell: Cell, outcome: Outcome) -> Iterator[Text]:
    """Yield how a schedule ended."""
    answers = ", ".join(f"{name(n)} {said}" for n, said in enumerate(outcome.answers))
    yield Text(f"\n{answers}", style="bold")
    words = " ".join(filter(None, (judge.ending(cell, outcome), judge.in_words(cell, outcome))))
    yield Text(words, style="bold red" if outcome.unsafe else "green")


def _tell_state(state: State, view: View, title: Title, output: Console) -> None:
    for text in (*committed(title, state), *visible(state, view)):
        output.print(text)
