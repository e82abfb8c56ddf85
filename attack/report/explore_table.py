"""The exploration as a table: a line for each row and stack, as soon as all of it is there."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from attack.counting import counted
from attack.explore.cells import AMOUNT, Cell
from attack.explore.disease import disease
from attack.explore.exploration import Exploration

_STYLES: Final = {
    "unsafe": "bold red",
    "starved": "yellow",
    "waits": "yellow",
    "aborts": "yellow",
    "safe": "green",
}
_UNKNOWN: Final = "magenta"
_WITH_COUNTS: Final = 100
"""Columns of a terminal from which on schedules are counted in the table."""
_WITH_ALL: Final = 130
"""The same for errors and seconds, and for several users."""
_STACK, _VERDICT, _COUNTED, _DIAGNOSIS, _ERRORS, _SECONDS = 6, 9, 18, 13, 11, 7
_LABEL_AT_LEAST: Final = 20


class ExploreTable:
    """Prints a line as soon as one row is explored on one stack.

    Args:
        console: where to.
        cells: all that is going to be explored.
    """

    def __init__(self, console: Console, cells: Sequence[Cell]) -> None:
        self._console = console
        self._settings = list(dict.fromkeys((cell.start, cell.users) for cell in cells))
        self._heads = [self._cell_of(cells, setting).money for setting in self._settings]
        self._requests = cells[0].requests
        self._all = console.width >= _WITH_ALL
        self._widths = self._fit(max(len(cell.label) + 3 for cell in cells))
        self._last = ""

    def _fit(self, label: int) -> list[int]:
        """Return the width of each column: the label has what the others leave."""
        verdicts = [_COUNTED if self._counts(users) else _VERDICT for _, users in self._settings]
        others = [_STACK, *verdicts, _DIAGNOSIS, *([_ERRORS, _SECONDS] if self._all else [])]
        left = self._console.width - sum(others) - len(others)
        return [max(min(label, left), _LABEL_AT_LEAST), *others]

    @staticmethod
    def _cell_of(cells: Sequence[Cell], setting: tuple[int, int]) -> Cell:
        return next(cell for cell in cells if (cell.start, cell.users) == setting)

    def print_head(self) -> None:
        """Print what the columns mean, and their names."""
        self._console.print(self._legend(), style="dim", highlight=False)
        names = ["strategy", "stack", *self._heads, "diagnosis"]
        self._print([Text(name) for name in names + ["errors", "seconds"] * self._all], "dim")

    def print_row(self, row: Sequence[Exploration]) -> None:
        """Print the line of one row on one stack: what was found in each setting."""
        cell = row[0].cell
        label = f"{cell.strategy.number:>2} {cell.label}"
        by_setting = {(each.cell.start, each.cell.users): each for each in row}
        values = [
            Text("" if label == self._last else label),
            Text(cell.stack),
            *(self._verdict(by_setting[setting]) for setting in self._settings),
            Text(disease(row)),
        ]
        if self._all:
            seconds = sum(each.certificate.seconds for each in row)
            values += [Text(_errors(row)), Text(f"{seconds:.1f}")]
        self._last = label
        self._print(values)
        for each in row:
            self._print_notes(each)

    def _verdict(self, found: Exploration) -> Text:
        known, roomy = found.known, self._counts(found.cell.users)
        if known is None:
            return Text("inconclusive" if roomy else "?", style=_UNKNOWN)
        mark = "" if found.met else " ✗"
        counts = ""
        if roomy:
            certificate = found.certificate
            bad = found.kinds[known] if known != "safe" else 0
            counts = f" {bad}/{certificate.schedules}"
        return Text(f"{known}{mark}{counts}", style=_STYLES[known])

    def _counts(self, users: int) -> bool:
        """Whether there is room for counts: those of several users are rarely of interest."""
        return self._console.width >= (_WITH_COUNTS if users == 1 else _WITH_ALL)

    def _print_notes(self, found: Exploration) -> None:
        """Print below its row what else has to be known of one exploration."""
        notes = []
        if found.known and not found.met:
            notes.append((f"expected {found.cell.expected}", "bold red"))
        if why := found.why:
            more = ", not exhausted" if found.known else ""
            notes.append((f"{found.verdict}{more}: {why}", _UNKNOWN))
        reduction = found.certificate.reduction
        if reduction and reduction.unreadable:
            steps = counted(reduction.unreadable.total(), "step")
            notes.append((f"{steps} could not be read: each conflicts with all", _UNKNOWN))
        for text, style in notes:
            note = Text(f"{found.cell.money}: {text}", style=style)
            self._console.print(Padding(note, (0, 0, 0, 3)))

    def _legend(self) -> str:
        told = [_what_it_gives(start, users, self._requests) for start, users in self._settings]
        if self._console.width >= _WITH_COUNTS:
            told.append("Numbers: in how many of all orders of the statements.")
        return " ".join([*told, "✗: not what the catalogue expects."])

    def _print(self, values: list[Text], style: str = "") -> None:
        row = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        for width in self._widths:
            row.add_column(width=width)
        row.add_row(*values, style=style)
        self._console.print(row)


def _what_it_gives(start: int, users: int, requests: int) -> str:
    """Say in words what a setting gives the requests."""
    enough = min(start // AMOUNT, requests)
    if users > 1:
        return f"{users} users: an account with {start} for each request."
    payouts = "one payout" if enough == 1 else f"{enough} payouts"
    return f"start {start}: one account, money for {payouts}."


def _errors(row: Sequence[Exploration]) -> str:
    """Return the SQLSTATEs and the HTTP answers of 5xx that were seen."""
    seen = {error for each in row for end in each.certificate.outcomes for error in end.errors}
    return " ".join(sorted(seen))
