"""A text → its statements, each with its place in it, its shape, and the locks that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from racewalk.wire.plain import masked

_CLAUSE: Final = re.compile(
    r"\bFOR\s+(?P<mode>UPDATE|NO\s+KEY\s+UPDATE|SHARE|KEY\s+SHARE)\b"
    r"(?:\s+OF\s+(?P<of>(?:[\w$.\x80-\xff]|\"\0*\")+(?:\s*,\s*(?:[\w$.\x80-\xff]|\"\0*\")+)*))?"
    r"(?:\s+(?:NOWAIT|SKIP\s+LOCKED)\b)?",
    re.IGNORECASE,
)
_ADVISORY: Final = re.compile(
    r"(?<![\w$\"])(?:pg_catalog\s*\.\s*)?"
    r"(?P<name>pg_(?P<tries>try_)?advisory_(?:xact_)?lock(?:_shared)?)\s*\(",
    re.IGNORECASE,
)
_TABLE: Final = re.compile(r"\s*LOCK\b.*", re.IGNORECASE | re.DOTALL)
_MODE: Final = re.compile(r"\bIN\s+(?P<mode>\w+(?:\s+\w+)*?)\s+MODE\b", re.IGNORECASE)
_NOWAIT: Final = re.compile(r"\s+NOWAIT\s*\Z", re.IGNORECASE)
_LOCKS_NO_ROW: Final = re.compile(
    r"\s*(?:CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|DO)\b", re.IGNORECASE
)
"""How those statements begin in which FOR UPDATE means something else: a policy's, a trigger's."""
_NUMBER: Final = re.compile(r"(?<![\w$.])\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?(?!\w)")
_CONSTANTS: Final = re.compile(r"\?\?+")
"""What has a quotation mark in it, which is written twice, looks like two of them."""
_CURSOR: Final = re.compile(
    r"(?P<verb>DECLARE\s+|(?:FETCH|MOVE|CLOSE)\b[^\"]*)\"(?:[^\"]|\"\")*\"", re.IGNORECASE
)
"""A cursor with a name that a driver makes up, of its process and its objects."""
_DECLARE: Final = re.compile(r"\s*DECLARE\b.*?\bCURSOR\b.*?\bFOR\b", re.IGNORECASE | re.DOTALL)
_LIST: Final = re.compile(r"(?:\?|\$\d+)(?:\s*,\s*(?:\?|\$\d+))+")
_WEAKEST: Final = "ACCESS SHARE"
"""The lock that whoever reads a table takes anyway."""


def legible(text: str) -> str:
    """Return a text as it is read, of one that is decoded letter by byte."""
    return text.encode("latin-1").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that a statement asks for.

    Attributes:
        start, end: where that stands in the statement.
        text: it, in one line, such as 'FOR UPDATE'.
        instead: what stands there where it is taken away.
        of: the tables whose rows it locks, as the statement calls them; none: all.
        depth: in how many brackets it stands.
    """

    start: int
    end: int
    text: str
    instead: str
    of: tuple[str, ...] = ()
    depth: int = 0


@lru_cache(maxsize=4096)
def statements(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each statement of a text begins and ends, without blanks and comments around."""
    mask, found, at = masked(text), [], 0
    for piece in mask.split(";"):
        if piece.strip():
            start = at + len(piece) - len(piece.lstrip())
            found.append((start, at + len(piece.rstrip())))
        at += len(piece) + 1
    return tuple(found)


@lru_cache(maxsize=4096)
def shape(statement: str) -> str:
    """Return a statement without its constants and comments: equal for the same line of code."""
    mask = masked(statement)
    kept = "".join(
        letter if hidden != "\0" else ("" if _in_constant(mask, at) else letter)
        for at, (letter, hidden) in enumerate(zip(_visible(statement, mask), mask, strict=True))
    )
    bare = _NUMBER.sub("?", " ".join(kept.split()))
    return _LIST.sub("?", _CONSTANTS.sub("?", _unnamed(bare)))


def query(statement: str) -> str:
    """Return the query that a cursor is declared for; of another statement itself."""
    declared = _DECLARE.match(masked(statement))
    return statement[declared.end() :].strip() if declared else statement


def _unnamed(statement: str) -> str:
    """A statement without the name of its cursor."""
    cursor = _CURSOR.match(statement)
    return f"{cursor['verb']}?{statement[cursor.end() :]}" if cursor else statement


def _visible(statement: str, mask: str) -> str:
    """The text with blanks for comments and a question mark at each constant's beginning."""
    return "".join(
        sign if sign in "? " else letter for letter, sign in zip(statement, mask, strict=True)
    )


def _in_constant(mask: str, at: int) -> bool:
    """Whether a hidden letter is a constant's, not a quoted name's."""
    return mask[len(mask[:at].rstrip("\0")) - 1] == "?"


@lru_cache(maxsize=4096)
def locks(statement: str) -> tuple[Lock, ...]:
    """Return the locks that a statement asks for, as they stand in it."""
    mask = masked(statement)
    if _LOCKS_NO_ROW.match(mask):
        return ()
    found = [*_row_locks(statement, mask), *_advisory_locks(statement, mask)]
    found += _table_locks(statement, mask)
    return tuple(sorted(found, key=lambda lock: lock.start))


def _row_locks(statement: str, mask: str) -> Iterator[Lock]:
    for clause in _CLAUSE.finditer(mask):
        before = mask[: clause.start()]
        depth = before.count("(") - before.count(")")
        of = statement[slice(*clause.span("of"))].split(",") if clause["of"] else []
        text = _line(statement[slice(*clause.span())])
        yield Lock(*clause.span(), text, "", tuple(each.strip() for each in of), depth)


def _advisory_locks(statement: str, mask: str) -> Iterator[Lock]:
    for call in _ADVISORY.finditer(mask):
        end, commas = _arguments(mask, call.end())
        cuts = [call.end(), *(comma + 1 for comma in commas), end]
        given = [statement[a : b - 1] for a, b in zip(cuts, [*cuts[1:-1], end + 1], strict=False)]
        kind = "bigint" if len(given) == 1 else "integer"
        name = call["name"].lower()
        got = "true" if call["tries"] else "''::void"
        asked = " AND ".join(f"({each.strip()})::{kind} IS NOT NULL" for each in given)
        # A subquery's column is called as its only one; so the result keeps its name and type.
        instead = f"(SELECT CASE WHEN {asked} THEN {got} END AS {name})"
        yield Lock(call.start(), end + 1, name, instead)


def _arguments(mask: str, at: int) -> tuple[int, list[int]]:
    """Where the bracket closes that was opened before `at`; the commas between its arguments."""
    depth, commas = 1, list[int]()
    for here in range(at, len(mask)):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(mask[here], 0)
        if not depth:
            return here, commas
        if mask[here] == "," and depth == 1:
            commas.append(here)
    return len(mask), commas


def _table_locks(statement: str, mask: str) -> Iterator[Lock]:
    if not _TABLE.fullmatch(mask):
        return
    if mode := _MODE.search(mask):
        if " ".join(mode["mode"].upper().split()) != _WEAKEST:
            yield Lock(*mode.span("mode"), _line(statement), _WEAKEST)
        return
    nowait = _NOWAIT.search(mask)
    at = nowait.start() if nowait else len(mask)
    yield Lock(at, at, _line(statement), f" IN {_WEAKEST} MODE")


def _line(text: str) -> str:
    return " ".join(text.split())
