"""A story as an SVG that stands by itself: no script, no font, nothing to load; light and dark.

Its style is for its own elements alone, so that it can be put into a page too.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from racewalk.story.story import Line, Story
from racewalk.words import name

_MARGIN: Final = 20
_NUMBERS: Final = 28
_COLUMN: Final = 460
_CHARACTER: Final = 8
"""Width of a character: a little more than that of most fonts at this size."""
_CHARACTERS: Final = 50
"""Of text in one line of a column."""
_LEADING: Final = 18
_PADDING: Final = 12
_HEAD: Final = 78
_FOOT: Final = 92


@dataclass(frozen=True, slots=True)
class _Text:
    y: int
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    y: int
    height: int
    x: int
    kind: str
    texts: tuple[_Text, ...]


@dataclass(frozen=True, slots=True)
class _Bar:
    x: int
    top: int
    bottom: int


def render(story: Story, title: str, subtitle: str, identity: str = "story") -> str:
    """Return the SVG of a story.

    Args:
        story: what to draw.
        title: one line, large.
        subtitle: words below it, such as the certificate.
        identity: what the ids within it begin with: another one for each picture of a page.
    """
    width = 2 * _MARGIN + _NUMBERS + story.requests * _COLUMN
    below = textwrap.wrap(subtitle, (width - 2 * _MARGIN) // _CHARACTER)
    rows, y = [], _HEAD + _LEADING * len(below)
    for number, line in enumerate(story.lines, 1):
        row = _row(number, line, y)
        rows.append(row)
        y += row.height
    ending = textwrap.wrap(story.ending, (width - 4 * _MARGIN) // _CHARACTER)
    return _template().render(
        identity=identity,
        title=title,
        subtitle=below,
        width=width,
        height=y + _FOOT + _LEADING * len(ending),
        margin=_MARGIN,
        head=_HEAD + _LEADING * len(below),
        bottom=y,
        columns=[(_left(request), f"Request {name(request)}") for request in range(story.requests)],
        column_width=_COLUMN - 16,
        rows=rows,
        bars=[bar for request in range(story.requests) for bar in _bars(story, rows, request)],
        answers=[(_left(r), f"answers: {answer}") for r, answer in enumerate(story.answers)],
        ending=ending,
        leading=_LEADING,
        unsafe=bool(story.violations),
    )


@cache
def _template() -> Template:
    """The picture's template, compiled once: that takes longer than many a picture."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("picture.svg.jinja")


def _left(request: int) -> int:
    return _MARGIN + _NUMBERS + request * _COLUMN


def _row(number: int, line: Line, y: int) -> _Row:
    words: list[tuple[str, str]] = [
        (each, "sql") for each in textwrap.wrap(line.text, _CHARACTERS) or [""]
    ]
    if line.kind == "goes on":
        words.insert(0, ("goes on", "wait"))
    words += line.facts
    texts = tuple(
        _Text(y + _LEADING * (index + 1), text, style) for index, (text, style) in enumerate(words)
    )
    height = _LEADING * len(words) + _PADDING
    kind = "waiting" if line.kind in ("waits", "inside") else "step"
    return _Row(number, y, height, _left(line.request), kind, texts)


def _bars(story: Story, rows: list[_Row], request: int) -> list[_Bar]:
    """The transactions of a request, each as a bar beside its statements."""
    bars: list[_Bar] = []
    top: int | None = None
    for line, row in zip(story.lines, rows, strict=True):
        bracket = line.open[request]
        if bracket == "opens":
            top = row.y
        if bracket == "closes" and top is not None:
            bars.append(_Bar(_left(request), top, row.y + row.height - 6))
            top = None
    if top is not None:
        bars.append(_Bar(_left(request), top, rows[-1].y + rows[-1].height))
    return bars
