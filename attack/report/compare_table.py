"""Two files of code as a table that fits the terminal, and folds no word that it can hold whole."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from attack.report.side_by_side import one_below_the_other, side_by_side

_STYLE: Final = {" ": "dim", "|": "bold yellow", "<": "bold red", ">": "bold green"}
_GAPS: Final = 5  # the mark's column, and the spaces between columns
_NARROWEST: Final = 60
"""Columns below which a line of code in half a terminal is read with more trouble than gain."""


def compare_table(names: Sequence[str], sources: Sequence[str], console: Console) -> Table:
    """Return two files beside each other where there is room, else one below the other.

    Args:
        names: of the left file and of the right one.
        sources: their text.
        console: on which they are printed.
    """
    half = (console.width - _GAPS) // 2
    needed = max(_NARROWEST, *(_widest_word(line) for text in sources for line in text.split("\n")))
    return (_beside if half >= needed else _below)(names, sources, console)


def _widest_word(line: str) -> int:
    indent = len(line) - len(line.lstrip())
    first, *others = line.split() or [""]
    return max(indent + len(first), *map(len, others), 0)


def _beside(names: Sequence[str], sources: Sequence[str], console: Console) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(names[0], overflow="fold")
    table.add_column("", width=1)
    table.add_column(names[1], overflow="fold")
    half = (console.width - _GAPS) // 2
    left, right = (_fitted(source, half) for source in sources)
    for row in side_by_side(*(source.splitlines() for source in sources)):
        mark = Text(row.mark, style=_STYLE[row.mark])
        cells = (
            Text() if row.mark == ">" else next(left),
            Text() if row.mark == "<" else next(right),
        )
        table.add_row(*_dimmed(row.mark, cells[0], mark, cells[1]))
    return table


def _below(names: Sequence[str], sources: Sequence[str], console: Console) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(overflow="fold")
    for mark, name in zip("<>", names, strict=True):
        table.add_row(Text(mark, style=_STYLE[mark]), Text(f"only in {name}", style="bold"))
    table.add_row("", "")
    left, right = (_fitted(source, console.width - 3) for source in sources)
    for row in one_below_the_other(*(source.splitlines() for source in sources)):
        line = next(right) if row.mark == ">" else next(left)
        if row.mark == " ":
            next(right)
        table.add_row(*_dimmed(row.mark, Text(row.mark, style=_STYLE[row.mark]), line))
    return table


def _dimmed(mark: str, *cells: Text) -> Iterator[Text]:
    """Yield the cells, those of a line that both files have in the background."""
    for cell in cells:
        if mark == " ":
            cell.stylize("dim")
        yield cell


def _fitted(source: str, width: int) -> Iterator[Text]:
    """Yield the lines of a file, each wrapped so that it fits."""
    for line, prose in _lines(source):
        yield _wrapped(line, width, prose=prose)


def _wrapped(line: Text, width: int, *, prose: bool) -> Text:
    """Wrap a line; what follows begins as deep as it, or deeper where it is code."""
    plain, parts, begin, lead = line.plain, list[Text](), 0, ""
    depth = len(plain) - len(plain.lstrip()) + (0 if prose else 4)
    while len(plain) - begin > (room := width - len(lead)):
        end = begin + _break(plain[begin:], room)
        parts.append(Text(lead) + line[begin:end])
        begin, lead = end, " " * min(depth, width // 2)
    return Text("\n").join([*parts, Text(lead) + line[begin:]])


def _break(text: str, room: int) -> int:
    """Return where to break a text that is longer than `room`.

    After a space, else after a bracket or comma or before a dot, else where the room ends.
    """
    head = text[:room]
    begun = len(text) - len(text.lstrip()) + 1
    space = text[: room + 1].rfind(" ") + 1
    mark = max(head.rfind("(") + 1, head.rfind("[") + 1, head.rfind(",") + 1, head.rfind("."))
    return next((end for end in (space, mark) if end > begun), room)


def _lines(source: str) -> Iterator[tuple[Text, bool]]:
    """Yield each line, highlighted, and whether it is prose: a part of a docstring."""
    code = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(source)
    code.no_wrap = False
    inside = False
    for line in code.split("\n"):
        quotes = line.plain.count('"""')
        yield line, inside or quotes > 0
        inside ^= quotes % 2 == 1
