"""The exploration as a table: a line a cell, as soon as it is there."""

from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from attack.explore.web.cells import Cell
from attack.words import AS_EXPECTED, NOT_AS_EXPECTED, mark
from racewalk.search.certificate import CONCLUSIVE, Certificate

_STYLE = {"unsafe": "bold red", "starved": "yellow", "safe": "green", "inconclusive": "magenta"}
_WIDTHS = {
    "strategy": 32,
    "stack": 7,
    "schedules": 9,
    "unsafe": 7,
    "classes": 8,
    "errors": 16,
    "seconds": 7,
    "verdict": 15,
}
_NUMBERS = frozenset({"schedules", "unsafe", "classes", "seconds"})
_LEGEND = (
    "schedules: all interleavings of the requests, statement by statement. unsafe: those in which "
    "an invariant of the ledger broke. classes: of schedules that cannot be told apart, unsafe / "
    "all; one of each was run. errors: SQLSTATEs, HTTP answers of 5xx, and in how many "
    f"schedules. verdict: {AS_EXPECTED} as the catalogue expects, {NOT_AS_EXPECTED} not."
)


class ExploreTable:
    """Prints a line as soon as a cell is explored."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def print_head(self) -> None:
        """Print the names of the columns and what they mean."""
        self._console.print(_LEGEND, style="dim", highlight=False)
        self._print([Text(name) for name in _WIDTHS], style="dim")

    def print_row(self, cell: Cell, certificate: Certificate) -> None:
        """Print the line of one cell."""
        verdict = certificate.verdict
        # 'safe up to 2 preemptions' has the line below to itself.
        word = verdict if verdict in CONCLUSIVE else "inconclusive"
        self._print(
            [
                Text(f"{cell.strategy.number:>2} {cell.label}"),
                Text(cell.stack),
                Text(str(certificate.schedules)),
                Text(str(certificate.unsafe)),
                Text(classes(certificate)),
                Text(errors(certificate)),
                Text(f"{certificate.seconds:.1f}"),
                Text(f"{word} {mark(verdict == cell.expected)}", style=_STYLE[word]),
            ]
        )
        if certificate.reduction and certificate.reduction.unreadable:
            text = f"   {certificate.reduction.unreadable.total()} steps could not be read"
            self._console.print(f"{text}: each conflicts with everything", style="magenta")
        if certificate.inconclusive:
            text = f"   {verdict}, not exhausted: {certificate.inconclusive}"
            self._console.print(text, style="magenta", highlight=False)

    def _print(self, values: list[Text], style: str = "") -> None:
        row = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        for name, width in _WIDTHS.items():
            is_number = name in _NUMBERS
            row.add_column(width=width, no_wrap=True, justify="right" if is_number else "left")
        row.add_row(*values, style=style)
        self._console.print(row)


def classes(certificate: Certificate) -> str:
    """Return unsafe classes / classes of schedules, or nothing where every schedule was run."""
    found = certificate.reduction
    return f"{found.unsafe_classes}/{found.classes}" if found else ""


def errors(certificate: Certificate) -> str:
    """Return each error with the number of schedules that saw it, such as '40001 x 80'."""
    seen: Counter[str] = Counter()
    for outcome, count in certificate.outcomes.items():
        for error in outcome.errors:
            seen[error] += count
    return ", ".join(f"{error} x {count}" for error, count in sorted(seen.items()))
