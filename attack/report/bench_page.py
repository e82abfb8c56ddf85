"""The figures of docs/choosing.md: what each strategy costs, written from the JSON of a bench."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import fill
from typing import Any

from attack.counting import counted
from attack.words import NAMES
from shared_db.catalogue import strategies
from shared_db.errors import LabError

NAME = "figures"
_WIDTH = 120
_MONEY = " **loses money**"
_GENERATOR = "▲"

Cell = Mapping[str, Any]
Record = Mapping[str, Sequence[Cell]]


def figures(record: Record) -> str:
    """Return the tables, a block for each number of accounts, and what was run above them.

    Raises:
        LabError: the bench was cut short, or was of one stack alone.
    """
    cells = record["cells"]
    if not cells:
        raise LabError("the bench was cut short: it has no cell")
    clients = sorted({cell["clients"] for cell in cells})
    parts = [_caption(cells), _pages(record["pages"], clients)]
    by_accounts = sorted(cells, key=lambda cell: int(cell["accounts"]))
    for accounts, block in groupby(by_accounts, key=lambda cell: int(cell["accounts"])):
        parts.append(_block(accounts, list(block), clients))
    return "\n\n".join(parts)


def _caption(cells: Sequence[Cell]) -> str:
    repeats = sorted({cell["repeats"] for cell in cells})
    often = counted(repeats[-1], "repeat")
    if len(repeats) > 1:
        often = f"{repeats[0]} to {often}"
    return fill(
        f"Withdrawals that were paid, a second: the median of {often} of "
        f"{cells[0]['seconds']:g} s, and in brackets the least and the largest of them. "
        f"{_GENERATOR}: the load generator was the limit.",
        _WIDTH,
    )


def _pages(pages: Sequence[Cell], clients: Sequence[int]) -> str:
    lines = _head("page without a database", clients, ())
    for stack, name in NAMES.items():
        row = [_one(pages, stack=stack, clients=count) for count in clients]
        lines.append(_line(["log-out by nobody", name, *(_rate(cell) for cell in row)]))
    return "\n".join(lines)


def _block(accounts: int, cells: Sequence[Cell], clients: Sequence[int]) -> str:
    title = counted(accounts, "hot account", "accounts")
    most = clients[-1]
    at = f"at {most}"
    rest = (f"p99 ms {at}", f"retries {at}", f"of limit {at}", "statements")
    lines = _head(title, clients, rest)
    for slug in _slugs(cells):
        for stack, name in NAMES.items():
            row = [_one(cells, strategy=slug, stack=stack, clients=count) for count in clients]
            rates = [_rate(cell) for cell in row]
            lines.append(_line([f"`{slug}`", name, *rates, *_rest(row[-1])]))
    return "\n".join(lines)


def _head(title: str, clients: Sequence[int], rest: Sequence[str]) -> list[str]:
    counts = [counted(count, "client") for count in clients]
    columns = [title, "stack", *counts, *rest]
    return [_line(columns), _line(["---", "---"] + ["---:"] * (len(columns) - 2))]


def _line(columns: Sequence[str]) -> str:
    return f"| {' | '.join(columns)} |"


def _slugs(cells: Sequence[Cell]) -> Iterator[str]:
    found = {cell["strategy"] for cell in cells}
    yield from (each.slug for each in strategies() if each.slug in found)


def _one(cells: Sequence[Cell], **wanted: object) -> Cell:
    for cell in cells:
        if all(cell[name] == value for name, value in wanted.items()):
            return cell
    raise LabError(f"the bench has no cell for {' '.join(map(str, wanted.values()))}")


def _rate(cell: Cell) -> str:
    low, high = cell["throughput_spread"]
    mark = f" {_GENERATOR}" if cell["generator_limited"] else ""
    broken = _MONEY if cell.get("money", "right") != "right" else ""
    return f"{cell['throughput']:.0f} ({low:.0f}-{high:.0f}){mark}{broken}"


def _rest(cell: Cell) -> list[str]:
    retries = cell["retries"] / cell["requests"] if cell["requests"] else 0.0
    p99, ratio = cell["p99_ms"], cell["ratio_to_limit"]
    return [
        "-" if p99 is None else f"{p99:.0f}",
        f"{retries:.2f}",
        "-" if ratio is None else f"{ratio:.0%}",
        str(cell["statements"]),
    ]
