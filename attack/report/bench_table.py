"""The bench as tables: one for each number of accounts and clients, with all defences in it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from attack.bench.records import Result
from attack.counting import counted
from attack.report.bench_json import results_to_json
from shared_db.catalogue import strategies

PAGE = "page without a database"
GENERATOR, MONEY = "▲", "loses money"
_COLUMNS = {
    "strategy": 25,
    "stack": 6,
    "req/s": 6,
    "spread": 11,
    "p50 ms": 7,
    "p99 ms": 7,
    "retries": 7,
    "errors": 6,
    "limit/s": 7,
    "of limit": 8,
}
_NARROW = ("strategy", "stack", "req/s", "p50 ms", "p99 ms", "retries", "of limit")
_LEGEND = f"""\
req/s: withdrawals that were paid, a second, the median of the repeats; spread: the least and the
largest of them. p50, p99: latency. retries: transactions tried again, for each that was paid.
limit/s: the same SQL by pgbench on the same server. {GENERATOR}: the load generator was the limit.
"{PAGE}": a log-out by somebody who is not logged in; what the framework costs."""

Cell = dict[str, Any]


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Print what has been measured so far."""
    record = results_to_json(results)
    console.print(_LEGEND, style="dim", highlight=False)
    columns = [name for name in _COLUMNS if _fits(console) or name in _NARROW]
    for (accounts, clients), cells in groupby(sorted(record["cells"], key=_block), key=_block):
        pages = [page for page in record["pages"] if page["clients"] == clients]
        console.print(_table(_title(accounts, clients), columns, [*pages, *cells]))


def _fits(console: Console) -> bool:
    return sum(width + 1 for width in _COLUMNS.values()) <= console.width


def _block(cell: Cell) -> tuple[int, int]:
    return cell["accounts"], cell["clients"]


def _title(accounts: int, clients: int) -> str:
    whose = counted(accounts, "hot account", "accounts")
    return f"\n{whose}, {counted(clients, 'client')} at once"


def _table(title: str, columns: Sequence[str], cells: Sequence[Cell]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in columns:
        right = name not in ("strategy", "stack")
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for cell in cells:
        texts = _texts(cell)
        table.add_row(*(texts[name] for name in columns), style=_style(cell))
    return table


def _style(cell: Cell) -> str:
    return "" if "strategy" in cell else "dim"


def label(cell: Cell) -> str:
    """Return the name of a row: the strategy's number and slug, and its case where it has one."""
    if "strategy" not in cell:
        return PAGE
    number = next(each.number for each in strategies() if each.slug == cell["strategy"])
    return f"{number:>2} {cell['strategy']} {cell['case']}".rstrip()


def _texts(cell: Cell) -> dict[str, Text]:
    low, high = cell["throughput_spread"]
    mark = f" {GENERATOR}" if cell["generator_limited"] else ""
    broken = cell.get("money", "right") != "right"
    ratio = cell.get("ratio_to_limit")
    share = "" if ratio is None else f"{ratio:.0%}"
    retries = cell["retries"] / cell["requests"] if cell["requests"] else 0.0
    return {
        "strategy": Text(label(cell)),
        "stack": Text(cell["stack"]),
        "req/s": Text(f"{cell['throughput']:.0f}{mark}"),
        "spread": Text(f"{low:.0f}…{high:.0f}"),
        "p50 ms": Text(_number(cell["p50_ms"])),
        "p99 ms": Text(_number(cell["p99_ms"])),
        "retries": Text(f"{retries:.2f}" if retries else ""),
        "errors": Text(str(cell["errors"] or ""), style="red"),
        "limit/s": Text(_number(cell.get("limit_throughput"), 0)),
        "of limit": Text(MONEY, "bold red") if broken else Text(share),
    }


def _number(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:.{digits}f}"
