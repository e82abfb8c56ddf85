"""The sheet of slips: one for each student, to print and cut."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2

from classroom import files
from classroom.accounts import Account

_TEMPLATES = Path(__file__).with_name("templates")


def write(accounts: Sequence[Account], urls: Mapping[str, str], *, door: bool) -> None:
    """Write the sheet, for its owner alone to read.

    Args:
        accounts: of the students.
        urls: of the stacks, by name.
        door: somebody can come in by ssh, and has a folder for it.

    Raises:
        LabError: it cannot be written.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("slips.html.jinja").render(
        accounts=accounts, urls=urls, door=door
    )
    files.write(files.SLIPS, page)
