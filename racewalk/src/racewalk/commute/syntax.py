"""SQL text → syntax trees and constants, by sqlglot. Knows nothing of tables or transactions."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from racewalk.commute.access import Key
from racewalk.commute.schema import Kind
from racewalk.wire.statements import Value

# It warns of each statement that it takes as an opaque command; those are counted as unreadable.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_FAITHFUL: Final = frozenset(
    {
        *(exp.DataType.Type.SMALLINT, exp.DataType.Type.INT, exp.DataType.Type.BIGINT),
        *(exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR),
    }
)
"""Types to which a cast leaves the value as it is; a length would cut it."""
_LONG: Final = 100_000
"""Characters above which a statement is not parsed but counts as unreadable."""


class NotConstantError(Exception):
    """An expression has no value before the statement runs."""


@lru_cache(maxsize=4096)
def split(sql: str) -> tuple[str, ...]:
    """Return the statements of a text, without their semicolons."""
    bare = sql.strip().rstrip("; \n\t")
    if ";" not in bare:
        return (bare,) if bare else ()
    try:
        tokens = sqlglot.tokenize(bare, dialect="postgres")
    except SqlglotError:
        return (bare,)
    cuts = [-1, *(t.start for t in tokens if t.token_type is TokenType.SEMICOLON), len(bare)]
    pieces = (bare[a + 1 : b].strip() for a, b in pairwise(cuts))
    return tuple(piece for piece in pieces if piece)


@lru_cache(maxsize=4096)
def parse(sql: str) -> exp.Expr | None:
    """Return the tree of one statement, or None where it is not SQL that is understood."""
    if len(sql) > _LONG:
        return None
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except (SqlglotError, RecursionError):
        return None
    return None if tree.find(exp.Command) else tree


def name_of(identifier: exp.Expr) -> str:
    """Return a name as PostgreSQL folds it: lower case unless quoted."""
    found = identifier if isinstance(identifier, exp.Identifier) else identifier.this
    if isinstance(found, exp.Identifier):
        return found.name if found.args.get("quoted") else found.name.lower()
    return str(found)


def constant(node: exp.Expr, params: tuple[Value, ...]) -> Value:
    """Return the value of an expression that is a literal or a parameter, casts aside.

    Raises:
        NotConstantError: it is anything else.
    """
    match node:
        case exp.Paren():
            return constant(node.this, params)
        case exp.Cast() if node.to.this in _FAITHFUL and not node.to.expressions:
            return constant(node.this, params)
        case exp.Null():
            return None
        case exp.Boolean():
            return "true" if node.this else "false"
        case exp.Neg():
            value = constant(node.this, params)
            if isinstance(value, int):
                return -value
        case exp.Literal():
            return _literal(node)
        case exp.Parameter():
            number = _literal(node.this)
            if isinstance(number, int) and 0 < number <= len(params):
                return params[number - 1]
    raise NotConstantError


def _literal(node: exp.Expr) -> Value:
    text = str(node.this)
    if not node.args.get("is_string") and text.isdecimal():
        return int(text)
    return text


def key(value: Value, kind: Kind | None) -> Key | None:
    """Return a value as one that tells rows apart in a column of this kind, or None."""
    if value is None or kind is None:
        return None
    if kind.startswith("text"):
        limit = kind[len("text(") : -1]  # beyond it blanks are cut off, and that is another value
        return str(value) if not limit or len(str(value)) <= int(limit) else None
    try:
        return int(value)
    except ValueError:
        return None


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """Yield the conditions that all have to hold for the given one to hold."""
    match condition:
        case None:
            return
        case exp.Paren() | exp.Where():
            yield from conjuncts(condition.this)
        case exp.And():
            yield from conjuncts(condition.left)
            yield from conjuncts(condition.right)
        case _:
            yield condition
