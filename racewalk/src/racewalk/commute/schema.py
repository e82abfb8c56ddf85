"""What has to be known of the tables to read a statement: keys, foreign keys, types.

Read once from the catalog of the explored database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from racewalk.schedule.observer import Observer

Kind = str
"""Of a column whose values can be told apart by looking: 'integer', 'text' or 'text(64)'."""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index. Without columns where these do not say all (partial, expressions)."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that refer to columns of a parent table."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: without its schema.
        kinds: the columns whose values can be told apart.
        uniques: its unique indexes.
        foreign_keys: what it refers to.
        generated: columns that draw their value from a sequence.
        defaults: columns with any other default.
        opaque: whether more happens on a write than can be read from the statement: triggers,
            rules, generated columns, row security, partitions, inheritance, deferred or exclusion
            constraints; and whether it is no plain table at all.
        namespace: the schema that it is in.
    """

    name: str
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    uniques: tuple[Unique, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    generated: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()
    opaque: bool = False
    namespace: str = "public"

    @property
    def key_columns(self) -> frozenset[str]:
        """The columns of unique indexes: changing one locks the row FOR UPDATE."""
        return frozenset(column for unique in self.uniques for column in unique.columns)


class Schema:
    """Tables by name; two of one name in different schemas count as unknown."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables: dict[str, Table | None] = {}
        for table in tables:
            self._tables[table.name] = None if table.name in self._tables else table

    def has(self, name: str) -> bool:
        """Return whether there is a table, or view, of this name."""
        return name in self._tables

    def table(self, name: str) -> Table | None:
        """Return the table, or None where it is not known what a statement on it does."""
        table = self._tables.get(name)
        return None if table is None or table.opaque else table

    def children(self, parent: str) -> list[str]:
        """Return the tables with a foreign key to the given one."""
        return [
            table.name
            for table in self._tables.values()
            if table and any(key.parent == parent for key in table.foreign_keys)
        ]


_CATALOG: Final = """
SELECT json_build_object(
    'name', c.relname,
    'namespace', n.nspname,
    'opaque', c.relkind <> 'r' OR c.relrowsecurity OR c.relispartition OR c.relhassubclass
        OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid)
        OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
        OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attgenerated <> '')
        OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid)
        OR EXISTS (SELECT FROM pg_constraint
                   WHERE conrelid = c.oid AND (condeferrable OR contype = 'x')),
    'columns', (SELECT json_agg(json_build_array(
            a.attname,
            CASE WHEN (SELECT collisdeterministic FROM pg_collation WHERE oid = a.attcollation)
                      IS NOT FALSE THEN format_type(a.atttypid, a.atttypmod) END,
            a.attidentity <> '',
            pg_get_expr(d.adbin, d.adrelid)))
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'uniques', (SELECT coalesce(json_agg(json_build_array(
            i.indexrelid::regclass::text,
            CASE WHEN i.indpred IS NULL AND i.indexprs IS NULL AND NOT i.indnullsnotdistinct
            THEN (SELECT json_agg(a.attname) FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]))
            END)), '[]')
        FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique),
    'foreign', (SELECT coalesce(json_agg(json_build_array(
            (SELECT json_agg(a.attname ORDER BY k.n)
             FROM unnest(f.conkey) WITH ORDINALITY k (num, n)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num),
            (SELECT relname FROM pg_class WHERE oid = f.confrelid),
            (SELECT json_agg(a.attname ORDER BY k.n)
             FROM unnest(f.confkey) WITH ORDINALITY k (num, n)
             JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.num))), '[]')
        FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f')
)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
"""
_INTEGERS: Final = frozenset({"smallint", "integer", "bigint"})
_TEXT: Final = re.compile(r"(?:text|character varying)(\(\d+\))?")


def read_schema(observer: Observer) -> Schema:
    """Read the tables of the explored database from its catalog.

    Raises:
        RacewalkError: the catalog cannot be read.
    """
    return Schema(_table(json.loads(text or "null")) for (text,) in observer.run(_CATALOG))


def _table(row: dict[str, Any]) -> Table:
    columns: list[tuple[str, str | None, bool, str | None]] = row["columns"] or []
    generated = {name for name, _, identity, default in columns if identity or _draws(default)}
    return Table(
        name=row["name"],
        kinds={name: kind for name, type_, _, _ in columns if (kind := _kind(type_))},
        uniques=tuple(Unique(name, tuple(keys or ())) for name, keys in row["uniques"]),
        foreign_keys=tuple(
            ForeignKey(tuple(own), parent, tuple(theirs)) for own, parent, theirs in row["foreign"]
        ),
        generated=frozenset(generated),
        defaults=frozenset(name for name, _, _, default in columns if default) - generated,
        opaque=row["opaque"],
        namespace=row["namespace"],
    )


def _kind(type_: str | None) -> Kind | None:
    if type_ in _INTEGERS:
        return "integer"
    match = _TEXT.fullmatch(type_ or "")
    return f"text{match[1] or ''}" if match else None


def _draws(default: str | None) -> bool:
    return default is not None and default.startswith("nextval(")
