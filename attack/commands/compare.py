"""attack compare: one strategy in both applications, side by side."""

import click
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from attack.commands import options
from attack.report.console import console
from attack.report.side_by_side import side_by_side
from shared_db.paths import CHECKOUT

_APPLICATIONS = ("flask_app", "django_app")
_WIDEST = 210  # two lines of code as long as they may be
_STYLE = {" ": "dim", "|": "bold yellow", "<": "bold red", ">": "bold green"}


@click.command()
@click.argument("strategy", type=options.Name(options.SLUGS))
def compare(strategy: str) -> None:
    """Print a strategy's two files side by side; | < > mark the lines that differ."""
    names = [f"{application}/strategies/{strategy}.py" for application in _APPLICATIONS]
    sources = [(CHECKOUT / name).read_text(encoding="utf-8") for name in names]
    console(piped_width=_WIDEST).print(_table(names, sources))


def _table(names: list[str], sources: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(names[0], overflow="fold")
    table.add_column("", width=1)
    table.add_column(names[1], overflow="fold")
    left, right = (iter(_highlighted(source)) for source in sources)
    for row in side_by_side(*(source.splitlines() for source in sources)):
        cells = [
            Text() if row.mark == ">" else next(left),
            Text(row.mark, style=_STYLE[row.mark]),
            Text() if row.mark == "<" else next(right),
        ]
        if row.mark == " ":
            for cell in cells:
                cell.stylize("dim")
        table.add_row(*cells)
    return table


def _highlighted(source: str) -> list[Text]:
    code = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(source)
    code.no_wrap = False
    return list(code.split("\n"))
