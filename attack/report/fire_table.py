"""The attack as a table: a row a strategy, Flask and Django side by side."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from attack.fire import Cell, Plan
from attack.report.fire_json import cell_to_json

_STYLE = {
    "exploited": "bold red",
    "held": "bold green",
    "starved": "bold yellow",
    "unknown": "bold magenta",
}
_NAMES = {"flask": "Flask", "django": "Django"}
_LABEL = 24
_WIDTHS = (9, 7, 8, 4, 11)  # paid/right, trials, balance, overlap, verdict


class FireTable:
    """Prints a row as soon as the cells of a strategy are there: nobody waits for the end."""

    def __init__(self, console: Console, plan: Plan) -> None:
        self._console, self._plan = console, plan

    def print_head(self) -> None:
        """Print what is done, and the names of the columns."""
        plan = self._plan
        self._console.print(
            f"Each trial: {plan.requests} requests at once to withdraw {plan.amount} from an "
            f"account that holds {plan.start}; {plan.trials} trials a cell.",
            style="dim",
        )
        titles = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        titles.add_column(width=_LABEL)
        names: list[Text] = []
        for stack in plan.stacks:
            titles.add_column(width=sum(_WIDTHS) + len(_WIDTHS) - 1)
            names.append(Text(f"── {_NAMES.get(stack, stack)} ", style="bold"))
            names[-1].append("─" * (sum(_WIDTHS) + len(_WIDTHS) - 2 - len(names[-1])), style="dim")
        titles.add_row("", *names)
        self._console.print(titles)
        head = self._grid()
        columns = ("paid/due", "broken", "balance", "peak", "verdict")
        head.add_row("strategy", *(columns * len(plan.stacks)), style="dim")
        self._console.print(head)

    def print_row(self, cells: Sequence[Cell]) -> None:
        """Print the cells of one strategy and technique, a stack each."""
        strategy = cells[0].strategy
        label = f"{strategy.number:>2} {strategy.slug}"
        several = len(self._plan.techniques) > 1
        row = self._grid()
        row.add_row(label, *(text for cell in cells for text in _cell_texts(cell_to_json(cell))))
        if several:
            self._console.print(f"   [dim]{cells[0].technique}[/dim]", end="\r")
        self._console.print(row)

    def _grid(self) -> Table:
        grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        grid.add_column(width=_LABEL, no_wrap=True)
        for _ in self._plan.stacks:
            for width in _WIDTHS:
                grid.add_column(width=width, no_wrap=True)
        return grid


def _cell_texts(cell: dict[str, Any]) -> list[Text]:
    payouts, balances = cell["payouts"], cell["balance"]
    verdict = cell["verdict"]
    mark = "✓" if verdict == cell["expected"] else "✗"
    return [
        Text(f"{mean(payouts):.4g}/{cell['right']}"),
        Text(f"{cell['exploited_trials']}/{cell['trials']}"),
        Text(_span(balances)),
        Text(str(cell["max_overlap"])),
        Text(f"{verdict} {mark}", style=_STYLE[verdict]),
    ]


def _span(values: list[int]) -> str:
    low, high = min(values), max(values)
    return str(low) if low == high else f"{low}…{high}"
