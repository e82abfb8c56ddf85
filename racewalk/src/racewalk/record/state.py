"""What is to be seen at one node of the graph, as plain data: two looks at it can be compared.

Nothing in it varies between two runs of one schedule: no process, no transaction has its number
here, and no row its place.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from racewalk.schedule.compare import both
from racewalk.schedule.outcome import Fact

Stands = Literal["unbegun", "held", "waits", "inside", "done"]
Made = Literal["committed", "open", "undone"]
Open = bool | Literal["failed"]
Held = int | str | float | bool | None
"""A value in Python; None is an attribute that is not loaded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line that runs: in which file and function, and its number."""

    file: str
    function: str
    line: int


Values = tuple[tuple[str, Held], ...]
"""What Python holds, by name."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A line that ran, and what was held before it did."""

    place: Place
    values: Values


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the Python of a request stands.

    Attributes:
        stack: the lines that are at work, outermost first.
        values: what is held in the function that is shown.
        ran: the lines of that function which ran since the statement before.
    """

    stack: tuple[Place, ...] = ()
    values: Values = ()
    ran: tuple[Ran, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a row.

    Attributes:
        table: number of its table.
        by: the request that wrote it; None: it was there at the start.
        value: its values; None stands for NULL, and for what cannot be read from the page.
        made: whether the transaction that wrote it is committed, open, or undone.
        ended: who replaced or deleted it, and whether that is committed; None: nobody did.
    """

    table: int
    by: int | None
    value: tuple[Fact, ...]
    made: Made
    ended: tuple[int, Made] | None = None


@dataclass(frozen=True, slots=True, order=True)
class Lock:
    """A lock that a request holds, or waits for, in words."""

    by: int
    words: str
    granted: bool


@dataclass(frozen=True, slots=True)
class State:
    """One node. Lists by request are in their order.

    Attributes:
        stands: where each request stands.
        python: where its Python stands, and what it holds.
        open: whether it is in a transaction.
        answered: its answer.
        facts: what is committed, in the order of the race's facts.
        versions: of the rows that are followed; None where the server cannot tell.
        locks: who holds or waits for what.
        waits: who waits for whom.
    """

    stands: tuple[Stands, ...]
    python: tuple[Standing, ...]
    open: tuple[Open, ...]
    answered: tuple[str | None, ...]
    facts: tuple[Fact, ...]
    versions: tuple[Version, ...] | None
    locks: tuple[Lock, ...]
    waits: tuple[tuple[int, int], ...]

    def difference(self, other: State) -> str:
        """Return the first thing that is not the same in two states, in words; '' for none."""
        for each in fields(self):
            here, there = getattr(self, each.name), getattr(other, each.name)
            if here != there:
                return f"{each.name}: {both(here, there)}"
        return ""
