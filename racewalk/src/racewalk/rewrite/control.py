"""BEGIN, COMMIT and what goes with them: which a statement is, and at another level."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from racewalk.rewrite.changes import LEVELS
from racewalk.wire.plain import masked
from racewalk.words import Word

_NOISE: Final = r"(?:\s+(?:WORK|TRANSACTION))?"
_BEGIN: Final = re.compile(
    rf"(?P<head>BEGIN{_NOISE}|START\s+TRANSACTION)\b(?P<modes>.*)", re.IGNORECASE | re.DOTALL
)
_END: Final = re.compile(
    rf"(?:(?P<commit>COMMIT|END)|ROLLBACK|ABORT){_NOISE}(?P<chain>\s+AND(?:\s+NO)?\s+CHAIN)?",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"(?:PREPARE\s+TRANSACTION|(?:COMMIT|ROLLBACK)\s+PREPARED)\b.*", re.IGNORECASE | re.DOTALL
)
_LEVEL: Final = re.compile(
    r"\bISOLATION\s+LEVEL\s+(?P<level>SERIALIZABLE|REPEATABLE\s+READ|READ\s+(?:UN)?COMMITTED)\b",
    re.IGNORECASE,
)
_SETS_LEVEL: Final = re.compile(r"(?:SET\s+TRANSACTION|BEGIN|START)\b", re.IGNORECASE)
_PARAMETER: Final = re.compile(
    r"\s*SET\s+(?:SESSION\s+|LOCAL\s+)?transaction_isolation\s*(?:=|\bTO\b)\s*(?P<level>\?\0*|\w+)",
    re.IGNORECASE,
)
"""That of the transaction that is open; default_transaction_isolation is that of those to come."""
_USUAL: Final = re.compile(
    r"(?:\s|,|READ\s+WRITE|NOT\s+DEFERRABLE|ISOLATION\s+LEVEL\s+READ\s+(?:UN)?COMMITTED)*",
    re.IGNORECASE,
)
"""Modes that a transaction has anyway."""


class Control(Word):
    """What a statement does to the transaction."""

    NONE = "none"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Controls:
    """A statement as one that begins or ends transactions.

    Attributes:
        control: what it does. OTHER: what cannot be done within another transaction.
        tag: its command tag.
        level: the isolation level that it names, or None.
        plain: whether nothing is lost where a savepoint stands in its place.
    """

    control: Control
    tag: str = ""
    level: str | None = None
    plain: bool = True


@lru_cache(maxsize=4096)
def controls(statement: str) -> Controls:
    """Return what a statement does to the transaction.

    Args:
        statement: without blanks and semicolons around it.
    """
    mask, level = masked(statement).strip(), level_in(statement)
    if begin := _BEGIN.fullmatch(mask):
        tag = "BEGIN" if begin["head"].upper().startswith("BEGIN") else "START TRANSACTION"
        modes = begin["modes"]
        usual = _USUAL.fullmatch(modes) is not None
        return Controls(Control.BEGIN, tag, level, usual)
    if end := _END.fullmatch(mask):
        chains = bool(end["chain"]) and "NO" not in end["chain"].upper().split()
        control = Control.COMMIT if end["commit"] else Control.ROLLBACK
        return Controls(control, control.name, None, not chains)
    if _OTHER.fullmatch(mask):
        return Controls(Control.OTHER, plain=False)
    return Controls(Control.NONE, level=level)


def level_in(statement: str) -> str | None:
    """Return the isolation level that a statement names for a transaction, or None."""
    mask = masked(statement)
    found = _LEVEL.search(mask) if _SETS_LEVEL.match(mask.strip()) else _PARAMETER.match(mask)
    if not found:
        return None
    level = " ".join(statement[slice(*found.span("level"))].strip("'").upper().split())
    return level if level in LEVELS else LEVELS[0]


@lru_cache(maxsize=4096)
def at_level(statement: str, level: str) -> str:
    """Return a statement that begins a transaction at another level, or names that; else itself.

    Args:
        statement: without blanks and semicolons around it.
        level: see `changes.LEVELS`.
    """
    mask = masked(statement)
    if level_in(statement):
        named = _PARAMETER.match(mask)
        if found := named or _LEVEL.search(mask):
            told = f"'{level.lower()}'" if named else level
            return f"{statement[: found.start('level')]}{told}{statement[found.end('level') :]}"
    if begin := _BEGIN.fullmatch(mask):
        at = begin.end("head")
        return f"{statement[:at]} ISOLATION LEVEL {level}{statement[at:]}"
    return statement
