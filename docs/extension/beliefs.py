"""The misconceptions, as misconceptions.toml has them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "misconceptions.toml"


@dataclass(frozen=True)
class Misconception:
    """What many take to be true, and what is so instead."""

    id: str
    belief: str
    truth: str


@cache
def misconceptions() -> dict[str, Misconception]:
    """Return all of them by their ids, in their order."""
    entries = tomllib.loads(FILE.read_text("utf-8"))["misconception"]
    return {entry["id"]: Misconception(**entry) for entry in entries}
