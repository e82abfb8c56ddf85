"""A statement with its changes: its text differs in these alone, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from racewalk.rewrite.changes import Change, Kind
from racewalk.rewrite.texts import locks
from racewalk.wire.plain import masked

_WEAKER: Final = re.compile(r"FOR\s+(?:KEY\s+)?SHARE\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def patched(statement: str, changes: tuple[Change, ...]) -> str:
    """Return a statement with changes that are all of it.

    Args:
        statement: without blanks and semicolons around it.
        changes: of kinds that have a place.
    """
    cuts: list[tuple[int, int, str]] = []
    found = locks(statement)
    for change in changes:
        place = change.place
        if place is None:
            continue
        if change.kind is Kind.TAKE_AWAY and place.part < len(found):
            lock = found[place.part]
            cuts.append((lock.start, lock.end, lock.instead))
        elif change.kind is Kind.LOCK:
            of = f" OF {place.of}" if place.of else ""
            cuts.append((*_where(statement, place.of), f"{change.text}{of}"))
    for start, end, text in sorted(cuts, reverse=True):
        before = statement[:start]
        blank = " " if start == end and text.startswith("FOR") else ""
        statement = f"{before}{blank}{text}{statement[end:]}"
    return statement


def _where(statement: str, of: str) -> tuple[int, int]:
    """Where a lock is put in: in place of a weaker one of the same tables, behind another, or last.

    Locks stand beside each other, and a LIMIT may follow them.
    """
    end = len(masked(statement).rstrip())
    for lock in locks(statement):
        if lock.depth == 0 and lock.text.upper().startswith("FOR"):
            if _WEAKER.match(lock.text) and ", ".join(lock.of) == of:
                return lock.start, lock.end
            end = lock.end
    return end, end


def apply(statement: str, changes: Sequence[Change]) -> str:
    """Return a statement with changes; see `patched`."""
    return patched(statement, tuple(changes)) if changes else statement
