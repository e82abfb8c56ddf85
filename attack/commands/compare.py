"""attack compare: one strategy in both applications, side by side."""

import click

from attack.commands import options
from attack.report.compare_table import compare_table
from attack.report.console import console
from shared_db.paths import CHECKOUT

_APPLICATIONS = ("flask_app", "django_app")
_WIDEST = 210  # two lines of code as long as they may be


@click.command()
@click.argument("strategy", type=options.Name(options.SLUGS))
def compare(strategy: str) -> None:
    """Print a strategy's two files side by side.

    | < > mark the lines that differ. In a narrow terminal what both have is printed once, and what
    they differ in one below the other.
    """
    names = [f"{application}/strategies/{strategy}.py" for application in _APPLICATIONS]
    sources = [(CHECKOUT / name).read_text(encoding="utf-8") for name in names]
    output = console(piped_width=_WIDEST)
    output.print(compare_table(names, sources, output))
