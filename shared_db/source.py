"""The file in which a function is written, to be shown beside what it does."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared_db.paths import CHECKOUT


@dataclass(frozen=True)
class Source:
    """A file: its path within the checkout, and its text."""

    path: str
    text: str


def source_of(function: Callable[..., object]) -> Source:
    """Return the file that a function runs from, below its decorators."""
    path = Path(inspect.getfile(inspect.unwrap(function))).resolve()
    return Source(path.relative_to(CHECKOUT).as_posix(), path.read_text("utf-8"))
