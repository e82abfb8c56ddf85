"""SQL without its comments: what every recogniser of statements is given.

A comment may stand anywhere, and comments nest; what looks like one inside a text does not count.
Source: PostgreSQL documentation, 'Lexical Structure', and its scanner (parser/scan.l).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_PART: Final = re.compile(
    r"""
    (?P<escaped> (?<![\w$]) [eE] ' (?: [^'\\] | \\. | '' )* '? )
    | (?P<quoted> ' [^']* '? | " [^"]* "? )
    | (?P<dollar> (?<![\w$]) \$ (?P<tag> (?: [^\W\d] \w* )? ) \$ .*? (?: \$ (?P=tag) \$ | \Z ) )
    | (?P<line> -- [^\n\r]* )
    | (?P<block> /\* )
    """,
    re.VERBOSE | re.DOTALL,
)
_BRACKET: Final = re.compile(r"/\*|\*/")


@lru_cache(maxsize=4096)  # it hangs on the text alone
def plain(sql: str) -> str:
    """Return SQL without comments, and without blanks and semicolons around it."""
    if "--" in sql or "/*" in sql:
        sql = " ".join(_without_comments(sql))
    return sql.strip("; \n\r\t\f\v")


_PARAMETER: Final = re.compile(r"(?<![\w$])\$\d+(?=[^\s\w$])")


@lru_cache(maxsize=4096)
def spaced(sql: str) -> str:
    """Return SQL with a blank behind each parameter, for a reader that needs one.

    sqlglot takes the `$1,$` of `VALUES ($1,$2)` for the beginning of a text in dollars.
    """
    if "$" not in sql:
        return sql
    pieces, at = [], 0
    while part := _PART.search(sql, at):
        pieces.append(_PARAMETER.sub(r"\g<0> ", sql[at : part.start()]))
        at = _end_of_block(sql, part.end()) if part["block"] else part.end()
        pieces.append(sql[part.start() : at])
    return "".join([*pieces, _PARAMETER.sub(r"\g<0> ", sql[at:])])


_CONSTANT, _HIDDEN = "?", "\0"


@lru_cache(maxsize=4096)
def masked(sql: str) -> str:
    """Return SQL in which only words and signs are left, each where it stands in the text.

    Comments are blanks; a constant is a question mark, and a quoted name two quotation marks, each
    filled up with NUL, which no statement holds.
    """
    pieces, at = [], 0
    while part := _PART.search(sql, at):
        pieces.append(sql[at : part.start()])
        at = _end_of_block(sql, part.end()) if part["block"] else part.end()
        length = at - part.start()
        if part["line"] is not None or part["block"]:
            pieces.append(" " * length)
        elif part[0].startswith('"'):
            pieces.append('"' + _HIDDEN * max(length - 2, 0) + '"' * min(length - 1, 1))
        else:
            pieces.append(_CONSTANT + _HIDDEN * (length - 1))
    return "".join([*pieces, sql[at:]])


def _without_comments(sql: str) -> Iterator[str]:
    kept = at = 0
    while part := _PART.search(sql, at):
        at = part.end()
        if part["line"] is None and part["block"] is None:
            continue
        yield sql[kept : part.start()]
        if part["block"]:
            at = _end_of_block(sql, at)
        kept = at
    yield sql[kept:]


def _end_of_block(sql: str, start: int) -> int:
    depth = 1
    for bracket in _BRACKET.finditer(sql, start):
        depth += 1 if bracket[0] == "/*" else -1
        if depth == 0:
            return bracket.end()
    return len(sql)
