"""What can be changed of what an application says, as data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from racewalk.rewrite.texts import legible


class Kind(StrEnum):
    """What is done."""

    TAKE_AWAY = "take_away"
    LOCK = "lock"
    LEVEL = "level"
    ONE_TRANSACTION = "one_transaction"


LEVELS: Final = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
"""Isolation levels, the weakest first."""
MODES: Final = ("FOR NO KEY UPDATE", "FOR UPDATE")
"""What a SELECT can be made to lock its rows by, the weaker first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which statement is changed.

    Attributes:
        shape: the statement without its constants; see `texts.shape`.
        nth: which of the statements of this shape in the request, from 1; 0: each of them.
        part: which of the locks that it asks for, from 0.
        of: the table whose rows are to be locked, as the statement calls it; '': all.
    """

    shape: str
    nth: int = 0
    part: int = 0
    of: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        kind: what is done.
        text: the lock that is taken away or put in, or the level, in SQL.
        place: of which statement; None: of the request's transactions.
        statement: its number in the request, from 1, for people; None as above.
        request: whose statement that is, where the requests are not alike, such as 'B'; or ''.
    """

    kind: Kind
    text: str = ""
    place: Place | None = None
    statement: int | None = None
    request: str = ""

    @property
    def clause(self) -> str:
        """The lock, with the tables whose rows it is for where they are named; or the level."""
        of = self.place.of if self.place else ""
        return f"{self.text} OF {legible(of)}" if of else self.text

    def __str__(self) -> str:
        """The change in words."""
        whose = f" of {self.request}" if self.request else ""
        match self.kind:
            case Kind.TAKE_AWAY:
                return f"without {self.text} on statement {self.statement}{whose}"
            case Kind.LOCK:
                return f"{self.clause} on statement {self.statement}{whose}"
            case Kind.LEVEL:
                return f"transactions at {self.text}"
            case Kind.ONE_TRANSACTION:
                return "one transaction around the request"


def level_of(changes: Collection[Change]) -> str | None:
    """Return the level that is asked for, or None."""
    return next((each.text for each in changes if each.kind is Kind.LEVEL), None)


def wraps(changes: Collection[Change]) -> bool:
    """Return whether one transaction is put around the request."""
    return any(each.kind is Kind.ONE_TRANSACTION for each in changes)
