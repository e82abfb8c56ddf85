"""What was found of each race, and the table of all of them, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from racewalk.reporters.words import counts, sentence, story_of, unread, verdict
from racewalk.scenario.verdicts import Exit, Found, exit_code
from racewalk.story.picture import draw

_STYLES = {Exit.MET: "green", Exit.UNMET: "bold red", Exit.UNKNOWN: "yellow"}
_ENDS = {
    Exit.MET: "Every race is as expected.",
    Exit.UNMET: "A race is not as expected.",
    Exit.UNKNOWN: "Of a race nothing can be said.",
}


def print_found(found: Found, console: Console) -> None:
    """Print what was found of one race, its counterexample as a picture."""
    certificate = found.certificate
    console.print(Text(sentence(found), style=_STYLES[found.exit]))
    if certificate.outcomes:
        console.print(Text(f"  {certificate}", style="dim"))
    for line in unread(certificate):
        console.print(Text(f"  {line}", style="dim"))
    if smallest := certificate.smallest:
        draw(story_of(*smallest, certificate.differs), found.written.name, console)
        console.print(Text(f"schedule {smallest[0].schedule}", style="dim"))


def print_table(found: Sequence[Found], console: Console) -> None:
    """Print a line for each race."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, justify in (
        ("race", "left"),
        ("verdict", "left"),
        ("unsafe schedules", "right"),
        ("runs", "right"),
        ("seconds", "right"),
    ):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for each in found:
        certificate = each.certificate
        runs = certificate.reduction.runs if certificate.reduction else certificate.schedules
        table.add_row(
            Text(each.written.name),
            Text(verdict(each), style=_STYLES[each.exit]),
            counts(certificate),
            str(runs),
            f"{certificate.seconds:.1f}",
        )
    console.print(table)


def print_end(found: Sequence[Found], console: Console) -> None:
    """Print in one line how the command ends."""
    code = exit_code(list(found))
    console.print(Text(f"{_ENDS[code]} (exit {code.value})", style=_STYLES[code]))
