"""Statements of all kinds that SQL has: the reduced search misses nothing of them."""

from collections.abc import Callable, Sequence

import pytest

from racewalk.commute.initial import reader_of
from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from racewalk.search.certificate import Certificate
from racewalk.words import Verdict
from support.labs import Database
from support.oracle import one_per_class
from support.trials import Said, Trial, World, tells, transaction

TABLES = """
CREATE TABLE item (id integer PRIMARY KEY, n integer, who text);
CREATE TABLE kid (id integer PRIMARY KEY, item_id integer REFERENCES item ON DELETE CASCADE ON
    UPDATE CASCADE);
CREATE TABLE orphan (id integer PRIMARY KEY, item_id integer REFERENCES item ON DELETE SET NULL);
CREATE TABLE uniq (id integer PRIMARY KEY, k integer UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE gen (id integer PRIMARY KEY, n integer, dbl integer GENERATED ALWAYS AS (n * 2)
    STORED UNIQUE);
CREATE TABLE partial (id integer PRIMARY KEY, who text, live boolean);
CREATE UNIQUE INDEX partial_live ON partial (who) WHERE live;
CREATE TABLE lowered (id integer PRIMARY KEY, mail text);
CREATE UNIQUE INDEX lowered_mail ON lowered (lower(mail));
CREATE TABLE nn (id integer PRIMARY KEY, k integer, UNIQUE NULLS NOT DISTINCT (k));
CREATE VIEW narrow AS SELECT * FROM item WHERE n < 10 WITH CHECK OPTION;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS c FROM item;
CREATE VIEW byhand AS SELECT id, n FROM item;
CREATE FUNCTION byhand_ins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE item SET n =
    NEW.n WHERE id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER byhand_ins INSTEAD OF INSERT ON byhand FOR EACH ROW EXECUTE FUNCTION byhand_ins();
CREATE TABLE ruled (id integer PRIMARY KEY, n integer);
CREATE RULE r AS ON INSERT TO ruled DO ALSO UPDATE item SET n = n + NEW.n WHERE id = 1;
CREATE TABLE summed (id integer PRIMARY KEY, total integer);
CREATE TABLE lines (id integer PRIMARY KEY, n integer);
CREATE FUNCTION sum_lines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE summed SET total
    = (SELECT coalesce(sum(n),0) FROM lines) WHERE id = 1; RETURN NULL; END $$;
CREATE TRIGGER sum_lines AFTER INSERT OR DELETE ON lines FOR EACH STATEMENT EXECUTE FUNCTION
    sum_lines();
CREATE FUNCTION try_it(integer) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES
    ($1, 1, 'f'); RETURN 'ok'; EXCEPTION WHEN unique_violation THEN RETURN 'dup'; END $$;
CREATE FUNCTION dyn(text) RETURNS integer LANGUAGE plpgsql AS $$ DECLARE r integer; BEGIN EXECUTE
    'SELECT sum(n) FROM ' || $1 INTO r; RETURN r; END $$;
CREATE PROCEDURE proc() LANGUAGE plpgsql AS $$ BEGIN UPDATE item SET n = n + 1 WHERE id = 1;
    UPDATE item SET n = n * 2 WHERE id = 2; END $$;
CREATE PROCEDURE in_two() LANGUAGE plpgsql AS $$ BEGIN UPDATE item SET n = n + 1 WHERE id = 1;
    COMMIT; UPDATE item SET n = n * 2 WHERE id = 2; END $$;
CREATE TABLE enumd (id integer PRIMARY KEY, tags integer[], doc jsonb);
CREATE TABLE bools (id integer PRIMARY KEY, b boolean, at date, amount numeric);
"""
RESTORE = """
TRUNCATE item, kid, orphan, uniq, gen, partial, lowered, nn, ruled, summed, lines, enumd, bools;
INSERT INTO item VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'x');
INSERT INTO kid VALUES (1, 1); INSERT INTO orphan VALUES (1, 1);
INSERT INTO uniq VALUES (1, 1), (2, 2); INSERT INTO gen (id, n) VALUES (1, 1), (2, 2);
INSERT INTO partial VALUES (1, 'a', true), (2, 'a', false);
INSERT INTO lowered VALUES (1, 'A'); INSERT INTO nn VALUES (1, 1);
INSERT INTO summed VALUES (1, 0); INSERT INTO enumd VALUES (1, '{1,2}', '{"a": 1}');
INSERT INTO bools VALUES (1, true, '2020-01-01', 1.0)
"""
ROWS = tuple(
    f"SELECT * FROM {table} ORDER BY id"  # noqa: S608
    for table in (
        *("item", "kid", "orphan", "uniq", "gen", "partial", "lowered", "nn", "ruled", "summed"),
        *("lines", "enumd", "bools"),
    )
)
WORLD = World(TABLES, RESTORE, ROWS)


PROGRAMS: dict[str, tuple[Sequence[Said], Sequence[Said]]] = {
    "cascade delete": (["DELETE FROM item WHERE id = 1"], ["INSERT INTO kid VALUES (2, 1)"]),
    "cascade delete vs look": (["DELETE FROM item WHERE id = 1"], ["SELECT count(*) FROM kid"]),
    "deferred unique": (
        transaction("UPDATE uniq SET k = 5 WHERE id = 1"),
        transaction("UPDATE uniq SET k = 5 WHERE id = 2"),
    ),
    "deferred unique swap": (
        transaction("UPDATE uniq SET k = 2 WHERE id = 1", "UPDATE uniq SET k = 1 WHERE id = 2"),
        ["INSERT INTO uniq VALUES (3, 1)", "SELECT k FROM uniq WHERE id = 1"],
    ),
    "generated unique": (
        ["UPDATE gen SET n = 5 WHERE id = 1"],
        ["UPDATE gen SET n = 5 WHERE id = 2"],
    ),
    "partial unique": (
        ["UPDATE partial SET live = true WHERE id = 2"],
        ["UPDATE partial SET live = false WHERE id = 1"],
    ),
    "partial unique insert": (
        ["INSERT INTO partial VALUES (3, 'b', true)"],
        ["INSERT INTO partial VALUES (4, 'b', true)"],
    ),
    "expression unique": (
        ["INSERT INTO lowered VALUES (2, 'b')"],
        ["INSERT INTO lowered VALUES (3, 'B')"],
    ),
    "nulls not distinct": (
        ["INSERT INTO nn VALUES (2, NULL)"],
        ["INSERT INTO nn VALUES (3, NULL)"],
    ),
    "check option": (
        ["UPDATE item SET n = 20 WHERE id = 1"],
        ["UPDATE narrow SET n = n + 1 WHERE id = 1"],
    ),
    "instead of": (["INSERT INTO byhand VALUES (1, 7)"], ["SELECT n FROM item WHERE id = 1"]),
    "rule": (["INSERT INTO ruled VALUES (1, 5)"], ["UPDATE item SET n = n * 2 WHERE id = 1"]),
    "statement trigger": (
        transaction("INSERT INTO lines VALUES (1, 5)", level="REPEATABLE READ"),
        ["INSERT INTO lines VALUES (2, 7)"],
    ),
    "exception function": (["SELECT try_it(7)"], ["SELECT try_it(7)"]),
    "procedure": (
        ["CALL proc()"],
        ["SELECT n FROM item WHERE id = 1", "SELECT n FROM item WHERE id = 2"],
    ),
    "do": (
        ["DO $$ BEGIN UPDATE item SET n = n + 1 WHERE id = 1; END $$"],
        ["UPDATE item SET n = n * 3 WHERE id = 1"],
    ),
    "merge": (
        [
            (
                "MERGE INTO item USING (VALUES (4, 4)) v (id, n) ON item.id = v.id WHEN"
                " MATCHED THEN UPDATE SET n = v.n WHEN NOT MATCHED THEN INSERT VALUES (v.id,"
                " v.n, 'm')"
            )
        ],
        [
            "INSERT INTO item VALUES (4, 1, 'q') ON CONFLICT DO NOTHING",
            "SELECT n FROM item WHERE id = 4",
        ],
    ),
    "update from": (
        ["UPDATE item SET n = k.item_id + 40 FROM kid k WHERE k.id = item.id"],
        ["INSERT INTO kid VALUES (3, 2)", "SELECT n FROM item WHERE id = 3"],
    ),
    "delete using": (
        ["DELETE FROM item USING lines WHERE lines.id = item.id"],
        ["INSERT INTO lines VALUES (3, 1)"],
    ),
    "for update of": (
        transaction(
            "SELECT 1 FROM item i JOIN kid k ON k.item_id = i.id WHERE k.id = 1 FOR UPDATE OF k"
        ),
        [
            "SELECT id FROM kid WHERE id = 1 FOR UPDATE NOWAIT",
            "SELECT id FROM item WHERE id = 1 FOR UPDATE NOWAIT",
        ],
    ),
    "lateral": (
        [
            (
                "SELECT i.id, x.c FROM item i, LATERAL (SELECT count(*) AS c FROM kid WHERE"
                " item_id = i.id) x ORDER BY i.id"
            )
        ],
        ["INSERT INTO kid VALUES (3, 2)"],
    ),
    "exists": (
        ["DELETE FROM item WHERE NOT EXISTS (SELECT 1 FROM kid WHERE item_id = item.id)"],
        ["INSERT INTO kid VALUES (3, 2)"],
    ),
    "not in": (
        ["INSERT INTO lines SELECT id, n FROM item WHERE id NOT IN (SELECT item_id FROM kid)"],
        ["INSERT INTO kid VALUES (3, 2)"],
    ),
    "array": (
        ["UPDATE enumd SET tags = array_append(tags, 3) WHERE id = 1"],
        ["UPDATE enumd SET tags = array_append(tags, 4) WHERE 2 = ANY (tags)"],
    ),
    "jsonb": (
        ["UPDATE enumd SET doc = jsonb_set(doc, '{a}', '5') WHERE doc @> '{\"a\": 1}'"],
        [
            "UPDATE enumd SET doc = doc || '{\"b\": 2}' WHERE id = 1",
            "SELECT doc ->> 'a' FROM enumd",
        ],
    ),
    "savepoint releases lock": (
        transaction(
            "SAVEPOINT s",
            "UPDATE item SET n = 9 WHERE id = 1",
            "ROLLBACK TO s",
            "UPDATE item SET n = 8 WHERE id = 2",
        ),
        ["SELECT id FROM item WHERE id = 1 FOR UPDATE NOWAIT"],
    ),
    "lock table": (
        transaction("LOCK TABLE item IN SHARE MODE", "SELECT sum(n) FROM item"),
        ["UPDATE item SET n = 5 WHERE id = 1"],
    ),
    "lock table nowait": (
        transaction("UPDATE item SET n = 5 WHERE id = 1"),
        transaction("LOCK TABLE item IN SHARE MODE NOWAIT"),
    ),
    "truncate": (transaction("TRUNCATE lines"), ["INSERT INTO lines VALUES (1, 1)"]),
    "advisory two ints": (
        transaction("SELECT pg_advisory_xact_lock(1, 2)"),
        ["SELECT pg_try_advisory_lock(1, 2)", "SELECT pg_advisory_unlock(1, 2)"],
    ),
    "advisory shared": (
        transaction("SELECT pg_advisory_xact_lock_shared(7)"),
        ["SELECT pg_try_advisory_xact_lock(7)"],
    ),
    "advisory hashtext": (
        transaction("SELECT pg_advisory_xact_lock(hashtext('a'))"),
        ["SELECT pg_try_advisory_xact_lock(hashtext('a'))"],
    ),
    "cursor": (
        transaction(
            "DECLARE c CURSOR FOR SELECT n FROM item ORDER BY id",
            "FETCH 1 FROM c",
            "FETCH ALL FROM c",
        ),
        ["UPDATE item SET n = 40 WHERE id = 2"],
    ),
    "cursor for update": (
        transaction(
            "DECLARE c CURSOR FOR SELECT n FROM item WHERE id = 1 FOR UPDATE",
            "FETCH 1 FROM c",
            "UPDATE item SET n = 77 WHERE CURRENT OF c",
        ),
        ["UPDATE item SET n = n + 1 WHERE id = 1"],
    ),
    "prepared by hand": (
        ["PREPARE q AS SELECT n FROM item WHERE id = $1", "EXECUTE q(1)", "DEALLOCATE q"],
        ["UPDATE item SET n = 50 WHERE id = 1"],
    ),
    "execute of an update": (
        ["PREPARE u AS UPDATE item SET n = n + $1 WHERE id = 1", "EXECUTE u(5)", "DEALLOCATE u"],
        ["UPDATE item SET n = n * 2 WHERE id = 1"],
    ),
    "boolean": (["UPDATE bools SET b = false WHERE b"], ["SELECT id FROM bools WHERE b = 't'"]),
    "date": (
        ["UPDATE bools SET at = '2020-02-02' WHERE at = DATE '2020-01-01'"],
        ["SELECT id FROM bools WHERE at = '2020-1-1'"],
    ),
    "skip locked pairs": (
        transaction("SELECT id FROM item ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"),
        transaction("SELECT id FROM item ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"),
    ),
    "window": (
        ["SELECT id, sum(n) OVER (ORDER BY id) FROM item ORDER BY id"],
        ["UPDATE item SET n = 9 WHERE id = 1"],
    ),
    "having": (
        ["SELECT who, count(*) FROM item GROUP BY who HAVING count(*) > 1"],
        ["UPDATE item SET who = 'x' WHERE id = 2"],
    ),
    "union": (
        ["SELECT n FROM item WHERE id = 1 UNION ALL SELECT id FROM kid"],
        ["UPDATE kid SET id = 9 WHERE id = 1"],
    ),
    "recursive": (
        [
            (
                "WITH RECURSIVE t AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM t WHERE i <"
                " (SELECT max(n) FROM item)) SELECT count(*) FROM t"
            )
        ],
        ["UPDATE item SET n = 9 WHERE id = 1"],
    ),
    "data-modifying with": (
        [
            (
                "WITH d AS (DELETE FROM kid RETURNING item_id) UPDATE item SET n = 70 WHERE id"
                " IN (SELECT item_id FROM d)"
            )
        ],
        ["INSERT INTO kid VALUES (2, 2)"],
    ),
    "set transaction": (
        [
            "BEGIN",
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SELECT n FROM item WHERE id = 1",
            "SELECT n FROM item WHERE id = 2",
            "COMMIT",
        ],
        ["UPDATE item SET n = 40 WHERE id = 1", "UPDATE item SET n = 40 WHERE id = 2"],
    ),
    "default isolation": (
        [
            "SET default_transaction_isolation = 'repeatable read'",
            "BEGIN",
            "SELECT n FROM item WHERE id = 1",
            "SELECT n FROM item WHERE id = 2",
            "COMMIT",
            "RESET default_transaction_isolation",
        ],
        ["UPDATE item SET n = 40 WHERE id = 2"],
    ),
    "read only": (
        [
            "BEGIN READ ONLY",
            "SELECT n FROM item WHERE id = 1",
            "UPDATE item SET n = 3 WHERE id = 1",
            "ROLLBACK",
        ],
        ["UPDATE item SET n = 40 WHERE id = 1"],
    ),
    "row values": (
        ["UPDATE item SET (n, who) = (SELECT 9, 'q') WHERE (id, n) = (1, 1)"],
        ["UPDATE item SET n = 4 WHERE id = 1"],
    ),
    "xmin": (
        ["SELECT n FROM item WHERE id = 1", "SELECT count(*) FROM item WHERE xmax <> 0"],
        ["UPDATE item SET n = 4 WHERE id = 1"],
    ),
    "row count limit update": (
        ["DELETE FROM lines WHERE id IN (SELECT id FROM item ORDER BY n LIMIT 1)"],
        ["INSERT INTO lines VALUES (1, 1)", "UPDATE item SET n = 0 WHERE id = 2"],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_missed(check_in: Callable[..., Certificate], name: str) -> None:
    certificate = check_in(WORLD, *PROGRAMS[name])
    assert len(certificate.outcomes) > 1, "the order is to be seen"


@pytest.mark.parametrize(
    ("asks", "why"),
    [
        ("SELECT count(*) FROM pg_stat_activity", "who is connected"),
        ("SELECT n_live_tup FROM pg_stat_user_tables", "statistics"),
        ("CREATE TABLE fresh (id integer)", "what the database is made of"),
        ("CALL in_two()", "ends its transaction and goes on in another"),
    ],
)
def test_what_cannot_be_told_is_not_called_safe(
    database: Database, observer: Observer, asks: str, why: str
) -> None:
    scripts = [tells(asks), tells("BEGIN", "SELECT 1", "COMMIT")]
    target = Trial(observer, database.superuser, scripts, WORLD)
    with LiveRunner(target, observer, database.address, patience=5.0) as lab:
        certificate = one_per_class(lab, 2, reader_of(observer))
    assert certificate.verdict is Verdict.INCONCLUSIVE
    assert why in str(certificate)
