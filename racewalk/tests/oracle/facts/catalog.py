"""What a statement does through triggers, rules, views, defaults, policies and functions."""

from __future__ import annotations

from collections.abc import Sequence

from oracle.facts.made import ENOUGH, TAKE, TAKE_CHECKED, inside, made
from oracle.program import Program

_LOG = ["INSERT INTO log VALUES (1, 1)"], ["INSERT INTO log VALUES (2, 2)"]


def _trigger(body: str, event: str, *requests: Sequence[str], more: str = "") -> Program:
    return made(
        *requests,
        tables=(
            f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$;"
            f"CREATE TRIGGER t {event} EXECUTE FUNCTION f();{more}"
        ),
    )


def _function(
    body: str, *requests: Sequence[str], language: str = "sql", kind: str = ""
) -> Program:
    tables = f"CREATE FUNCTION f() RETURNS int LANGUAGE {language} {kind} AS $${body}$$;"
    return made(*requests, tables=tables)


CATALOG: dict[str, Program] = {
    "a trigger that counts": _trigger(
        "UPDATE item SET n = n + 1 WHERE id = 1; RETURN NEW;",
        "AFTER INSERT ON log FOR EACH ROW",
        *_LOG,
    ),
    "a trigger that refuses": _trigger(
        "IF (SELECT count(*) FROM log) > 0 THEN RAISE 'full'; END IF; RETURN NEW;",
        "BEFORE INSERT ON log FOR EACH ROW",
        *_LOG,
    ),
    "a trigger that locks its parent": _trigger(
        "PERFORM 1 FROM item WHERE id = 1 FOR UPDATE;"
        " IF (SELECT count(*) FROM log) > 0 THEN RAISE 'full'; END IF; RETURN NEW;",
        "BEFORE INSERT ON log FOR EACH ROW",
        *_LOG,
    ),
    "a trigger that changes the new row": _trigger(
        "NEW.n := (SELECT n FROM item WHERE id = 1); RETURN NEW;",
        "BEFORE INSERT ON log FOR EACH ROW",
        ["INSERT INTO log VALUES (1, 1)"],
        [TAKE],
    ),
    "a trigger for the statement": _trigger(
        "INSERT INTO log SELECT count(*) + 1, 0 FROM log; RETURN NULL;",
        "AFTER UPDATE ON item FOR EACH STATEMENT",
        [TAKE_CHECKED],
    ),
    "a trigger that is deferred": made(
        inside("INSERT INTO log VALUES (1, 1)", "SELECT 1"),
        [TAKE],
        tables=(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN UPDATE item SET n = n * 2 WHERE id = 1; RETURN NULL; END$$;"
            "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION f()"
        ),
    ),
    "a rule": made(
        ["INSERT INTO log VALUES (1, 1)"],
        [ENOUGH, f"if: {TAKE}"],
        tables=(
            "CREATE RULE r AS ON INSERT TO log DO ALSO UPDATE item SET n = n - NEW.n WHERE id = 1"
        ),
    ),
    "a rule instead": made(
        ["DELETE FROM item WHERE id = 1"],
        [ENOUGH, f"if: {TAKE}"],
        tables=(
            "CREATE RULE r AS ON DELETE TO item DO INSTEAD UPDATE item SET n = 0 WHERE id = OLD.id"
        ),
    ),
    "a view": made(
        ["SELECT n >= 5 FROM v WHERE id = 1", "if: UPDATE v SET n = n - 5 WHERE id = 1"],
        tables="CREATE VIEW v AS SELECT * FROM item WHERE n >= 0",
    ),
    "a view WITH CHECK OPTION": made(
        ["UPDATE v SET n = n - 5 WHERE id = 1"],
        tables="CREATE VIEW v AS SELECT * FROM item WHERE n >= 0 WITH CHECK OPTION",
    ),
    "a view of a sum": made(
        ["SELECT total FROM v"],
        inside(TAKE, "UPDATE item SET n = n + 5 WHERE id = 2"),
        tables="CREATE VIEW v AS SELECT sum(n) AS total FROM item",
    ),
    "a view with INSTEAD OF": made(
        ["INSERT INTO v VALUES (1, 1)"],
        tables=(
            "CREATE VIEW v AS SELECT * FROM log;"
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN UPDATE item SET n = n - NEW.n WHERE id = 1; RETURN NEW; END$$;"
            "CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()"
        ),
    ),
    "a default that reads": made(
        ["INSERT INTO d (id) VALUES (1)"],
        [TAKE],
        tables=(
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS"
            " $$SELECT n FROM trial.item WHERE id = 1$$;"
            "CREATE TABLE d (id int PRIMARY KEY, n int DEFAULT f())"
        ),
        restore="TRUNCATE d",
        facts=("SELECT * FROM d",),
    ),
    "a default that writes": made(
        ["INSERT INTO d (id) VALUES (1)"],
        ["SELECT n >= 5 FROM item WHERE id = 1", f"if: {TAKE}"],
        tables=(
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS"
            " $$UPDATE trial.item SET n = n - 5 WHERE id = 1 RETURNING n$$;"
            "CREATE TABLE d (id int PRIMARY KEY, n int DEFAULT f())"
        ),
        restore="TRUNCATE d",
        facts=("SELECT * FROM d",),
    ),
    "a generated column": made(
        ["SELECT twice >= 10 FROM g", "if: UPDATE g SET n = n - 5"],
        tables=(
            "CREATE TABLE g (id int PRIMARY KEY, n int, twice int"
            " GENERATED ALWAYS AS (n * 2) STORED)"
        ),
        restore="TRUNCATE g; INSERT INTO g VALUES (1, 5)",
        facts=("SELECT * FROM g",),
        broken="SELECT 1 FROM g WHERE twice < 0",
    ),
    "a policy": made(
        ["SELECT count(*) FROM own", "UPDATE own SET n = n + 1"],
        ["UPDATE item SET n = 0 WHERE id = 1"],
        tables=(
            "CREATE TABLE own (id int PRIMARY KEY, n int); ALTER TABLE"
            " own ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY p ON own USING ((SELECT item.n FROM item WHERE item.id = own.id) > 0)"
        ),
        restore="TRUNCATE own; INSERT INTO own VALUES (1, 1), (2, 2)",
        facts=("SELECT * FROM own ORDER BY id",),
    ),
    "a policy for new rows": made(
        ["INSERT INTO own VALUES (3, 1)"],
        ["INSERT INTO own VALUES (4, 1)"],
        tables=(
            "CREATE TABLE own (id int PRIMARY KEY, n int); ALTER TABLE"
            " own ENABLE ROW LEVEL SECURITY;"
            "CREATE FUNCTION few() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS"
            " $$SELECT count(*) < 1 FROM trial.own$$;"
            "CREATE POLICY p ON own USING (true) WITH CHECK (few())"
        ),
        restore="TRUNCATE own",
        facts=("SELECT * FROM own ORDER BY id",),
        broken="SELECT 1 FROM own HAVING count(*) > 1",
    ),
    "a function that checks and takes": _function(
        "UPDATE item SET n = n - 5 WHERE id = 1 AND n >= 5 RETURNING n",
        ["SELECT f()"],
    ),
    "a function that reads": _function(
        "SELECT n FROM item WHERE id = 1", ["SELECT f() >= 5", f"if: {TAKE}"], kind="STABLE"
    ),
    "a function that locks": _function(
        "SELECT n FROM item WHERE id = 1 FOR UPDATE", inside("SELECT f() >= 5", f"if: {TAKE}")
    ),
    "a function in PL/pgSQL that takes a lock": _function(
        "BEGIN PERFORM pg_advisory_xact_lock(7); RETURN 1; END",
        inside("SELECT f()", ENOUGH, f"if: {TAKE}"),
        language="plpgsql",
    ),
    "a function in PL/pgSQL that catches": _function(
        (
            "BEGIN INSERT INTO log VALUES (1, 1); RETURN 1; EXCEPTION WHEN"
            " unique_violation THEN RETURN 0; END"
        ),
        ["SELECT f()", f"if: {TAKE}"],
        language="plpgsql",
    ),
    "a function whose text is made": _function(
        "DECLARE r int; BEGIN EXECUTE 'SELECT n FROM item WHERE id = ' || 1 INTO r; RETURN r; END",
        ["SELECT f() >= 5", f"if: {TAKE}"],
        language="plpgsql",
    ),
    "a DO": made(
        [
            (
                "DO $$ BEGIN IF (SELECT n FROM item WHERE id = 1) >= 5 THEN"
                " UPDATE item SET n = n - 5 WHERE id = 1; END IF; END $$"
            )
        ],
    ),
    "a procedure": made(
        ["CALL p()"],
        [ENOUGH, f"if: {TAKE}"],
        tables=(
            "CREATE PROCEDURE p() LANGUAGE sql AS"
            " $$UPDATE item SET n = n - 5 WHERE id = 1 AND n >= 5$$"
        ),
    ),
    "a domain": made(
        ["INSERT INTO d VALUES (1, 3)"],
        ["INSERT INTO d VALUES (2, -3)"],
        tables=(
            "CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TABLE d (id int, n positive)"
        ),
        restore="TRUNCATE d",
        facts=("SELECT * FROM d",),
    ),
    "partitions": made(
        ["UPDATE part SET id = 15 WHERE id = 1"],
        ["UPDATE part SET n = n + 1 WHERE id = 1"],
        tables=(
            "CREATE TABLE part (id int, n int) PARTITION BY RANGE (id);"
            "CREATE TABLE low PARTITION OF part FOR VALUES FROM (0) TO (10);"
            "CREATE TABLE high PARTITION OF part FOR VALUES FROM (10) TO (20)"
        ),
        restore="TRUNCATE part; INSERT INTO part VALUES (1, 1)",
        facts=("SELECT * FROM part",),
        broken="SELECT 1 FROM part HAVING sum(n) <> 2",
    ),
    "an heir": made(
        ["SELECT count(*) FROM log"],
        ["INSERT INTO heir VALUES (1, 1)"],
        tables="CREATE TABLE heir () INHERITS (log)",
        restore="TRUNCATE heir",
    ),
}
