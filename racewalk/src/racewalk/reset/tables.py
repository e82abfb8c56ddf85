"""The tables of a database, with what matters of their columns where rows are put back or told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from racewalk.schedule.observer import Observer

_TABLES: Final = """
SELECT json_build_object(
    'oid', c.oid::bigint,
    'relation', format('%I.%I', n.nspname, c.relname),
    'name', c.relname,
    'columns', (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
    'moments', (SELECT coalesce(json_agg(a.attname), '[]') FROM pg_attribute a
        JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND t.oid IN ('timestamp'::regtype, 'timestamptz'::regtype)),
    'uuids', (SELECT coalesce(json_agg(a.attname), '[]') FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.atttypid = 'uuid'::regtype),
    'drawn', (SELECT coalesce(json_agg(a.attname), '[]') FROM pg_attribute a
        LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND (a.attidentity <> ''
             OR pg_get_expr(d.adbin, d.adrelid) ~ '^(nextval|gen_random_uuid|uuid)')),
    'key', (SELECT coalesce(json_agg(
            a.attname ORDER BY array_position(i.indkey::int2[], a.attnum)), '[]')
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary),
    'parents', (SELECT coalesce(json_agg(json_build_array(
            (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = f.conkey[1]),
            f.confrelid::bigint,
            (SELECT attname FROM pg_attribute
             WHERE attrelid = f.confrelid AND attnum = f.confkey[1]))), '[]')
        FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'
        AND cardinality(f.conkey) = 1)
)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY c.oid
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A table that holds rows: an ordinary one, or a partition.

    Attributes:
        oid: its number in the catalog.
        relation: its name as SQL writes it, with its schema.
        name: its name alone.
        columns: those that can be written, in order.
        moments: those that hold a moment: a date with a time.
        uuids: those that hold a UUID.
        drawn: those whose value is made up by default: from a sequence, or at random.
        key: those of its primary key, in order; none where it has none.
        parents: columns that refer to a row of another table, each with the table's number and
            the column there.
    """

    oid: int
    relation: str
    name: str
    columns: tuple[str, ...]
    moments: frozenset[str] = frozenset()
    uuids: frozenset[str] = frozenset()
    drawn: frozenset[str] = frozenset()
    key: tuple[str, ...] = ()
    parents: Mapping[str, tuple[int, str]] | None = None

    @property
    def made_up(self) -> frozenset[str]:
        """The columns whose values name a new row, and say nothing else of it."""
        return self.drawn | (self.uuids & frozenset(self.key))


def tables_of(observer: Observer) -> list[Stored]:
    """Return the tables of a database that hold rows.

    Raises:
        RacewalkError: the catalog cannot be read.
    """
    found = []
    for (text,) in observer.run(_TABLES):
        told = json.loads(text or "null")
        found.append(
            Stored(
                oid=told["oid"],
                relation=told["relation"],
                name=told["name"],
                columns=tuple(told["columns"] or ()),
                moments=frozenset(told["moments"]),
                uuids=frozenset(told["uuids"]),
                drawn=frozenset(told["drawn"]),
                key=tuple(told["key"]),
                parents={column: (parent, theirs) for column, parent, theirs in told["parents"]},
            )
        )
    return found
