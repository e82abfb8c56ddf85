"""A matrix: what an expression does, in each place where PostgreSQL evaluates one.

Request A runs a statement that reaches the expression, B what could notice it.
"""

from __future__ import annotations

from oracle.facts.made import TAKE_CHECKED, inside, made
from oracle.program import Program

EFFECTS: dict[str, tuple[str, list[str]]] = {
    "a session lock": ("pg_try_advisory_lock(7)", ["SELECT pg_try_advisory_lock(7)"]),
    "a shared session lock": (
        "pg_try_advisory_lock_shared(7)",
        ["SELECT pg_try_advisory_lock(7)"],
    ),
    "a lock of the transaction": (
        "pg_try_advisory_xact_lock(7)",
        ["SELECT pg_try_advisory_xact_lock(7)"],
    ),
    "nextval": ("nextval('number') > 0", ["SELECT nextval('number')"]),
    "setval": ("setval('number', 50) > 0", ["SELECT nextval('number')"]),
    "a hidden read": ("reads() >= 0", [TAKE_CHECKED]),
    "a hidden row lock": ("locks() >= 0", ["SELECT n FROM item WHERE id = 1 FOR UPDATE NOWAIT"]),
    "a hidden update": ("writes() >= -100", ["SELECT n FROM item WHERE id = 1"]),
    "the level": (
        "set_config('default_transaction_isolation', 'repeatable read', false) IS NOT NULL",
        [TAKE_CHECKED],
    ),
}
PLACES: dict[str, tuple[str, str]] = {
    "a column of the query": ("", "SELECT {0}"),
    "WHERE": ("", "SELECT 1 FROM cell WHERE {0}"),
    "HAVING": ("", "SELECT count(*) FROM cell HAVING {0}"),
    "ORDER BY": ("", "SELECT id FROM cell ORDER BY {0}"),
    "a join": ("", "SELECT 1 FROM cell a JOIN cell b ON {0}"),
    "CASE, taken": ("", "SELECT CASE WHEN true THEN {0} END FROM cell"),
    "CASE, not taken": ("", "SELECT CASE WHEN id > 5 THEN {0} END FROM cell"),
    "a subquery": ("", "SELECT (SELECT {0}) FROM cell"),
    "a CTE": ("", "WITH x AS MATERIALIZED (SELECT {0} AS y) SELECT y FROM x"),
    "a CTE that is not used": ("", "WITH x AS (SELECT {0} AS y) SELECT 1"),
    "a view's column": ("CREATE VIEW v AS SELECT {0} AS x", "SELECT x FROM v"),
    "a view's WHERE": ("CREATE VIEW v AS SELECT id FROM cell WHERE {0}", "SELECT id FROM v"),
    "a default": (
        "ALTER TABLE cell ADD COLUMN d bool; ALTER TABLE cell ALTER d SET DEFAULT {0}",
        "INSERT INTO cell (id) VALUES (2)",
    ),
    "a CHECK": ("ALTER TABLE cell ADD CHECK (id < 2 OR {0})", "INSERT INTO cell VALUES (2)"),
    "a trigger's WHEN": (
        (
            "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
            "CREATE TRIGGER t BEFORE INSERT ON cell FOR EACH ROW"
            " WHEN (new.id > 1 AND {0}) EXECUTE FUNCTION t()"
        ),
        "INSERT INTO cell VALUES (2)",
    ),
    "RETURNING": ("", "INSERT INTO cell VALUES (2) RETURNING {0}"),
    "EXPLAIN": ("", "EXPLAIN (COSTS off) SELECT {0} FROM cell"),
}
_TABLES = """
CREATE TABLE cell (id int);
CREATE SEQUENCE number;
CREATE FUNCTION reads() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT n FROM item WHERE id = 1';
CREATE FUNCTION locks() RETURNS int LANGUAGE sql VOLATILE AS
    'SELECT n FROM item WHERE id = 1 FOR UPDATE';
CREATE FUNCTION writes() RETURNS int LANGUAGE sql VOLATILE AS
    'UPDATE item SET n = n - 1 WHERE id = 1 RETURNING n';
"""
_RESTORE = "TRUNCATE cell; INSERT INTO cell VALUES (1); SELECT setval('number', 1, false)"


def cell(effect: str, place: str) -> Program:
    """Return the program of one cell."""
    expression, other = EFFECTS[effect]
    making, statement = (each.format(expression) for each in PLACES[place])
    last = ["SELECT n FROM item WHERE id = 1", "SELECT pg_advisory_unlock_all()", "RESET ALL"]
    read = inside("SELECT n FROM item WHERE id = 1", "SELECT n FROM item WHERE id = 1")
    return made(
        [f"? {statement}", *(read if effect == "the level" else []), *last],
        [*other, "SELECT pg_advisory_unlock_all()"],
        tables=_TABLES + making,
        restore=_RESTORE,
        facts=("SELECT id FROM cell ORDER BY id", "SELECT last_value, is_called FROM number"),
    )


MATRIX = {f"{effect}, in {place}": (effect, place) for effect in EFFECTS for place in PLACES}
