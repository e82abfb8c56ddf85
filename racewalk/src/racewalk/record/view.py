"""What is to be shown of a race, beside what it is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from racewalk.story.brief import Columns


@dataclass(frozen=True, slots=True)
class Table:
    """A table of which some rows are followed, version by version.

    Attributes:
        name: as SQL writes it, with its schema where that is not searched: '"user"'.
        columns: which of its values are shown: integers, booleans and short texts.
        match: the column that says which rows are followed.
        values: SQL that gives the values of `match` of those rows.
    """

    name: str
    columns: tuple[str, ...]
    match: str
    values: str

    @property
    def title(self) -> str:
        """Its name for a person."""
        return self.name.replace('"', "")


@dataclass(frozen=True, slots=True)
class Code:
    """What is told of the application's Python.

    Attributes:
        root: folder that its files are named from.
        folders: where its own code lies, below `root`: frames elsewhere are left out.
        entry: beginning of the file of the function that is shown with what it calls, below
            `root`; of what runs outside of it, the innermost own frame is told alone.
        attributes: of the objects in that function's variables, which are read.
    """

    root: Path
    folders: tuple[str, ...]
    entry: str
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What is to be shown.

    Attributes:
        column: the column, or columns, whose values are told in words, step by step.
        tables: whose rows are followed.
        code: of the application, if that is Python with psycopg; or None.
    """

    column: Columns
    tables: tuple[Table, ...] = ()
    code: Code | None = None
