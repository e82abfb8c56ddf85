"""What statements do beside what they say: programs of which a search missed an outcome once.

As in `test_causes`: brute force runs every schedule, and the reduced search has to find the same.
"""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from racewalk.commute.initial import reader_of
from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from racewalk.search.brute_force import BruteForce
from racewalk.search.certificate import Certificate
from racewalk.search.explore import explore
from support.labs import Database
from support.oracle import one_per_class
from support.trials import CLOSE, Said, Trial, World, tells

TABLES = """
CREATE TABLE parent (id integer PRIMARY KEY, n integer, code text UNIQUE);
CREATE TABLE bag (n integer, who text);
CREATE TABLE stamped (who text PRIMARY KEY, at timestamptz DEFAULT CURRENT_TIMESTAMP(6));
CREATE SEQUENCE drawn;
CREATE TABLE logged (id integer DEFAULT nextval('drawn'), who text);
CREATE TABLE strict (id integer PRIMARY KEY, code text UNIQUE NULLS NOT DISTINCT);
CREATE TABLE placed (id integer PRIMARY KEY, pos integer UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE SEQUENCE again MINVALUE 1 MAXVALUE 2 CYCLE;
CREATE TABLE repeated (id serial PRIMARY KEY, who text);
ALTER TABLE repeated ALTER id SET DEFAULT nextval('again');
CREATE TABLE real (x double precision);
CREATE TABLE exact (n numeric, every interval);
CREATE MATERIALIZED VIEW counted AS SELECT count(*)::integer AS n FROM bag;
CREATE FUNCTION looks() RETURNS text LANGUAGE plpgsql AS $$DECLARE r text; BEGIN
    SELECT string_agg(who, ',') INTO r FROM bag; RETURN r;
    EXCEPTION WHEN division_by_zero THEN RETURN 'none'; END$$
"""
RESTORE = """
DROP TABLE IF EXISTS made;
TRUNCATE parent, bag, stamped, logged, strict, placed, real, exact, repeated;
SELECT setval('drawn', 1, false), setval('again', 1, false);
INSERT INTO parent VALUES (1, 1, 'aa'), (2, 2, 'bb');
INSERT INTO bag VALUES (1, 'x');
INSERT INTO stamped VALUES ('x', '2000-01-01');
INSERT INTO strict VALUES (1, 'aa');
INSERT INTO placed VALUES (1, 1), (2, 2);
INSERT INTO real VALUES (0.1), (0.7)
"""
ROWS = (
    "SELECT * FROM parent ORDER BY id",
    "SELECT * FROM bag ORDER BY n, who",
    "SELECT who, rank() OVER (ORDER BY at) FROM stamped ORDER BY who",
    "SELECT * FROM logged ORDER BY who",
    "SELECT * FROM strict ORDER BY id",
    "SELECT * FROM placed ORDER BY id",
)
WORLD = World(TABLES, RESTORE, ROWS)
PUT = (("INSERT INTO bag VALUES (2, 'a')",), ("INSERT INTO bag VALUES (3, 'b')",))
NOWAIT = "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE NOWAIT"


def stamps(value: str) -> tuple[Sequence[Said], ...]:
    """Return two transactions that note a time, and may begin in either order."""
    note = "INSERT INTO stamped VALUES ('{}', {})"
    return tuple(("BEGIN", note.format(who, value), "COMMIT") for who in ("a", "b"))


TABLE_LOCKS = {
    "a reader's COMMIT gives its table back": (
        ("BEGIN", "SELECT n FROM parent WHERE id = 1", "COMMIT"),
        ("BEGIN", NOWAIT.format("parent"), "COMMIT"),
    ),
    "so does a failure": (
        ("BEGIN", "SELECT count(*) FROM bag", "SELECT 1 / 0", "ROLLBACK"),
        ("BEGIN", NOWAIT.format("bag"), "COMMIT"),
    ),
    "a table that is waited for": (
        ("BEGIN", "SELECT n FROM parent WHERE id = 1", "COMMIT"),
        ("BEGIN", "LOCK TABLE parent IN ACCESS EXCLUSIVE MODE", "COMMIT"),
    ),
    "TRUNCATE shows past a snapshot": (
        ("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1", "SELECT n FROM bag", "COMMIT"),
        ("TRUNCATE bag",),
    ),
    "a lock on a table, and who writes it": (
        ("BEGIN", "LOCK TABLE bag IN SHARE MODE", "SELECT count(*) FROM bag", "COMMIT"),
        ("BEGIN", "INSERT INTO bag VALUES (3, 'b')", "COMMIT"),
    ),
}
UNREAD = {
    "order, by a function that catches": ((*PUT[0], "SELECT looks()"), PUT[1]),
    "order, by EXECUTE": (
        (*PUT[0], "PREPARE q AS SELECT who FROM bag", "EXECUTE q", "DEALLOCATE q"),
        PUT[1],
    ),
    "the time, by DO": (
        ("BEGIN", "DO $$BEGIN INSERT INTO stamped VALUES ('a'); END$$", "COMMIT"),
        ("BEGIN", "INSERT INTO stamped VALUES ('b')", "COMMIT"),
    ),
}
TIMES = {
    value: stamps(value)
    for value in ("CURRENT_TIMESTAMP(6)", "LOCALTIMESTAMP(6)", "E'now'", "$$now$$", "DEFAULT")
}
MERGE = """MERGE INTO logged USING (VALUES ('a')) v(w) ON logged.who = v.w
    WHEN NOT MATCHED THEN INSERT (who) VALUES (v.w)"""
MERGED = {
    "a default draws": (
        (MERGE,),
        ("SELECT nextval('drawn')",),
    ),
    "DO UPDATE to a default": (
        (
            "BEGIN",
            "INSERT INTO stamped VALUES ('x') ON CONFLICT (who) DO UPDATE SET at = DEFAULT",
            "COMMIT",
        ),
        ("BEGIN", "INSERT INTO stamped VALUES ('b')", "COMMIT"),
    ),
}
COMMENTS = {
    "one in another": (
        (
            "BEGIN",
            "UPDATE parent SET n = 7 WHERE id = 1",
            "/* /* */ COMMIT -- */ SELECT 1",
            "COMMIT",
        ),
        ("SELECT n FROM parent WHERE id = 1",),
    ),
    "before a setting": (
        (
            "/* app */ SET default_transaction_isolation = 'repeatable read'",
            "BEGIN",
            "SELECT n FROM parent WHERE id = 1",
            "SELECT n FROM parent WHERE id = 2",
            "COMMIT",
            CLOSE,
        ),
        ("UPDATE parent SET n = 8 WHERE id = 2",),
    ),
}
VALUES = {
    "1e2 is 100": (
        ("INSERT INTO parent VALUES (3, 1, 1e2)",),
        ("SELECT id FROM parent WHERE code = '100'",),
    ),
    "a sum of fractions": (
        ("INSERT INTO real VALUES (0.2)",),
        ("INSERT INTO real VALUES (0.3)",),
        ("SELECT sum(x) FROM real",),
    ),
    "1.0 and 1.00 in order": (
        ("INSERT INTO exact VALUES (1.0)",),
        ("INSERT INTO exact VALUES (1.00)", "SELECT n FROM exact ORDER BY n"),
    ),
    "1.0 and 1.00 in groups": (
        ("INSERT INTO exact VALUES (1.0)",),
        ("INSERT INTO exact VALUES (1.00)", "SELECT n, count(*) FROM exact GROUP BY 1 ORDER BY 1"),
    ),
    "a day and 24 hours": (
        ("INSERT INTO exact VALUES (1, '1 day')",),
        ("INSERT INTO exact VALUES (1, '24 hours')", "SELECT max(every)::text FROM exact"),
    ),
    "columns by other names": (
        ("SELECT z FROM parent AS p(z, id, y) WHERE id = 1",),
        ("UPDATE parent SET n = 1 WHERE id = 2",),
    ),
    "the place that RETURNING tells": (
        ("INSERT INTO bag VALUES (2, 'a') RETURNING ctid",),
        PUT[1],
    ),
}
KEYS = {
    "a key whose NULLs meet": (
        ("BEGIN", "UPDATE strict SET code = 'zz' WHERE id = 1", "COMMIT"),
        ("SELECT id FROM strict WHERE id = 1 FOR KEY SHARE NOWAIT",),
    ),
    "a key that is drawn again": (
        ("BEGIN", "INSERT INTO repeated (who) VALUES ('a')", "COMMIT"),
        ("INSERT INTO repeated (who) VALUES ('b')",),
        ("INSERT INTO repeated (who) VALUES ('c')",),
    ),
    "a key that is checked later": (
        ("BEGIN", "UPDATE placed SET pos = 7 WHERE id = 1", "COMMIT"),
        ("SELECT id FROM placed WHERE id = 1 FOR KEY SHARE NOWAIT",),
    ),
    "the other key of an upsert": (
        (
            "BEGIN",
            "INSERT INTO parent (id, n) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET n = 6",
            "COMMIT",
        ),
        ("INSERT INTO parent VALUES (9, 0, 'aa') ON CONFLICT DO NOTHING", "SELECT 1"),
    ),
    "a lock on a row that does not fit any more": (
        ("BEGIN", "SELECT id FROM parent WHERE n = 1 FOR UPDATE", "COMMIT"),
        (
            "UPDATE parent SET n = 9 WHERE id = 1",
            "SELECT id FROM parent WHERE n = 9 FOR UPDATE NOWAIT",
        ),
    ),
    "an alias in capitals": (
        ("BEGIN", "UPDATE parent SET n = 7 WHERE id = 1", "ROLLBACK"),
        ("SELECT n FROM parent P WHERE P.id = 1 FOR UPDATE OF P NOWAIT",),
    ),
    "a cursor at SERIALIZABLE": (
        (
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "DECLARE c CURSOR FOR SELECT n FROM parent WHERE id = 1",
            "UPDATE parent SET n = 7 WHERE id = 2",
            "FETCH c",
            "COMMIT",
        ),
        (
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "SELECT n FROM parent WHERE id = 2",
            "UPDATE parent SET n = 8 WHERE id = 1",
            "COMMIT",
        ),
    ),
    "a cursor that outlives its transaction": (
        (
            "BEGIN",
            "DECLARE c CURSOR WITH HOLD FOR SELECT nextval('drawn')",
            "COMMIT",
            "FETCH c",
            "CLOSE c",
        ),
        ("SELECT nextval('drawn')",),
    ),
}
ALL = {
    f"{kind}: {name}": programs
    for kind, group in (
        ("table locks", TABLE_LOCKS),
        ("unread", UNREAD),
        ("time", TIMES),
        ("default", MERGED),
        ("comment", COMMENTS),
        ("value", VALUES),
        ("key", KEYS),
    )
    for name, programs in group.items()
}


@pytest.fixture
def check(check_in: Callable[..., Certificate]) -> Callable[..., Certificate]:
    """Return a function that holds the reduced search of some programs against brute force."""
    return partial(check_in, WORLD)


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_missed(check: Callable[..., Certificate], name: str) -> None:
    certificate = check(*ALL[name])
    assert len(certificate.outcomes) > 1, "the order is to be seen"


TRIGGER = """
CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql {} AS $$BEGIN {}; RETURN NULL; END$$;
CREATE TRIGGER fires AFTER INSERT ON parent FOR EACH STATEMENT EXECUTE FUNCTION fires()
"""


@pytest.mark.parametrize(
    ("setting", "body", "look"),
    [
        ("", "REFRESH MATERIALIZED VIEW counted", "SELECT n FROM counted"),
        ("", "/* all of it */ TRUNCATE bag", "SELECT count(*) FROM bag"),
        ("", "EXECUTE format('TRUNCATE %I', 'bag')", "SELECT count(*) FROM bag"),
        ("SET client_min_messages = error", "UPDATE bag SET n = 5", "SELECT n FROM bag"),
    ],
)
def test_what_no_plan_tells_of_a_trigger_is_unreadable(
    check_in: Callable[..., Certificate], setting: str, body: str, look: str
) -> None:
    tables = f"{TABLES}; {TRIGGER.format(setting, body)}"
    restore = f"{RESTORE}; REFRESH MATERIALIZED VIEW counted"
    certificate = check_in(
        World(tables, restore, ROWS), ("INSERT INTO parent VALUES (3)",), (look,)
    )
    assert certificate.reduction
    assert certificate.reduction.unreadable.total()


def test_what_is_written_into_a_catalog_is_unreadable(
    check_in: Callable[..., Certificate],
) -> None:
    comment = "COMMENT ON TABLE bag IS 'x'"
    world = World(f"{TABLES}; {comment}", f"{RESTORE}; {comment}", ROWS)
    writes = "UPDATE pg_description SET description = 'y' WHERE objoid = 'bag'::regclass"
    certificate = check_in(
        world, (writes,), ("SELECT obj_description('bag'::regclass, 'pg_class')",)
    )
    assert len(certificate.outcomes) > 1


@pytest.mark.parametrize(
    ("statements", "doubt"),
    [
        (["SELECT * INTO made FROM bag"], "changes what the database is made of"),
        (["/* app */ CREATE TABLE made ()"], "changes what the database is made of"),
        (["DO $$BEGIN CREATE TABLE made (); END$$"], "changes what the database is made of"),
        (["SET ROLE NONE", "CREATE TABLE made ()"], "changes what the database is made of"),
    ],
)
def test_what_cannot_be_told_is_a_doubt(
    database: Database, observer: Observer, statements: Sequence[Said], doubt: str
) -> None:
    scripts = [tells(*statements), tells("SELECT 1")]
    target = Trial(observer, database.superuser, scripts, WORLD)
    with LiveRunner(target, observer, database.address, patience=5.0) as lab:
        assert doubt in str(one_per_class(lab, 2, reader_of(observer)))


COMMITS = """
DROP PROCEDURE IF EXISTS only_looks, commits, hands_on, in$two, "in ""2";
CREATE PROCEDURE only_looks() LANGUAGE plpgsql AS $$BEGIN PERFORM n FROM bag; END$$;
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$BEGIN PERFORM n FROM bag; COMMIT; END$$;
CREATE PROCEDURE in$two() LANGUAGE plpgsql AS $$BEGIN PERFORM n FROM bag; COMMIT; END$$;
CREATE PROCEDURE "in ""2"() LANGUAGE plpgsql AS $$BEGIN PERFORM n FROM bag; COMMIT; END$$;
CREATE PROCEDURE hands_on() LANGUAGE plpgsql AS $$BEGIN CALL commits(); END$$
"""


@pytest.mark.parametrize(
    ("statements", "doubted"),
    [
        (["CALL commits()"], True),
        (["/* app */ call public.HANDS_ON ( )"], True),
        (["CALL public . in$two()"], True),
        (['CALL "in ""2"()'], True),
        (['CALL U&"commits"()'], True),
        (["DO $$BEGIN PERFORM n FROM bag; COMMIT; END$$"], True),
        (["CALL only_looks()"], False),
        (["BEGIN", "CALL only_looks()", "COMMIT"], False),
    ],
)
def test_a_statement_of_several_transactions_is_a_doubt(
    database: Database, observer: Observer, statements: Sequence[Said], doubted: bool
) -> None:
    scripts = [tells(*statements), tells("SELECT 1")]
    world = World(f"{TABLES}; {COMMITS}", RESTORE, ROWS)
    target = Trial(observer, database.superuser, scripts, world)
    with LiveRunner(target, observer, database.address, patience=5.0) as lab:
        reader = reader_of(observer)
        every = explore(lab, 2, BruteForce(reader.catalog.facts))
        for found in (every, one_per_class(lab, 2, reader)):
            assert ("in doubt: a procedure or a DO ends its transaction" in str(found)) is doubted
