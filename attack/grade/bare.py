"""A statement without its comments and texts: what stands there does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PART: Final = re.compile(
    r"""(?P<name>"[^"]*")|(?P<text>'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"""
    r"""|--[^\n]*|(?P<block>/\*)""",
    re.DOTALL,
)
_BRACKET: Final = re.compile(r"/\*|\*/")


def bare(sql: str) -> str:
    """Return SQL in one line, with '' for each text, and a blank for each comment."""
    return " ".join("".join(_pieces(sql)).split())


def _pieces(sql: str) -> Iterator[str]:
    at = 0
    while part := _PART.search(sql, at):
        yield sql[at : part.start()]
        yield part["name"] or ("''" if part["text"] else " ")
        at = _end_of_comment(sql, part.end()) if part["block"] else part.end()
    yield sql[at:]


def _end_of_comment(sql: str, at: int) -> int:
    depth = 1  # they nest
    for bracket in _BRACKET.finditer(sql, at):
        depth += 1 if bracket[0] == "/*" else -1
        if depth == 0:
            return bracket.end()
    return len(sql)
