"""The structure of tables as facts: what PostgreSQL's catalogue says of them."""

from psycopg import Connection

_COLUMNS = """
SELECT format('%%s.%%s: %%s%%s%%s', relname, attname, format_type(atttypid, atttypmod),
              CASE WHEN attnotnull THEN ', not null' ELSE '' END,
              CASE WHEN attidentity <> '' THEN ', identity ' || attidentity::text
                   ELSE coalesce(', default ' || pg_get_expr(adbin, adrelid), '') END)
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = to_regnamespace(%(schema)s) AND relkind = 'r' AND relname = ANY (%(tables)s)
"""
# Names of constraints and the order of columns in them are each framework's own.
_CONSTRAINTS = """
SELECT format('%%s: %%s', held.relname, CASE contype
           WHEN 'p' THEN 'primary key ' || columns
           WHEN 'u' THEN 'unique ' || columns
           WHEN 'c' THEN 'check ' || pg_get_expr(conbin, conrelid)
           WHEN 'f' THEN format('%%s references %%s %%s, on delete %%s',
                                columns, target.relname, target_columns, confdeltype)
       END)
FROM pg_constraint
JOIN pg_class AS held ON held.oid = conrelid
LEFT JOIN pg_class AS target ON target.oid = confrelid
CROSS JOIN LATERAL (
    SELECT array_agg(attname ORDER BY attname)::text AS columns
    FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS these
CROSS JOIN LATERAL (
    SELECT array_agg(attname ORDER BY attname)::text AS target_columns
    FROM pg_attribute WHERE attrelid = confrelid AND attnum = ANY (confkey)) AS those
WHERE connamespace = to_regnamespace(%(schema)s) AND contype IN ('p', 'u', 'c', 'f')
  AND held.relname = ANY (%(tables)s)
"""


def structure(
    connection: Connection[tuple[object, ...]], schema: str, tables: list[str]
) -> frozenset[str]:
    """Return the facts of some tables of a schema: a line for each column and constraint."""
    values = {"schema": schema, "tables": tables}
    return frozenset(
        str(fact)
        for query in (_COLUMNS, _CONSTRAINTS)
        for (fact,) in connection.execute(query.encode(), values)
    )


def tables_of(connection: Connection[tuple[object, ...]], schema: str) -> list[str]:
    """Return the names of all tables of a schema."""
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,))
    return sorted(str(name) for (name,) in found)
