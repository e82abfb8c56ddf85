"""The catalogue of strategies, read from catalogue.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["vulnerable", "defence", "trap"]
Expected = Literal["exploited", "held"]


@dataclass(frozen=True)
class Strategy:
    """One way to write a withdrawal; the same slug names its file in both applications."""

    number: int
    slug: str
    title: str
    kind: Kind
    expected: Expected
    how: str
    holds: str = ""

    @property
    def path(self) -> str:
        """Path of the strategy's page on both stacks."""
        return f"/withdraw{self.number}"


@cache
def strategies() -> tuple[Strategy, ...]:
    """Return every strategy in the order of its number."""
    text = Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8")
    entries = [Strategy(**entry) for entry in tomllib.loads(text)["strategy"]]
    return tuple(sorted(entries, key=lambda entry: entry.number))


def by_number(number: int) -> Strategy | None:
    """Return the strategy at /withdraw<number>, or None where there is no such page."""
    return next((entry for entry in strategies() if entry.number == number), None)
