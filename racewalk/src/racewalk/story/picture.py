"""A story in the terminal: a column for each request, time downwards."""

from __future__ import annotations

import textwrap
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from racewalk.story.story import Bracket, Line, Story
from racewalk.words import name, preemptions

_NUMBERS: Final = 3
"""Width of the column of numbers."""
_SIDES: Final = 2
"""Of what the table puts beside it."""
_GAP: Final = 3
"""Of what it puts beside each other column."""
_STYLES = {"read": "bold cyan", "write": "bold magenta", "error": "bold red", "wait": "yellow"}
_MARKS = {"step": "", "waits": "⏸ ", "goes on": "▶ ", "inside": "⏸ "}


def draw(story: Story, title: str, console: Console) -> None:
    """Print the picture.

    Args:
        story: what to draw.
        title: one line above it.
        console: where to.
    """
    width = (console.width - _NUMBERS - _SIDES) // story.requests - _GAP
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", style="dim", width=_NUMBERS)
    for request in range(story.requests):
        table.add_column(f"  request {name(request)}", width=width, no_wrap=True)
    for number, line in enumerate(story.lines, 1):
        words = _words(line, width - 2)
        cells = (_cell(line, request, words) for request in range(story.requests))
        table.add_row(str(number), *cells)
    table.add_row("", *(Text(f"  → {answer}", style="bold") for answer in story.answers))
    console.print(Text(f"{title}: {preemptions(story.preemptions)}", style="bold"))
    console.print(table)
    console.print(Text(story.ending, style="bold red" if story.violations else "green"))


def _words(line: Line, width: int) -> list[tuple[str, str]]:
    """The text of a line, each row of it with its style; what it read or wrote has its own."""
    style = "yellow" if line.kind in ("waits", "inside") else ""
    mark = _MARKS[line.kind]
    rows = textwrap.wrap(mark + line.text, width, subsequent_indent="  ") or [mark]
    told = [(row, style) for row in rows]
    for words, kind in line.facts:
        below = textwrap.wrap(words, width, initial_indent="  ", subsequent_indent="    ")
        told += [(row, _STYLES[kind]) for row in below]
    return told


def _cell(line: Line, request: int, words: list[tuple[str, str]]) -> Text:
    bracket = line.open[request]
    cell = Text()
    for row, (text, style) in enumerate(words):
        cell.append("\n" if row else "").append(_bar(bracket, row, len(words)), style="dim")
        if line.request == request:
            cell.append(text, style=style)
    return cell


def _bar(bracket: Bracket, row: int, rows: int) -> str:
    """The side of a transaction beside one row of a line."""
    opens, closes = bracket == "opens" and row == 0, bracket == "closes" and row == rows - 1
    if not bracket:
        return "  "
    return "┌ " if opens else "└ " if closes else "│ "
