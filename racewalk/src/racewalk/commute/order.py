"""Whether a statement shows in which order the rows of a table lie.

Rows without an order come back as they lie, and they lie as they were written: a LIMIT, a row
number, an array tell which of two commuting writes came first. What shows nothing is a query of
one row at most, one whose order is total, one that only counts or adds up, and one that is asked
whether there is any row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlglot import exp

from racewalk.commute.schema import Table
from racewalk.commute.syntax import find_all, has, name_of, nodes

_FOLDS: Final = (exp.Count, exp.Sum, exp.Avg, exp.Max, exp.Min, exp.LogicalAnd, exp.LogicalOr)
"""Aggregates that do not care in which order they see their rows."""
_SUMS: Final = (exp.Sum, exp.Avg)
_PICKS: Final = (exp.Max, exp.Min)
_MIXES: Final = frozenset({"float", "double", "decimal", "bigdecimal", "interval", "json", "jsonb"})
"""Casts to these leave no trust in that equal values look the same."""
_GATHERS: Final = (
    *(exp.ArrayAgg, exp.GroupConcat, exp.ArrayConcatAgg, exp.JSONArrayAgg, exp.JSONObjectAgg),
    *(exp.JSONBObjectAgg, exp.First, exp.Last, exp.AnyValue),
)
_GATHERS_BY_NAME: Final = frozenset(
    {
        *("array_agg", "string_agg", "json_agg", "jsonb_agg", "xmlagg", "json_object_agg"),
        *("jsonb_object_agg", "json_agg_strict", "jsonb_agg_strict", "range_agg", "any_value"),
        *("json_object_agg_strict", "jsonb_object_agg_strict", "json_object_agg_unique"),
    }
)
PLACES: Final = frozenset({"ctid", "tableoid"})
"""System columns that tell where a row lies."""

Source = tuple[Table, str, bool]
"""A table, the name that it goes by, and whether a condition leaves one row of it at most."""


def shows_order(select: exp.Select, sources: Iterable[Source], derived: bool) -> bool:
    """Return whether a query shows in which order its tables' rows lie.

    Args:
        select: the query.
        sources: the tables that it reads itself.
        derived: whether it reads something else beside: a subquery, a function, a WITH.
    """
    tables = list(sources)
    if not tables:
        return False
    if any(name_of(column) in PLACES for column in find_all(select, exp.Column)):
        return True
    if has(select, exp.TableSample):
        return True
    several = derived or not all(single for _, _, single in tables)
    if not several:
        return False
    own = list(_own(select))
    if any(_gathers(node) and not _gathers_in_order(node, tables) for node in own):
        return True
    if any(isinstance(node, exp.Window) and not _numbers_in_order(node, tables) for node in own):
        return True
    if any(leans(node, tables) for node in own):
        return True
    locks = bool(select.args.get("locks"))
    if not locks and (_is_asked_for_any(select) or _is_one_row(select) or _is_constant(select)):
        return False
    return derived or not _is_total(select, tables, locks)


def gathers(tree: exp.Expr) -> bool:
    """Return whether a query of one value may show how rows lie, or picks some by it."""
    if any(name_of(column) in PLACES for column in find_all(tree, exp.Column)):
        return True
    if any(each.args.get("on") for each in find_all(tree, exp.Distinct)):
        return True
    picks = (exp.Limit, exp.Offset, exp.Fetch, exp.Window, exp.TableSample)
    return any(isinstance(node, picks) or _gathers(node) for node in nodes(tree))


def _own(select: exp.Select) -> Iterator[exp.Expr]:
    """The nodes of a query without those of the queries inside it."""
    open_nodes: list[exp.Expr] = [select]
    while open_nodes:
        node = open_nodes.pop()
        yield node
        for child in node.iter_expressions():
            if not isinstance(child, exp.Select):
                open_nodes.append(child)


def _gathers(node: exp.Expr) -> bool:
    by_name = isinstance(node, exp.Anonymous) and str(node.name).lower() in _GATHERS_BY_NAME
    return isinstance(node, _GATHERS) or by_name


def leans(node: exp.Expr, tables: list[Source]) -> bool:
    """Return whether an aggregate's value hangs on the order of its rows, gathered ones aside.

    Args:
        node: an aggregate, or anything else.
        tables: those that its columns are of.
    """
    if isinstance(node, _PICKS):
        return not _is_exact(node, tables, sums=False)
    if isinstance(node, _SUMS):
        return not _is_exact(node, tables, sums=True)
    over = isinstance(node.parent, exp.Window)
    return isinstance(node, exp.AggFunc) and not over and not isinstance(node, _FOLDS + _GATHERS)


def _is_exact(node: exp.Expr, tables: list[Source], sums: bool) -> bool:
    """Whether equal values of an expression look the same, or, to be summed, are no fractions.

    Args:
        node: the expression.
        tables: those that its columns are of.
        sums: whether values are to be added up.
    """
    kinds = (str(cast.to.this.value).lower() for cast in find_all(node, exp.Cast))
    if any(kind in _MIXES and not (sums and kind == "decimal") for kind in kinds):
        return False
    known = {
        c for table, *_ in tables for c in (*table.kinds, *(table.sums if sums else table.same))
    }
    strange = {
        column
        for table, *_ in tables
        for column in table.columns
        if column not in table.kinds and column not in (table.sums if sums else table.same)
    }
    names = {name_of(column) for column in find_all(node, exp.Column)}
    return names <= known - strange


def _gathers_in_order(node: exp.Expr, tables: list[Source]) -> bool:
    order = node.find(exp.Order)
    return order is not None and _covers(_ordered(order), tables)


def _numbers_in_order(window: exp.Window, tables: list[Source]) -> bool:
    order = window.args.get("order")
    if order is None:
        return isinstance(window.this, _FOLDS)
    by = _ordered(order) + list(window.args.get("partition_by") or [])
    return _covers(by, tables)


def _is_asked_for_any(select: exp.Select) -> bool:
    """Whether only the presence of rows, or of a value among them, is asked for."""
    parent = select.parent
    if isinstance(parent, exp.Subquery):
        parent = parent.parent
    limited = select.args.get("limit") or select.args.get("offset") or select.args.get("distinct")
    if isinstance(parent, exp.Exists):
        return not select.args.get("offset")
    return isinstance(parent, exp.In | exp.Any | exp.All) and not limited


def _is_one_row(select: exp.Select) -> bool:
    """Whether it only counts or adds up, over all rows."""
    if select.args.get("group"):
        return False
    return all(_folds(each.unalias()) for each in select.expressions)


def _folds(node: exp.Expr) -> bool:
    """Whether a value hangs on no row but through aggregates, of which there is one at least."""
    has_one = False
    open_nodes = [node]
    while open_nodes:
        inner = open_nodes.pop()
        if isinstance(inner, _FOLDS):
            has_one = True
        elif isinstance(inner, exp.Column | exp.Star | exp.Window):
            return False
        elif not isinstance(inner, exp.Select):
            open_nodes.extend(inner.iter_expressions())
    return has_one


def _is_constant(select: exp.Select) -> bool:
    """Whether all its rows look the same."""
    values = [each.unalias() for each in select.expressions]
    return not select.args.get("distinct") and all(
        isinstance(value, exp.Literal | exp.Null | exp.Boolean | exp.Parameter) for value in values
    )


def _is_total(select: exp.Select, tables: list[Source], locks: bool) -> bool:
    """Whether ORDER BY, or GROUP BY with it, leaves no two rows that could change places."""
    order = select.args.get("order")
    if order is None:
        return False
    by = _ordered(order)
    names = {name_of(column) for column in by if isinstance(column, exp.Column)}
    by += [_named_by_number(part, select) for part in by]
    shown = [each.unalias() for each in select.expressions]
    named = {each.alias for each in select.expressions if isinstance(each, exp.Alias)}
    group = select.args.get("group")
    if group is not None:
        parts = [_named_by_number(part, select) for part in group.expressions]
        if not parts or not all(_is_exact(part, tables, sums=False) for part in parts):
            return False  # ROLLUP and its like have none
        return all(part in by or name_of(part) in names for part in parts)
    exact = all(_is_exact(each, tables, sums=False) for each in shown)
    if exact and not locks and all(each in by for each in shown) and not names & named:
        return True
    return _covers([column for column in by if column.name not in named], tables)


def _named_by_number(part: exp.Expr, select: exp.Select) -> exp.Expr:
    """What is shown at that place, where ORDER BY or GROUP BY says a number, as in `ORDER BY 2`."""
    if isinstance(part, exp.Literal) and str(part.this).isdecimal():
        position = int(str(part.this)) - 1
        if position < len(select.expressions):
            shown: exp.Expr = select.expressions[position].unalias()
            return shown
    return part


def _ordered(order: exp.Expr) -> list[exp.Expr]:
    parts = (each.this if isinstance(each, exp.Ordered) else each for each in order.expressions)
    return [part.this if isinstance(part, exp.Paren) else part for part in parts]


def _covers(by: Iterable[exp.Expr], tables: list[Source]) -> bool:
    """Whether the columns tell any two rows apart: a key of every table is among them."""
    columns = [column for column in by if isinstance(column, exp.Column)]
    for table, alias, single in tables:
        known = {
            name_of(column)
            for column in columns
            if (name_of(column.args["table"]) == alias if column.table else len(tables) == 1)
        }
        keys = [unique for unique in table.uniques if unique.columns and not unique.deferrable]
        if not single and not any(
            known >= set(key.columns) and table.required >= set(key.columns) for key in keys
        ):
            return False
    return True
