"""SQL text → syntax trees and constants, by sqlglot. Knows nothing of tables or transactions.

What is remembered here may be the process's, whatever is explored in it: what a text says hangs on
the text alone, and of no kind more than 4096 are kept.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeVar

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from racewalk.commute.access import Key
from racewalk.commute.schema import Kind
from racewalk.wire.plain import masked, spaced
from racewalk.wire.statements import Opaque, Value

# It warns of each statement that it takes as an opaque command; those are counted as unreadable.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_WHOLE: Final = frozenset(
    {exp.DataType.Type.SMALLINT, exp.DataType.Type.INT, exp.DataType.Type.BIGINT}
)
_TEXTS: Final = frozenset({exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR})
_LONG: Final = 100_000
"""Characters above which a statement is not parsed but counts as unreadable."""


_NODES: Final = "racewalk: nodes"
_Node = TypeVar("_Node", bound=exp.Expr)

_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]+\s*")


class NotConstantError(Exception):
    """An expression has no value before the statement runs."""


@lru_cache(maxsize=4096)
def split(sql: str) -> tuple[str, ...]:
    """Return the statements of a plain text, without their semicolons."""
    if ";" not in sql:
        return (sql,) if sql else ()
    cuts = [-1, *(found.start() for found in re.finditer(";", masked(sql))), len(sql)]
    pieces = (sql[a + 1 : b].strip() for a, b in pairwise(cuts))
    return tuple(piece for piece in pieces if piece)


@lru_cache(maxsize=4096)
def words(sql: str) -> tuple[Token, ...] | None:
    """Return the words of some SQL without its comments, or None where it cannot be cut."""
    if len(sql) > _LONG:
        return None
    try:
        found = tuple(sqlglot.tokenize(spaced(sql), dialect="postgres"))
    except SqlglotError:
        return None
    # The tokenizer takes the rest of some statements for one text.
    whole = any(t.token_type is TokenType.COMMAND and t.text.upper() != "DO" for t in found)
    return None if whole else found


def selects_into(sql: str) -> bool:
    """Return whether a query makes a table of what it finds."""
    found = words(sql) or ()
    return any(
        token.token_type is TokenType.INTO and before.text.upper() not in ("INSERT", "MERGE")
        for before, token in pairwise(found)
    )


@lru_cache(maxsize=4096)
def parse(sql: str) -> exp.Expr | None:
    """Return the tree of one statement, or None where it is not SQL that is understood."""
    if len(sql) > _LONG:
        return None
    try:
        tree = sqlglot.parse_one(spaced(sql), dialect="postgres")
    except (SqlglotError, RecursionError):
        return None
    return None if tree.find(exp.Command) else tree


@lru_cache(maxsize=4096)
def assigned(sql: str) -> frozenset[str] | None:
    """Return the columns that a statement gives other values in rows that are there already.

    None where that cannot be told: it is not understood, or its target may be a view.
    """
    tree = parse(sql)
    if tree is None:
        return None
    found: set[str] = set()
    for write in find_all(tree, exp.Update, exp.OnConflict):
        for each in write.expressions:
            if not isinstance(each, exp.EQ) or isinstance(each.this, exp.Tuple):
                return None
            found.add(name_of(each.this))
    return frozenset(found)


def nodes(tree: exp.Expr) -> tuple[exp.Expr, ...]:
    """Return the nodes of a tree, itself first, level by level.

    They are gathered once: the same tree is asked for them dozens of times, and nobody changes or
    copies it, for they are kept in it.
    """
    found: tuple[exp.Expr, ...] | None = tree.meta.get(_NODES)
    if found is None:
        found = tree.meta[_NODES] = tuple(tree.walk())
    return found


def find_all(tree: exp.Expr, *kinds: type[_Node]) -> Iterator[_Node]:
    """Yield the nodes of a tree that are of these kinds, itself included, level by level."""
    return (node for node in nodes(tree) if isinstance(node, kinds))


def has(tree: exp.Expr, kind: type[exp.Expr]) -> bool:
    """Return whether a node of a tree is of this kind."""
    return any(isinstance(node, kind) for node in nodes(tree))


def name_of(identifier: exp.Expr) -> str:
    """Return a name as PostgreSQL folds it: lower case unless quoted."""
    found = identifier if isinstance(identifier, exp.Identifier) else identifier.this
    if isinstance(found, exp.Identifier):
        return found.name if found.args.get("quoted") else found.name.lower()
    return str(found)


def alias_of(table: exp.Table) -> str:
    """Return the name that a table goes by in its statement, folded as PostgreSQL does."""
    alias = table.args.get("alias")
    return name_of(alias if alias is not None and alias.this is not None else table)


def constant(node: exp.Expr, params: tuple[Value, ...]) -> Value:
    """Return the value of an expression that is a literal or a parameter, casts aside.

    Raises:
        NotConstantError: it is anything else.
    """
    match node:
        case exp.Paren():
            return constant(node.this, params)
        case exp.Cast() if not node.to.expressions:
            return _cast(constant(node.this, params), node.to.this)
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
                return _certain(params[number - 1])
    raise NotConstantError


def _certain(value: Value) -> Value:
    if isinstance(value, Opaque):
        raise NotConstantError
    return value


def _cast(value: Value, kind: object) -> Value:
    """The value as a cast leaves it; a length would cut it, and other types change it."""
    if value is None:
        return None
    if kind in _TEXTS:
        return str(value)
    if kind in _WHOLE and _INTEGER.fullmatch(str(value)):
        return int(value)
    raise NotConstantError


def _literal(node: exp.Expr) -> Value:
    text = str(node.this)
    if node.args.get("is_string"):
        return text
    if text.isdecimal():
        return int(text)
    raise NotConstantError  # 1e2 is 100


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
