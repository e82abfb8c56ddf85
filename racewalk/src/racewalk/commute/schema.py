"""What has to be known of the tables to read a statement: keys, foreign keys, types, defaults.

Read once from the catalog of the explored database.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from racewalk.schedule.observer import Observer

Kind = str
"""Of a column whose values can be told apart by looking: 'integer', 'text' or 'text(64)'."""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index, or one of an exclusion constraint.

    Attributes:
        name: of the index.
        columns: empty where these do not say all (partial, expressions, exclusion).
        deferrable: whether it may be checked when the transaction commits.
        nulls: whether two NULLs meet in it.
    """

    name: str
    columns: tuple[str, ...]
    deferrable: bool = False
    nulls: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that refer to columns of a parent table.

    Attributes:
        deferrable: whether SET CONSTRAINTS may move its check.
        deferred: whether it is checked when the transaction commits, unless told otherwise.
    """

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    deferrable: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: without its schema, where no other schema has a table of that name. Partitions have
            that of their whole, heirs that of their parent: a row that is put into the one may lie
            in, or move to, another, and no plan says which.
        kinds: the columns whose values can be told apart.
        uniques: its unique indexes.
        foreign_keys: what it refers to.
        drawn: columns that draw their value from a sequence of their own, which never repeats one.
        defaults: the SQL of each column's default.
        opaque: whether even a query of it reads more than it says: row security, partitions,
            inheritance; and whether it is no plain table at all.
        busy: whether more happens on a write than can be read from the statement: triggers, rules,
            generated columns, functions of the application in a CHECK, a DEFAULT, an index or a
            domain.
        namespace: the schema that it is in.
        columns: all columns, in the table's order.
        required: columns that are never NULL.
        checks: the SQL of all its CHECKs.
        relation: its name within its schema.
        sequence: whether it is a sequence.
        family: schema and name of the table at the head of its partitions or heirs, or None.
        same: further columns of which equal values look the same: 1.0 and 1.00 do not.
        sums: further columns whose sum hangs on no order: that of fractions in binary does.
    """

    name: str
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    uniques: tuple[Unique, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    drawn: frozenset[str] = frozenset()
    defaults: Mapping[str, str] = field(default_factory=dict)
    opaque: bool = False
    busy: bool = False
    namespace: str = "public"
    columns: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    checks: tuple[str, ...] = ()
    relation: str = ""
    sequence: bool = False
    family: tuple[str, str] | None = None
    same: frozenset[str] = frozenset()
    sums: frozenset[str] = frozenset()

    @property
    def key_columns(self) -> frozenset[str]:
        """The columns of unique indexes: changing one locks the row FOR UPDATE."""
        return frozenset(column for unique in self.uniques for column in unique.columns)


class Schema:
    """Tables by name, with their schema or without.

    Args:
        tables: any number, each with the name of its relation and its schema.
        path: the schemas that a name without one is looked for in, by default.
    """

    def __init__(self, tables: Iterable[Table], path: str = "public") -> None:
        given = list(tables)
        shared = Counter(table.name for table in given)
        self._tables: dict[tuple[str, str], Table] = {}
        self._spaces: dict[str, list[str]] = {}
        for table in given:
            space, name = table.family or (table.namespace, table.name)
            name = f"{space}.{name}" if shared[name] > 1 else name
            self._spaces.setdefault(table.name, []).append(table.namespace)
            self._tables[table.namespace, table.name] = replace(
                table, name=name, relation=table.name
            )
        self._kin: dict[str, list[Table]] = {}
        for table in self._tables.values():
            self._kin.setdefault(table.name, []).append(table)
        self._by_label = {table.name: table for table in self._tables.values()}
        self._path = path

    @property
    def tables(self) -> Collection[Table]:
        """All of them."""
        return self._tables.values()

    def has(self, name: str) -> bool:
        """Return whether there is a table, or view, of this name."""
        return name in self._spaces

    def find(self, name: str, namespace: str = "", path: str = "") -> Table | None:
        """Return the table that a name means, or None where that is not known.

        Args:
            name: without its schema.
            namespace: its schema, where that is said.
            path: the search path of the connection; by default the database's.
        """
        if namespace:
            return self._tables.get((namespace, name))
        spaces = self._spaces.get(name, [])
        if len(spaces) > 1:
            order = [part.strip().strip('"') for part in (path or self._path).split(",")]
            spaces = [space for space in order if space in spaces]
        return self._tables[spaces[0], name] if spaces else None

    def kin(self, label: str) -> list[Table]:
        """Return the tables with this `Table.name`: partitions and heirs have one."""
        return self._kin.get(label, [])

    def table(self, label: str) -> Table | None:
        """Return the table with this `Table.name`, or None."""
        return self._by_label.get(label)

    def referred(self, parent: str) -> frozenset[str]:
        """Return the columns of a table that foreign keys refer to; none: it is no parent."""
        keys = (key for table in self._tables.values() for key in table.foreign_keys)
        return frozenset(
            column for key in keys if key.parent == parent for column in key.parent_columns
        )


_USER: Final = 16384
_CODE: Final = f"""
    SELECT FROM pg_depend code
    WHERE (code.classid, code.objid) IN (
        SELECT 'pg_constraint'::regclass::oid, oid FROM pg_constraint
            WHERE conrelid = c.oid AND contype <> 'f'
            OR contypid IN (SELECT atttypid FROM pg_attribute WHERE attrelid = c.oid)
        UNION ALL SELECT 'pg_attrdef'::regclass, oid FROM pg_attrdef WHERE adrelid = c.oid
        UNION ALL SELECT 'pg_class'::regclass, indexrelid FROM pg_index WHERE indrelid = c.oid
        UNION ALL SELECT 'pg_type'::regclass, atttypid FROM pg_attribute WHERE attrelid = c.oid)
    AND code.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass)
    AND code.refobjid >= {_USER} AND NOT EXISTS (
        SELECT FROM pg_depend e
        WHERE (e.classid, e.objid, e.deptype) = (code.refclassid, code.refobjid, 'e'))
"""  # noqa: S608
_CATALOG: Final = f"""
WITH RECURSIVE kin AS (
    SELECT inhrelid AS one, inhparent AS other FROM pg_inherits
    UNION SELECT inhparent, inhrelid FROM pg_inherits
), family AS (
    SELECT one, other FROM kin
    UNION SELECT family.one, kin.other FROM family JOIN kin ON kin.one = family.other
), head AS (
    SELECT one AS member, min(other) AS oid FROM family GROUP BY one
)
SELECT json_build_object(
    'name', c.relname,
    'namespace', n.nspname,
    'sequence', c.relkind = 'S',
    'family', (SELECT json_build_array(s.nspname, p.relname)
        FROM head JOIN pg_class p USING (oid) JOIN pg_namespace s ON s.oid = p.relnamespace
        WHERE head.member = c.oid),
    'opaque', c.relkind <> 'r' OR c.relrowsecurity OR c.relispartition OR c.relhassubclass
        OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid),
    'busy', EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
        OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attgenerated <> '')
        OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid)
        OR EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                   WHERE attrelid = c.oid AND t.oid >= {_USER} AND t.typtype NOT IN ('d', 'e')
                   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = t.oid AND deptype = 'e'))
        OR EXISTS ({_CODE}),
    'columns', (SELECT json_agg(json_build_array(
            a.attname,
            CASE WHEN a.attgenerated = '' AND (
                SELECT collisdeterministic FROM pg_collation WHERE oid = a.attcollation)
                IS NOT FALSE
            THEN CASE WHEN t.typtype = 'e' THEN 'enum' ELSE format_type(a.atttypid, a.atttypmod) END
            END,
            CASE WHEN a.attidentity <> '' THEN format('nextval(%L::regclass)',
                pg_get_serial_sequence(c.oid::regclass::text, a.attname))
            ELSE coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault) END,
            (SELECT NOT s.seqcycle FROM pg_sequence s
             WHERE s.seqrelid = pg_get_serial_sequence(c.oid::regclass::text, a.attname)::regclass
                AND (a.attidentity <> '' OR EXISTS (SELECT FROM pg_depend
                    WHERE (classid, objid) = ('pg_attrdef'::regclass, d.oid)
                    AND (refclassid, refobjid) = ('pg_class'::regclass, s.seqrelid)))),
            a.attnotnull) ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'checks', (SELECT coalesce(json_agg(pg_get_constraintdef(k.oid)), '[]') FROM pg_constraint k
        WHERE contype = 'c' AND (conrelid = c.oid OR contypid IN (
            SELECT atttypid FROM pg_attribute WHERE attrelid = c.oid AND NOT attisdropped))),
    'uniques', (SELECT coalesce(json_agg(json_build_array(
            i.indexrelid::regclass::text,
            CASE WHEN i.indpred IS NULL AND i.indexprs IS NULL AND i.indisunique
            THEN (SELECT json_agg(a.attname) FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]))
            END,
            NOT i.indimmediate, i.indnullsnotdistinct)), '[]')
        FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion)),
    'foreign', (SELECT coalesce(json_agg(json_build_array(
            (SELECT json_agg(a.attname ORDER BY k.n)
             FROM unnest(f.conkey) WITH ORDINALITY k (num, n)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num),
            (SELECT json_build_array(s.nspname, p.relname)
             FROM pg_class p JOIN pg_namespace s ON s.oid = p.relnamespace
             WHERE p.oid = coalesce(
                 (SELECT oid FROM head WHERE member = f.confrelid), f.confrelid)),
            (SELECT json_agg(a.attname ORDER BY k.n)
             FROM unnest(f.confkey) WITH ORDINALITY k (num, n)
             JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.num),
            f.condeferrable, f.condeferred)), '[]')
        FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f')
)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
"""  # noqa: S608
_INTEGERS: Final = frozenset({"smallint", "integer", "bigint"})
_NEXT: Final = re.compile(r"nextval\('[^']*'::regclass\)")
_SAME: Final = re.compile(
    r"numeric\(.*\)|boolean|date|uuid|bytea|enum|oid|money|inet|cidr|character\(\d+\)|macaddr8?"
    r"|time(stamp)?(\(\d\))? without time zone|timestamp(\(\d\))? with time zone|\"char\"|name"
)
_SUMS: Final = re.compile(r"numeric.*|money|interval.*")
_TEXT: Final = re.compile(r"(?:text|character varying)(\(\d+\))?")


def read_schema(observer: Observer) -> Schema:
    """Read the tables of the explored database from its catalog.

    Raises:
        RacewalkError: the catalog cannot be read.
    """
    rows = [json.loads(text or "null") for (text,) in observer.run(_CATALOG)]
    shared = Counter(row["name"] for row in rows)
    return Schema(_table(row, shared) for row in rows)


def _table(row: dict[str, Any], shared: Counter[str]) -> Table:
    columns: list[tuple[str, str | None, str | None, bool | None, bool]] = row["columns"] or []
    return Table(
        name=row["name"],
        kinds={name: kind for name, type_, *_ in columns if (kind := _kind(type_))},
        same=frozenset(name for name, type_, *_ in columns if _SAME.fullmatch(type_ or "")),
        sums=frozenset(name for name, type_, *_ in columns if _SUMS.fullmatch(type_ or "")),
        uniques=tuple(
            Unique(name, tuple(keys or ()), later, nulls)
            for name, keys, later, nulls in row["uniques"]
        ),
        foreign_keys=tuple(
            ForeignKey(tuple(own), _label(parent, shared), tuple(theirs), may, does)
            for own, parent, theirs, may, does in row["foreign"]
        ),
        drawn=frozenset(name for name, _, default, own, _ in columns if own and _draws(default)),
        defaults={name: default for name, _, default, *_ in columns if default is not None},
        opaque=row["opaque"],
        busy=row["busy"],
        namespace=row["namespace"],
        columns=tuple(name for name, *_ in columns),
        required=frozenset(name for name, *_, required in columns if required),
        checks=tuple(row["checks"]),
        sequence=row["sequence"],
        family=tuple(row["family"]) if row["family"] else None,
    )


def _label(parent: tuple[str, str], shared: Counter[str]) -> str:
    namespace, name = parent
    return f"{namespace}.{name}" if shared[name] > 1 else name


def _kind(type_: str | None) -> Kind | None:
    if type_ in _INTEGERS:
        return "integer"
    match = _TEXT.fullmatch(type_ or "")
    return f"text{match[1] or ''}" if match else None


def _draws(default: str | None) -> bool:
    return _NEXT.fullmatch(default or "") is not None
