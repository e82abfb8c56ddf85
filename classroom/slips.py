"""The sheet of slips: one for each student, to print and cut."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2

from classroom import files, settings
from classroom.accounts import Account

_TEMPLATES = Path(__file__).with_name("templates")


def write(accounts: Sequence[Account], urls: Mapping[str, str]) -> None:
    """Write the sheet, for its owner alone to read.

    Args:
        accounts: of the students.
        urls: of the stacks, by name.

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
        accounts=accounts, urls=urls, door=settings.port("SSH_PORT")
    )
    files.write(files.SLIPS, page)
