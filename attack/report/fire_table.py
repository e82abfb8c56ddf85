"""The attack as a table: a row a strategy, Flask and Django side by side where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from statistics import mean
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from attack.counting import counted
from attack.plan import DEFAULT_TRIALS, Cell, Plan, label
from attack.report.fire_json import cell_to_json
from attack.report.matrix import STACKS_DIFFER
from attack.verdicts import Came, alone
from attack.words import AS_EXPECTED, NAMES, NOT_AS_EXPECTED, NOT_DECIDED, PLAIN
from shared_db.catalogue import Case, Strategy

_STYLE = {"exploited": "bold red", "held": "green", "starved": "yellow", "unknown": "magenta"}
_WIDTHS: Final = {"paid/due": 8, "broke": 5, "balance": 9, "overlap": 7, "verdict": 12}
# What is left out first where the terminal is narrow; the verdict never is.
_COLUMNS = (tuple(_WIDTHS), ("paid/due", "broke", "verdict"), ("paid/due", "verdict"), ("verdict",))
_LEGEND = {
    "paid/due": "payouts, on average, beside what the money allows",
    "broke": "trials in which an invariant of the ledger broke",
    "overlap": "most withdrawals in progress at once",
    "verdict": f"{AS_EXPECTED} as the catalogue expects, {NOT_AS_EXPECTED} not, "
    f"{NOT_DECIDED} undecided",
}
_MARKS: Final[dict[Came, str]] = {
    "met": AS_EXPECTED,
    "unmet": NOT_AS_EXPECTED,
    "inconclusive": NOT_DECIDED,
}


@dataclass(frozen=True)
class Layout:
    """Columns that fit a terminal; `stacked` has the stacks below each other."""

    labels: dict[str, int]
    columns: dict[str, int]
    stacks: int
    stacked: bool

    @property
    def stack_width(self) -> int:
        """Width of what is told of one stack."""
        return sum(self.columns.values()) + len(self.columns) - 1

    @property
    def width(self) -> int:
        """Width of a row."""
        labels = sum(self.labels.values()) + len(self.labels)
        return labels + (1 if self.stacked else self.stacks) * (self.stack_width + 1) - 1


def layout(plan: Plan, width: int) -> Layout:
    """Return the fullest layout that fits into so many columns of a terminal.

    The narrowest one there is wraps the names where even that does not.
    """
    names = [len(_name(plan, strategy, case)) for strategy, case in plan.cases()]
    labels = {"strategy": max(names)}
    if len(plan.techniques) > 1:
        labels["technique"] = 9
    widths = _WIDTHS | {
        "paid/due": max(_WIDTHS["paid/due"], len(f"{plan.requests}/{plan.requests}")),
        "broke": max(_WIDTHS["broke"], 2 * len(str(plan.trials or DEFAULT_TRIALS)) + 1),
        "balance": max(_WIDTHS["balance"], 2 * len(str(plan.start)) + 3),
    }
    found = None
    for stacked, columns in product((False, True), _COLUMNS):
        found = Layout(
            labels={**labels, "stack": 6} if stacked else labels,
            columns={column: widths[column] for column in columns},
            stacks=len(plan.stacks),
            stacked=stacked,
        )
        if found.width <= width and (stacked or columns != ("verdict",)):
            return found
    assert found  # noqa: S101 - there are layouts
    room = max(width - found.width + found.labels["strategy"], 1)
    return Layout({**found.labels, "strategy": room}, found.columns, found.stacks, stacked=True)


class FireTable:
    """Prints a row as soon as the cells of a strategy are there: nobody waits for the end."""

    def __init__(self, console: Console, plan: Plan) -> None:
        self._console, self._plan = console, plan
        self._layout = layout(plan, console.width)

    def print_head(self) -> None:
        """Print what is done, and the names of the columns."""
        self._print_legend()
        names = [*self._layout.labels, *self._layout.columns]
        if self._layout.stacked:
            self._print(names, style="dim")
            return
        width = self._layout.stack_width
        titles = [
            Text.assemble((f"── {NAMES.get(stack, stack)} ", "bold"), ("─" * width, "dim"))
            for stack in self._plan.stacks
        ]
        for title in titles:
            title.truncate(width)
        heads = _grid([*self._layout.labels.values(), *[width] * len(titles)])
        heads.add_row(*[""] * len(self._layout.labels), *titles)
        self._console.print(heads)
        columns = [*self._layout.columns] * len(titles)
        self._print([*self._layout.labels, *columns], style="dim")

    def _print_legend(self) -> None:
        plan = self._plan
        legend = [
            f"{column}: {_LEGEND[column]}." for column in self._layout.columns if column in _LEGEND
        ]
        if any(plan.stacks_differ(case) for _, case in plan.cases()):
            legend.append(f"{STACKS_DIFFER}: the stacks differ.")
        self._console.print(
            f"{', '.join(plan.techniques)}: {counted(plan.requests, 'request')} at once to "
            f"withdraw {plan.amount} from an account that holds {plan.start}; "
            f"{_trials(plan)}.\n{' '.join(legend)}",
            style="dim",
            highlight=False,
        )

    def print_row(self, cells: Sequence[Cell]) -> None:
        """Print the cells of one strategy and technique, one for each stack that has the case."""
        name = _name(self._plan, cells[0].strategy, cells[0].case)
        several = "technique" in self._layout.labels
        labels = [name, *([cells[0].technique] if several else [])]
        columns = self._layout.columns
        texts = {cell.stack: _texts(cell_to_json(cell), alone(cell)) for cell in cells}
        rows = {stack: [found[column] for column in columns] for stack, found in texts.items()}
        if self._layout.stacked:
            for stack, row in rows.items():
                self._print([*labels, stack, *row])
        else:
            nothing = [Text() for _ in columns]
            beside = [rows.get(stack, nothing) for stack in self._plan.stacks]
            self._print([*labels, *(text for row in beside for text in row)])

    def _print(self, values: Sequence[str | Text], style: str = "") -> None:
        found = self._layout
        stacks = 1 if found.stacked else found.stacks
        row = _grid([*found.labels.values(), *[*found.columns.values()] * stacks])
        row.add_row(*values, style=style)
        self._console.print(row)


def _name(plan: Plan, strategy: Strategy, case: Case) -> str:
    differ = STACKS_DIFFER if plan.stacks_differ(case) else ""
    return " ".join(filter(None, (f"{strategy.number:>2}", strategy.slug, case.name, differ)))


def _grid(widths: Sequence[int]) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    name, *others = widths
    grid.add_column(width=name, overflow="fold")
    for width in others:
        grid.add_column(width=width, no_wrap=True)
    return grid


def _texts(cell: dict[str, Any], came: Came) -> dict[str, Text]:
    low, high = min(cell["balance"]), max(cell["balance"])
    paid = mean(cell["payouts"])
    verdict = cell["verdict"]
    return {
        "paid/due": Text(f"{paid:{'.3g' if paid < 100 else '.0f'}}/{cell['right']}"),
        "broke": Text(f"{cell['exploited_trials']}/{cell['trials']}"),
        "balance": Text(str(low) if low == high else f"{low}…{high}"),
        "overlap": Text(str(cell["max_overlap"])),
        "verdict": Text(f"{PLAIN[verdict]} {_MARKS[came]}", style=_STYLE[verdict]),
    }


def _trials(plan: Plan) -> str:
    """Say how many trials a cell gets, and which rows get fewer."""
    usual = plan.trials or DEFAULT_TRIALS
    fewer: dict[int, list[str]] = {}
    for strategy, case in plan.cases():
        if plan.trials_of(case) < usual:
            fewer.setdefault(plan.trials_of(case), []).append(label(strategy, case))
    told = [f"{count} of {', '.join(rows)}" for count, rows in sorted(fewer.items(), reverse=True)]
    return "; ".join([f"{counted(usual, 'trial')} a cell", *told])
