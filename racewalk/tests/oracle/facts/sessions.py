"""What a session keeps: settings, temporary tables, LISTEN, prepared statements."""

from __future__ import annotations

from oracle.facts.made import ENOUGH, TAKE, TAKE_CHECKED, inside, made
from oracle.program import Program

_STRICT = "SET default_transaction_isolation = 'repeatable read'"
_BOTH = ["BEGIN", "SELECT n FROM item WHERE id = 1", "SELECT n FROM item WHERE id = 1", "COMMIT"]

SESSIONS: dict[str, Program] = {
    "SET of the level": made([_STRICT, *_BOTH, "RESET ALL"], [TAKE]),
    "SET LOCAL": made(inside("SET LOCAL statement_timeout = 0", ENOUGH, f"if: {TAKE}")),
    "set_config of the level": made(
        [
            "SELECT set_config('default_transaction_isolation', 'serializable', false)",
            *_BOTH,
            "RESET ALL",
        ],
        [TAKE],
    ),
    "set_config of the level, by a name that was read": made(
        [
            "SELECT set_config(k, 'repeatable read', false) FROM cfg",
            *_BOTH,
            "RESET ALL",
        ],
        [TAKE],
        tables="CREATE TABLE cfg (k text)",
        restore="TRUNCATE cfg; INSERT INTO cfg VALUES ('default_transaction_isolation')",
    ),
    "set_config in a view": made(
        ["SELECT * FROM v", *_BOTH, "RESET ALL"],
        [TAKE],
        tables=(
            "CREATE VIEW v AS SELECT set_config('default_transaction_isolation',"
            " 'repeatable read', false) AS level"
        ),
    ),
    "a setting of one's own": made(
        [
            "SELECT set_config('app.user', '7', false)",
            "UPDATE item SET n = current_setting('app.user')::int WHERE id = 1",
            "RESET ALL",
        ],
        [TAKE_CHECKED],
    ),
    "a tenant's policy": made(
        ["SET app.tenant = '1'", "UPDATE own SET n = n - 1", "RESET app.tenant"],
        ["SET app.tenant = '2'", "UPDATE own SET n = n - 1", "RESET app.tenant"],
        tables=(
            "CREATE TABLE own (id int PRIMARY KEY, n int); ALTER TABLE"
            " own ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY p ON own USING (id = current_setting('app.tenant')::int)"
        ),
        restore="TRUNCATE own; INSERT INTO own VALUES (1, 1), (2, 2)",
        facts=("SELECT * FROM own ORDER BY id",),
    ),
    "search_path": made(
        ["SET search_path = pg_temp, trial", ENOUGH, f"if: {TAKE}", "RESET search_path"],
    ),
    "a temporary table": made(
        [
            "CREATE TEMPORARY TABLE mine ON COMMIT DELETE ROWS AS SELECT n FROM item WHERE id = 1",
            TAKE,
        ],
        [TAKE],
        closes=True,
    ),
    "a temporary table of the transaction": made(
        inside(
            "CREATE TEMPORARY TABLE mine ON COMMIT DROP AS SELECT n FROM item WHERE id = 1",
            "UPDATE item SET n = (SELECT n FROM mine) - 5 WHERE id = 1",
        ),
        [TAKE],
    ),
    "LISTEN and NOTIFY": made(
        ["LISTEN news", TAKE_CHECKED, "UNLISTEN *"],
        inside(TAKE_CHECKED, "NOTIFY news, 'taken'"),
    ),
    "pg_notify": made(["SELECT pg_notify('news', n::text) FROM item WHERE id = 1", TAKE_CHECKED]),
    "PREPARE and EXECUTE": made(
        [
            "PREPARE q AS SELECT n >= 5 FROM item WHERE id = 1",
            "EXECUTE q",
            f"if: {TAKE}",
            "DEALLOCATE q",
        ],
        [TAKE_CHECKED],
    ),
    "DISCARD ALL": made(["SELECT pg_advisory_lock(7)", ENOUGH, f"if: {TAKE}", "DISCARD ALL"]),
    "pg_advisory_unlock_all": made(
        ["SELECT pg_advisory_lock(7)", ENOUGH, f"if: {TAKE}", "SELECT pg_advisory_unlock_all()"]
    ),
    "pg_locks": made(
        inside(f"{ENOUGH} FOR UPDATE", TAKE_CHECKED),
        ["SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'transactionid'"],
    ),
    "EXPLAIN plans only": made(["EXPLAIN (COSTS off) UPDATE item SET n = 0 WHERE id = 1"], [TAKE]),
    "EXPLAIN ANALYZE runs": made(
        [
            (
                "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS"
                " off) UPDATE item SET n = 0 WHERE id = 1"
            )
        ],
        [ENOUGH, f"if: {TAKE}"],
    ),
    "a table that is made": made(
        ["CREATE TABLE IF NOT EXISTS fresh (n int)"],
        ["SELECT to_regclass('trial.fresh') IS NULL"],
        restore="DROP TABLE IF EXISTS fresh",
    ),
    "CREATE TABLE AS": made(
        ["CREATE TABLE fresh AS SELECT 1 AS n"],
        ["SELECT to_regclass('trial.fresh') IS NULL"],
        restore="DROP TABLE IF EXISTS fresh",
    ),
    "a large object": made(
        ["SELECT lo_create(4711)", TAKE_CHECKED],
        restore="SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
    ),
}
