"""What came of all changes, in the terminal."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from racewalk.whatif.advice import advice, again
from racewalk.whatif.result import REFUSED, SAFE, UNSAFE, Found, Result

MODEL: Final = (
    "Each line is a model of a repair, not the repair: the application ran as it is, and its SQL "
    "was changed on its way. What it keeps in memory, it kept."
)
_STYLES: Final = {SAFE: "green", UNSAFE: "bold red", REFUSED: "dim"}


def show(found: Found, console: Console) -> None:
    """Print a line for each change, what it means, and what to write for those that repair."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("what if", ratio=3)
    for column in ("verdict", "unsafe", "waits", "to be tried again"):
        table.add_column(column, justify="left" if column == "verdict" else "right")
    for each in (found.as_is, *found.results):
        table.add_row(*_row(each))
    console.print(table)
    for number, text in found.statements.items():
        line = Text(f"statement {number}: {text}", style="dim")
        console.print(line, no_wrap=True, overflow="ellipsis")
    for each in found.results:
        style = _STYLES.get(each.verdict, "yellow")
        console.print(Text(f"{each.title}: {found.sentence(each)}", style=style))
    _print_advice(found, console)
    console.print()
    console.print(Text(MODEL, style="dim"))


def _row(result: Result) -> list[Text]:
    style = _STYLES.get(result.verdict, "yellow")
    retried = ", ".join(f"{code}: {number}" for code, number in result.errors.items())
    waits = str(result.waits) if result.schedules else "-"
    return [
        Text(result.title),
        Text(result.verdict, style=style),
        Text(result.counts),
        Text(waits),
        Text(retried or ("0" if result.schedules else "-")),
    ]


def _print_advice(found: Found, console: Console) -> None:
    if not found.repairs:
        return
    console.print()
    console.print("What to write:", style="bold")
    told: set[str] = set()
    for result in found.repairs:
        retries = f", {again(result)}" if result.errors else ""
        console.print(Text(f"  {result.title}{retries}"))
        for each in advice(result):
            if str(each.change) not in told:
                told.add(str(each.change))
                console.print(Text(f"    SQLAlchemy  {each.sqlalchemy}", style="dim"))
                console.print(Text(f"    Django      {each.django}", style="dim"))
