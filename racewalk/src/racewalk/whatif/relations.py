"""Which tables lie behind a view, and which ones a table refers to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import psycopg

_VIEWS: Final = """
SELECT DISTINCT view.relname, used.relname
FROM pg_rewrite rule
JOIN pg_class view ON view.oid = rule.ev_class AND view.relkind IN ('v', 'm')
JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = rule.oid
    AND refclassid = 'pg_class'::regclass AND refobjid <> view.oid
JOIN pg_class used ON used.oid = refobjid AND used.relkind IN ('r', 'p', 'v', 'm')
"""
_FAMILY: Final = """
SELECT child.relname, parent.relname FROM pg_inherits
JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
"""
_REFERENCES: Final = """
SELECT DISTINCT child.relname, parent.relname FROM pg_constraint
JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
WHERE contype = 'f'
"""


@dataclass(frozen=True, slots=True)
class Relations:
    """Of a database, by names without their schemas.

    Attributes:
        behind: the tables and views that a view, or a table with its partitions, is made of.
        parents: the tables that a table's foreign keys lead to.
    """

    behind: dict[str, set[str]] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=dict)

    def bases(self, names: Iterable[str]) -> set[str]:
        """Return relations with all that is behind them."""
        found, left = set[str](), list(names)
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self.behind.get(name, ())
        return found

    def touched(self, written: Iterable[str]) -> set[str]:
        """Return the tables whose rows a write changes, or looks at because of a foreign key."""
        tables = self.bases(written)
        return tables.union(*(self.parents.get(table, set()) for table in tables))


def relations(connection: psycopg.Connection) -> Relations:
    """Read them."""
    behind, parents = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for whole, part in connection.execute(_VIEWS):
        behind[whole].add(part)
    for child, parent in connection.execute(_FAMILY):
        behind[child].add(parent)
        behind[parent].add(child)
    for child, parent in connection.execute(_REFERENCES):
        parents[child].add(parent)
    return Relations(dict(behind), dict(parents))
