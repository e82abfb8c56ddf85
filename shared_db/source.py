"""The file in which a function is written, to be shown beside what it does."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared_db.cut import functions
from shared_db.highlighted import highlighted
from shared_db.paths import CHECKOUT


@dataclass(frozen=True)
class Source:
    """A file: its path within the checkout, and its text as HTML.

    `functions` has no docstrings, for these say what comes of it, and nothing above the first
    function.
    """

    path: str
    text: str
    functions: str


@cache
def source_of(function: Callable[..., object]) -> Source:
    """Return the file that a function runs from, below its decorators."""
    path = Path(inspect.getfile(inspect.unwrap(function))).resolve()
    text = path.read_text("utf-8")
    return Source(
        path.relative_to(CHECKOUT).as_posix(), highlighted(text), highlighted(functions(text))
    )
