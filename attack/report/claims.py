"""What docs/choosing.md claims of the strategies, held against benches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from attack.words import NAMES
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

CLAIMS = CHECKOUT / "docs" / "claims.toml"
NAME = "claims"
"""The part of the page that they are written into."""
_DEFENCES = frozenset(each.slug for each in strategies() if each.kind == "defence")

Cell = Mapping[str, Any]


class Range(NamedTuple):
    """A figure, and how far its repeats or its cells lie apart."""

    middle: float
    least: float
    largest: float

    def __str__(self) -> str:
        middle, least, largest = (
            f"{value:.0f}" if value >= 100 else f"{value:.3g}" for value in self
        )
        return middle if least == largest else f"{middle} ({least}-{largest})"


class Cells(msgspec.Struct, forbid_unknown_fields=True):
    """Which cells of a bench; all accounts and clients where none are named."""

    strategy: str | list[str]
    accounts: int | None = None
    clients: int | None = None

    def of(self, cells: Sequence[Cell], stack: str) -> list[Cell]:
        """Return those of one stack.

        Raises:
            LabError: there are none.
        """
        slugs = {self.strategy} if isinstance(self.strategy, str) else set(self.strategy)
        if "defences" in slugs:
            slugs = set(_DEFENCES)
        found = [
            cell
            for cell in cells
            if cell["stack"] == stack
            and cell["strategy"] in slugs
            and self.accounts in (None, cell["accounts"])
            and self.clients in (None, cell["clients"])
        ]
        if not found:
            raise LabError(f"the bench has no cell for {', '.join(sorted(slugs))} on {stack}")
        return found


class Claim(msgspec.Struct, forbid_unknown_fields=True):
    """One sentence, and what has to be so where it is true; exactly one relation is set."""

    words: str
    figure: Literal["rate", "limit", "retries", "errors", "statements", "wrong"]
    cells: Cells
    more_than: Cells | None = None
    fewer_than: Cells | None = None
    equal: Cells | None = None
    at_most: float | None = None
    at_least: float | None = None

    def on(self, cells: Sequence[Cell], stack: str) -> tuple[bool, str]:
        """Return whether a bench shows it on a stack, and the figures that do or do not.

        Raises:
            LabError: the bench lacks the cells.
        """
        mine = self._range(self.cells, cells, stack)
        if self.at_most is not None:
            return mine.largest <= self.at_most, str(mine)
        if self.at_least is not None:
            return mine.least >= self.at_least, str(mine)
        named = self.more_than or self.fewer_than or self.equal
        assert named, f"{self.words}: a claim needs a relation"  # noqa: S101 - the file is ours
        other = self._range(named, cells, stack)
        if self.more_than:
            shown = mine.least > other.largest
        elif self.fewer_than:
            shown = mine.largest < other.least
        else:
            shown = mine == other
        return shown, f"{mine} against {other}"

    def _range(self, of: Cells, cells: Sequence[Cell], stack: str) -> Range:
        """Return the figure over all cells that are meant: the middle one, and the extremes."""
        ranges = [_FIGURES[self.figure](cell) for cell in of.of(cells, stack)]
        middles = sorted(each.middle for each in ranges)
        return Range(
            middles[len(middles) // 2],
            min(each.least for each in ranges),
            max(each.largest for each in ranges),
        )


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    claim: list[Claim]


def claims(path: Path = CLAIMS) -> list[Claim]:
    """Return the claims of a file, in its order."""
    return msgspec.toml.decode(path.read_bytes(), type=_Table).claim


def table(benches: Sequence[Sequence[Cell]]) -> str:
    """Return each claim with its figures of the first bench, and which benches show it.

    Args:
        benches: the cells of each.

    Raises:
        LabError: a bench lacks a cell that a claim is about.
    """
    head = "| no. | claim | Flask | Django | shown |"
    return "\n".join([head, "|---:|---|---|---|---|", *_lines(benches)])


def _lines(benches: Sequence[Sequence[Cell]]) -> Iterator[str]:
    for number, claim in enumerate(claims(), 1):
        told = [[claim.on(cells, stack) for stack in NAMES] for cells in benches]
        figures = " | ".join(text for _, text in told[0])
        yield f"| {number} | {claim.words} | {figures} | {_shown(told)} |"


def _shown(told: Sequence[Sequence[tuple[bool, str]]]) -> str:
    """Say in which benches a claim is shown, and where on one stack alone."""
    where = [
        [name for name, (shown, _) in zip(NAMES.values(), stacks, strict=True) if shown]
        for stacks in told
    ]
    if all(len(names) == len(NAMES) for names in where):
        return "yes" if len(told) == 1 else "in both runs"
    said = [_SAID[len(names)].format(*names) for names in where]
    return (
        said[0]
        if len(said) == 1
        else "; ".join(f"run {number}: {words}" for number, words in enumerate(said, 1))
    )


_SAID = ("no", "only {}", "yes")


def _spread(middle: float, spread: Sequence[float]) -> Range:
    return Range(middle, *spread)


def _same(value: float) -> Range:
    return Range(value, value, value)


_FIGURES: dict[str, Callable[[Cell], Range]] = {
    "rate": lambda cell: _spread(cell["throughput"], cell["throughput_spread"]),
    "limit": lambda cell: _spread(cell["limit_throughput"], cell["limit_spread"]),
    "retries": lambda cell: _same(round(cell["retries"] / max(cell["requests"], 1), 2)),
    "errors": lambda cell: _same(cell["errors"]),
    "statements": lambda cell: _same(cell["statements"]),
    "wrong": lambda cell: _same(float(cell["money"] != "right")),
}
