"""What auto_explain tells of a statement: the tables that it touched, whoever asked it to.

A plan is told when its statement is over, those of the functions, triggers and foreign keys that
it ran before its own. A query that the extended protocol leaves open inside a transaction is told
late, with the next step of its connection; its text says whose plan it is. A statement that fails
is not told. Source: PostgreSQL documentation, 'auto_explain' and 'Using EXPLAIN'.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from racewalk.schedule.record import Step
from racewalk.wire.plain import plain

OWN: Final = frozenset({"pg_catalog", "information_schema"})
"""PostgreSQL's own schemas: who reads there reads no table, and who writes cannot be read."""
_EXPRESSIONS: Final = ("Output", "Filter", "Cond", "Sort Key", "Function Call", "Values")
"""Parts of a plan's node that hold SQL, by what their names end with."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A table in a plan.

    Attributes:
        namespace: its schema.
        table: its name.
        writes: whether its rows are locked or changed.
        merges: whether by MERGE, whose plan says no defaults.
    """

    namespace: str
    table: str
    writes: bool
    merges: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan.

    Attributes:
        text: the SQL that it is of, as the client or a function has it.
        touched: the tables in it, but those of PostgreSQL's own that are only read.
        expressions: the SQL of what it computes.
    """

    text: str
    touched: frozenset[Touched]
    expressions: tuple[str, ...]


@lru_cache(maxsize=4096)
def read_plan(text: str) -> Plan | None:
    """Return what auto_explain's JSON says, or None where it is cut short.

    The same plans are told in every schedule. As in `syntax`, what is remembered may be the
    process's: it hangs on the text alone, and how much of it there is is bounded.
    """
    try:
        found = json.loads(text)
    except ValueError:
        return None
    nodes = list(_nodes(found["Plan"], False))
    return Plan(
        plain(found["Query Text"]),
        frozenset(
            Touched(node.get("Schema", "pg_catalog"), node["Relation Name"], writes, merges)
            for node, writes, merges in nodes
            if "Relation Name" in node and (writes or node.get("Schema", "pg_catalog") not in OWN)
        ),
        tuple(sql for node, *_ in nodes for sql in _expressions(node)),
    )


def _nodes(node: dict[str, Any], locks: bool) -> Iterator[tuple[dict[str, Any], bool, bool]]:
    """Yield each node, whether it locks or changes its rows, and whether it merges."""
    locks = locks or node["Node Type"] == "LockRows"
    merges = node.get("Operation") == "Merge"
    yield node, locks or node["Node Type"] == "ModifyTable", merges
    for inner in node.get("Target Tables", []):
        yield inner, True, merges
    for child in node.get("Plans", []):
        yield from _nodes(child, locks)


def _expressions(node: dict[str, Any]) -> Iterator[str]:
    for name, value in node.items():
        if name.endswith(_EXPRESSIONS):
            yield from [value] if isinstance(value, str) else [str(each) for each in value]
    if "Function Name" in node:
        yield f"{node['Function Name']}()"


def plans_of(steps: Sequence[Step]) -> list[list[Plan]]:
    """Return the plans of each step, those that came late with the steps that they are of."""
    found: list[list[Plan]] = [[] for _ in steps]
    before: dict[tuple[int, int], int] = {}
    for index, step in enumerate(steps):
        last = before.get((step.request, step.connection))
        for text in step.plans:
            plan = read_plan(text)
            if plan is None:
                continue
            late = (
                last is not None
                and plan.text not in _texts(step)
                and plan.text in _texts(steps[last])
            )
            found[last if late and last is not None else index].append(plan)
        before[step.request, step.connection] = index
    return found


def _texts(step: Step) -> set[str]:
    return {plain(statement.sql) for statement in step.statements}
