"""The attack as a table: a row a strategy, Flask and Django side by side."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from attack.plan import Cell, Plan
from attack.report.fire_json import cell_to_json
from attack.report.matrix import STACKS_DIFFER

_STYLE = {"exploited": "bold red", "held": "green", "starved": "yellow", "unknown": "magenta"}
_NAMES = {"flask": "Flask", "django": "Django"}
_WIDTHS = {"paid/due": 8, "broke": 5, "balance": 9, "overlap": 7, "verdict": 11}
_COMPACT = ("paid/due", "broke", "verdict")
_LEGEND = {
    "paid/due": "payouts, on average, beside what the money allows",
    "broke": "trials in which an invariant of the ledger broke",
    "overlap": "most withdrawals in progress at once",
}


class FireTable:
    """Prints a row as soon as the cells of a strategy are there: nobody waits for the end."""

    def __init__(self, console: Console, plan: Plan) -> None:
        self._console, self._plan = console, plan
        several = len(plan.techniques) > 1
        self._labels = {"strategy": 25} | ({"technique": 9} if several else {})
        self._widths = _WIDTHS | {
            "paid/due": max(_WIDTHS["paid/due"], len(f"{plan.requests}/{plan.requests}")),
            "broke": max(_WIDTHS["broke"], len(f"{plan.trials}/{plan.trials}")),
        }
        if self._width() > console.width:
            self._widths = {column: self._widths[column] for column in _COMPACT}
        # Too narrow for the stacks side by side: then one below the other.
        self._stacked = self._width() > console.width
        if self._stacked:
            self._labels["stack"] = 6

    def _width(self) -> int:
        return sum(width + 1 for width in self._labels.values()) + len(self._plan.stacks) * (
            self._stack_width() + 1
        )

    def _stack_width(self) -> int:
        return sum(width + 1 for width in self._widths.values()) - 1

    def print_head(self) -> None:
        """Print what is done, and the names of the columns."""
        plan = self._plan
        differ = any(case.stacks_differ for _, case in plan.cases())
        legend = [f"{column}: {_LEGEND[column]}." for column in self._widths if column in _LEGEND]
        self._console.print(
            f"{', '.join(plan.techniques)}: {plan.requests} requests at once to withdraw "
            f"{plan.amount} from an account that holds {plan.start}; {plan.trials} trials a cell.\n"
            + " ".join(legend)
            + (f" {STACKS_DIFFER}: the stacks differ." if differ else ""),
            style="dim",
            highlight=False,
        )
        if self._stacked:
            self._print([*self._labels, *self._widths], style="dim")
            return
        names = [
            Text.assemble((f"── {_NAMES.get(stack, stack)} ", "bold"), ("─" * 60, "dim"))
            for stack in plan.stacks
        ]
        for name in names:
            name.truncate(self._stack_width())
        titles = _grid([*self._labels.values(), *[self._stack_width()] * len(names)])
        titles.add_row(*[""] * len(self._labels), *names)
        self._console.print(titles)
        self._print([*self._labels, *[*self._widths] * len(names)], style="dim")

    def print_row(self, cells: Sequence[Cell]) -> None:
        """Print the cells of one strategy and technique, one for each stack that has the case."""
        strategy, case = cells[0].strategy, cells[0].case
        mark = f" {STACKS_DIFFER}" if case.stacks_differ else ""
        name = f"{strategy.number:>2} {strategy.slug} {case.name}".rstrip() + mark
        labels = [name, *([cells[0].technique] if "technique" in self._labels else [])]
        rows = {
            cell.stack: [_texts(cell_to_json(cell))[column] for column in self._widths]
            for cell in cells
        }
        if self._stacked:
            for stack, row in rows.items():
                self._print([*labels, stack, *row])
        else:
            nothing = [Text() for _ in self._widths]
            columns = [rows.get(stack, nothing) for stack in self._plan.stacks]
            self._print([*labels, *(text for row in columns for text in row)])

    def _print(self, values: Sequence[str | Text], style: str = "") -> None:
        stacks = 1 if self._stacked else len(self._plan.stacks)
        row = _grid([*self._labels.values(), *[*self._widths.values()] * stacks])
        row.add_row(*values, style=style)
        self._console.print(row)


def _grid(widths: Sequence[int]) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    for width in widths:
        grid.add_column(width=width, no_wrap=True)
    return grid


def _texts(cell: dict[str, Any]) -> dict[str, Text]:
    low, high = min(cell["balance"]), max(cell["balance"])
    paid = mean(cell["payouts"])
    mark = "✓" if cell["verdict"] == cell["expected"] else "✗"
    return {
        "paid/due": Text(f"{paid:{'.3g' if paid < 100 else '.0f'}}/{cell['right']}"),
        "broke": Text(f"{cell['exploited_trials']}/{cell['trials']}"),
        "balance": Text(str(low) if low == high else f"{low}…{high}"),
        "overlap": Text(str(cell["max_overlap"])),
        "verdict": Text(f"{cell['verdict']} {mark}", style=_STYLE[cell["verdict"]]),
    }
