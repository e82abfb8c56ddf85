"""Where a time shows that is only kept: in the columns that somebody looks at.

A DEFAULT now() tells which of two transactions began first, but only those who look. Whoever names
such a column looks at it, and so does whoever takes whole rows. An INSERT that hands the time of
its own row back does not: one time alone, told to one request, is no order. It may bring it back,
so a statement that carries what may be a time looks at all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from racewalk.commute.calls import Known, calls
from racewalk.commute.catalog import NUMBERS
from racewalk.commute.order import gathers, leans
from racewalk.commute.syntax import find_all, name_of, nodes, parse
from racewalk.commute.tables import Tables
from racewalk.wire.statements import Opaque, Value

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBERS: Final = re.compile(NUMBERS, re.IGNORECASE)
_BINARY: Final = re.compile(r"\\x[0-9a-f]{8,}")
"""Four bytes or more of a type that is not read: a date has four, a time eight."""


def shows_numbers(sql: str) -> bool:
    """Return whether SQL may look at the numbers of transactions, or at who holds a row."""
    return _NUMBERS.search(sql) is not None


def looks(tables: Tables, tree: exp.Expr) -> frozenset[str]:
    """Return the names of the timed columns that a statement looks at.

    Args:
        tables: know which columns take a time by default.
        tree: the statement.
    """
    if not tables.timed:
        return frozenset()
    kept = {id(node) for part in _kept(tree) for node in find_all(part, exp.Identifier, exp.Star)}
    found = {name_of(node) for node in find_all(tree, exp.Identifier) if id(node) not in kept}
    if _takes_rows(tree, kept):
        for node in find_all(tree, exp.Table):
            found |= tables.columns(node)
    return tables.timed & found


def carries_time(sql: str, params: tuple[Value, ...]) -> bool:
    """Return whether a statement brings along what may be a time that its request was told."""
    return _DATE.search(sql) is not None or any(
        _DATE.search(value) or (isinstance(value, Opaque) and _BINARY.fullmatch(value))
        for value in params
        if isinstance(value, str)
    )


def learn_from_fact(tables: Tables, query: str) -> None:
    """Take what a query shows that is asked after each schedule: times, and how rows lie."""
    if shows_numbers(query):
        tables.learn("numbers")
    tree = parse(query)
    known = tree is not None and calls(tables.catalog, query).known is Known.ALL
    named = list(find_all(tree, exp.Table)) if tree else []
    defined = {name_of(cte.args["alias"]) for cte in find_all(tree, exp.CTE)} if tree else set()
    labels = {tables.label(node) for node in named if name_of(node) not in defined}
    if tree is None or not known or None in labels:
        tables.look(tables.timed)
        tables.learn_orders(tables.labels)
        if tables.catalog.mentions("numbers"):
            tables.learn("numbers")
        return
    tables.look(looks(tables, tree))
    read = [tables.table(node) for node in named if name_of(node) not in defined]
    if gathers(tree) or any(
        leans(node, [(each, "", False) for each in read]) for node in nodes(tree)
    ):
        tables.learn_orders(label for label in labels if label)


def _kept(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Where a column is named to be written, or its own row's value is handed back."""
    for insert in find_all(tree, exp.Insert):
        if isinstance(insert.this, exp.Schema):
            yield from insert.this.expressions
    for update in find_all(tree, exp.Update):
        yield from (each.this for each in update.expressions if isinstance(each, exp.EQ))
    if isinstance(tree, exp.Insert) and not tree.args.get("conflict"):
        returning = tree.args.get("returning")
        for each in returning.expressions if returning else ():
            if isinstance(each.unalias(), exp.Column | exp.Star):
                yield each


def _takes_rows(tree: exp.Expr, kept: set[int]) -> bool:
    """Whether it takes rows as wholes, by a star or by the name of a table."""
    stars = (star for star in find_all(tree, exp.Star) if id(star) not in kept)
    if any(not isinstance(star.parent, exp.Count) for star in stars):
        return True
    if any(join.args.get("method") == "NATURAL" for join in find_all(tree, exp.Join)):
        return True
    sources = find_all(tree, exp.Table, exp.Subquery, exp.CTE)
    names = {node.alias_or_name.lower() for node in sources}
    columns = find_all(tree, exp.Column)
    return any(not each.table and each.name.lower() in names for each in columns)
