"""What was read of one database in the races before, so that it need not be read again.

How a statement is read hangs on what the database is made of, and then on no more than its text,
values and search path, the lessons by which statements are read otherwise, and what it asks of the
start; so it is kept for other races with all of these. What it teaches is learnt anew in each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from racewalk.commute.tables import Noted, Tables

_Found = TypeVar("_Found")
_MOST: Final = 4096
"""Readings that are kept before all are forgotten."""


class Recalled(Generic[_Found]):
    """What was read, as long as the database is made of the same."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[_Found, Noted]] = {}

    def read(self, name: Hashable, tables: Tables, read: Callable[[], _Found]) -> _Found:
        """Return what something is read to be, and have the tables learn what it teaches.

        Args:
            name: what is read, with the search path where it means something.
            tables: what is known in this race.
            read: reads it.
        """
        key = (name, tables.lessons)
        if (known := self._known.get(key)) and tables.takes(known[1]):
            return known[0]
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = tables.noting(read)
        return self._known[key][0]
