"""What is said in more than one place: kinds, verdicts and their order, names of requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, StrEnum
from typing import Final

from psycopg import errors

__all__ = ["Verdict", "name", "preemptions", "worst"]


class Word(Enum):
    """Words that are looked up by the thousand in each schedule.

    Of each there is one object, so they are hashed as objects, where `Enum` hashes their names.
    """

    __hash__ = object.__hash__


class Verdict(StrEnum):
    """What is known of a race; from the worst to the best."""

    UNSAFE = "unsafe"
    INCONCLUSIVE = "inconclusive"
    VACUOUS = "vacuous"
    SAFE = "safe"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts; of none, SAFE: nothing that was looked at was wrong."""
    order = list(Verdict)
    return min(verdicts, key=order.index, default=Verdict.SAFE)


def name(request: int) -> str:
    """Return what a request is called: A, B, C …"""
    return chr(ord("A") + request)


def preemptions(number: int) -> str:
    """Return '1 preemption', '2 preemptions' …"""
    return counted(number, "preemption")


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return '1 step', '2 steps' …; `plural` is for a noun that does not get an s then."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def shown(value: object) -> str:
    """Return a value as SQL writes it, where Python has words of its own: true, false, NULL."""
    if value is None:
        return "NULL"
    return str(value).lower() if isinstance(value, bool) else str(value)


def sqlstate(code: str) -> str:
    """Return what PostgreSQL calls an error, behind its code: '40P01 deadlock detected'."""
    try:
        called = errors.lookup(code).__name__
    except KeyError:
        return code
    return f"{code} {' '.join(_WORD.findall(called)).lower()}"


_WORD: Final = re.compile(r"[A-Z][a-z0-9]*")
BILLION: Final = 10**9


def short(number: int) -> str:
    """Return a number of schedules; from a billion on in two digits, for nobody reads more."""
    return str(number) if number < BILLION else f"{number:.1e}"
