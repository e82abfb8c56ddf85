"""A schedule: the choices that lead to one run, and the string that tells them.

    AAB         a step of A is released, another one, then one of B
    ^A^BAB      A begins, then B: where the order of beginning is a choice
    AAB~CB      the last step of B set two waiters free, and C was woken first

A schedule that is shorter than its run is a beginning; how the run goes on from there is said by
whoever runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from racewalk.words import name

_ITEM: Final = re.compile(r"([\^~]?)([A-Z])")
MOST_REQUESTS: Final = 26


@dataclass(frozen=True, slots=True)
class Begin:
    """A request is sent."""

    request: int

    def __str__(self) -> str:
        return f"^{name(self.request)}"


@dataclass(frozen=True, slots=True)
class Release:
    """The step that a request is held at goes to the server."""

    request: int

    def __str__(self) -> str:
        return name(self.request)


@dataclass(frozen=True, slots=True)
class Wake:
    """Of several requests that the last step set free, this one goes on first."""

    request: int

    def __str__(self) -> str:
        return f"~{name(self.request)}"


Item = Begin | Release | Wake
_KINDS: Final[dict[str, type[Item]]] = {"^": Begin, "": Release, "~": Wake}


@dataclass(frozen=True, slots=True)
class Schedule:
    """The choices, in order."""

    items: tuple[Item, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the schedule that a string tells.

        Raises:
            ValueError: it is none.
        """
        found = list(_ITEM.finditer(text))
        if "".join(match[0] for match in found) != text:
            raise ValueError(f"{text!r} is no schedule: expected letters, such as AAB, ^A or ~B")
        return cls(tuple(_KINDS[match[1]](ord(match[2]) - ord("A")) for match in found))

    @classmethod
    def of(cls, *requests: int) -> Self:
        """Return the schedule that releases a step of each of these requests."""
        return cls(tuple(Release(request) for request in requests))

    def __str__(self) -> str:
        return "".join(map(str, self.items))

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __add__(self, other: Schedule) -> Schedule:
        return Schedule(self.items + other.items)

    def begins_with(self, other: Schedule) -> bool:
        """Return whether the first choices are those of another schedule."""
        return self.items[: len(other.items)] == other.items
