"""What lies below a table's name: constraints, policies, partitions, heirs, triggers, schemas.

Each program races on PostgreSQL in every schedule; the reduced search has to find the same.
"""

from collections.abc import Callable, Sequence

import pytest

from racewalk.search.certificate import Certificate
from support.trials import Said, World, transaction

pytestmark = pytest.mark.acceptance

TABLES = """
CREATE TABLE booked (id integer PRIMARY KEY, span int4range, EXCLUDE USING gist (span WITH &&));
CREATE TABLE slot (id integer PRIMARY KEY, span int4range,
    EXCLUDE USING gist (span WITH &&) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE part (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (10) TO (20);
CREATE TABLE of_part (id integer PRIMARY KEY, part_id integer REFERENCES part);
CREATE TABLE base (id integer PRIMARY KEY, n integer);
CREATE TABLE heir (CHECK (n > 0)) INHERITS (base);
CREATE TABLE grandheir () INHERITS (heir);
CREATE TABLE other (id integer PRIMARY KEY, n integer);
CREATE TABLE of_two () INHERITS (base, other);
CREATE TABLE allowed (who text PRIMARY KEY);
CREATE TABLE secret (id integer PRIMARY KEY, who text, n integer);
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON secret USING (who IN (SELECT who FROM allowed));
CREATE TABLE account (id integer PRIMARY KEY, n integer NOT NULL);
CREATE TABLE duty (who text PRIMARY KEY);
CREATE FUNCTION on_duty() RETURNS integer LANGUAGE sql STABLE AS
    'SELECT count(*)::integer FROM duty';
CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF on_duty() < 2 THEN RAISE EXCEPTION 'nobody is left' USING ERRCODE = '23514'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER stays BEFORE DELETE ON duty FOR EACH ROW EXECUTE FUNCTION stays();
CREATE TABLE seat (id integer PRIMARY KEY, n integer);
CREATE FUNCTION seats() RETURNS integer LANGUAGE sql STABLE AS
    'SELECT coalesce(sum(n), 0)::integer FROM seat';
ALTER TABLE seat ADD CHECK (seats() < 3);
CREATE TABLE pledge (id integer PRIMARY KEY, n integer);
CREATE FUNCTION covered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(n) FROM pledge) > 10 THEN
        RAISE EXCEPTION 'too much' USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER covered AFTER INSERT ON pledge DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION covered();
CREATE SCHEMA IF NOT EXISTS beside;
GRANT USAGE ON SCHEMA beside TO PUBLIC;
DROP TABLE IF EXISTS beside.account;
CREATE TABLE beside.account (id integer PRIMARY KEY, n integer NOT NULL);
GRANT ALL ON beside.account TO PUBLIC
"""
RESTORE = """
TRUNCATE booked, slot, part, of_part, base, heir, grandheir, other, of_two, allowed, secret,
    account, duty, seat, pledge, beside.account;
INSERT INTO booked VALUES (1, '[0,3)');
INSERT INTO slot VALUES (1, '[0,3)');
INSERT INTO part VALUES (1, 1), (2, 2), (11, 11);
INSERT INTO base VALUES (1, 1);
INSERT INTO heir VALUES (2, 2);
INSERT INTO of_two VALUES (5, 5);
INSERT INTO allowed VALUES ('a');
INSERT INTO secret VALUES (1, 'a', 1), (2, 'b', 2);
INSERT INTO account VALUES (1, 0), (2, 0);
INSERT INTO beside.account VALUES (1, 0);
INSERT INTO duty VALUES ('a'), ('b')
"""
ROWS = (
    "SELECT * FROM booked ORDER BY id",
    "SELECT * FROM slot ORDER BY id",
    "SELECT tableoid::regclass::text, * FROM part ORDER BY id, n",
    "SELECT * FROM of_part ORDER BY id",
    "SELECT tableoid::regclass::text, * FROM base ORDER BY id",
    "SELECT * FROM allowed ORDER BY who",
    "SELECT * FROM secret ORDER BY id",
    "SELECT * FROM account ORDER BY id",
    "SELECT * FROM beside.account ORDER BY id",
    "SELECT * FROM duty ORDER BY who",
    "SELECT * FROM seat ORDER BY id",
    "SELECT * FROM pledge ORDER BY id",
)
# Policies do not bind a superuser.
WORLD = World(TABLES, RESTORE, ROWS, options="-c role=explored")
Programs = tuple[Sequence[Said], ...]


EXCLUDED: dict[str, Programs] = {
    "two that overlap": (
        ["INSERT INTO booked VALUES (2, '[5,7)')"],
        ["INSERT INTO booked VALUES (3, '[6,9)')"],
    ),
    "one of them is rolled back": (
        ["BEGIN", "INSERT INTO booked VALUES (2, '[5,7)')", "ROLLBACK"],
        ["INSERT INTO booked VALUES (3, '[6,9)')", "SELECT count(*) FROM booked"],
    ),
    "an update moves into another's": (
        ["UPDATE booked SET span = '[5,7)' WHERE id = 1"],
        ["INSERT INTO booked VALUES (3, '[6,9)')"],
    ),
    "what was in the way goes": (
        transaction("DELETE FROM booked WHERE id = 1"),
        ["INSERT INTO booked VALUES (3, '[1,2)')"],
    ),
    "ON CONFLICT DO NOTHING": (
        transaction("INSERT INTO booked VALUES (2, '[5,7)') ON CONFLICT DO NOTHING"),
        ["INSERT INTO booked VALUES (3, '[6,9)') ON CONFLICT DO NOTHING"],
    ),
    "deferred": (
        transaction("INSERT INTO slot VALUES (2, '[5,7)')"),
        transaction("INSERT INTO slot VALUES (3, '[6,9)')"),
    ),
    "deferred, and what was in the way goes": (
        transaction("INSERT INTO slot VALUES (2, '[1,2)')"),
        ["DELETE FROM slot WHERE id = 1"],
    ),
}
PARTITIONED: dict[str, Programs] = {
    "a partition by its own name": (
        ["UPDATE part SET n = n + 5 WHERE id = 1"],
        ["SELECT n FROM part_low WHERE id = 1"],
    ),
    "a row put into a partition": (
        ["INSERT INTO part_high VALUES (12, 12)"],
        ["SELECT count(*) FROM part"],
    ),
    "a row put in by the whole's name": (
        ["INSERT INTO part VALUES (12, 12)"],
        ["SELECT count(*) FROM part_high"],
    ),
    "a lock on a partition's row, and a foreign key to the whole": (
        transaction("INSERT INTO of_part VALUES (1, 1)"),
        ["SELECT id FROM part_low WHERE id = 1 FOR UPDATE NOWAIT"],
    ),
    "a lock by the whole's name": (
        transaction("SELECT id FROM part WHERE id = 1 FOR UPDATE"),
        ["SELECT id FROM part_low WHERE id = 1 FOR UPDATE NOWAIT"],
    ),
    "a row moves, and is looked for by its partition": (
        ["UPDATE part SET id = id + 10 WHERE id = 2"],
        ["SELECT count(*) FROM part_low", "SELECT count(*) FROM part_high"],
    ),
    "a key that both put in": (
        ["INSERT INTO part VALUES (3, 1)"],
        ["INSERT INTO part_low VALUES (3, 2)"],
    ),
    "a row moves to another partition": (
        transaction("UPDATE part SET id = 12 WHERE id = 1"),
        ["UPDATE part SET n = n + 5 WHERE id = 1"],
    ),
    "a row moves while it is to be locked": (
        transaction("UPDATE part SET id = 12 WHERE id = 1"),
        ["SELECT n FROM part WHERE id = 1 FOR UPDATE", "SELECT n FROM part_high WHERE id = 12"],
    ),
    "a foreign key to it": (
        ["INSERT INTO of_part VALUES (1, 1)"],
        ["DELETE FROM part_low WHERE id = 1"],
    ),
    "one is emptied": (["TRUNCATE part_low, of_part"], ["SELECT count(*) FROM part"]),
    "one is locked": (
        transaction("LOCK TABLE part_low IN ACCESS EXCLUSIVE MODE"),
        ["SELECT id FROM part WHERE id = 1 FOR UPDATE NOWAIT", "LOCK TABLE part_low NOWAIT"],
    ),
}
INHERITED: dict[str, Programs] = {
    "an heir of an heir": (
        ["INSERT INTO grandheir VALUES (4, 4)"],
        ["SELECT count(*) FROM base"],
    ),
    "an heir of two": (
        ["UPDATE other SET n = n + 5"],
        ["SELECT n FROM base WHERE id = 5"],
    ),
    "an heir's row is among the parent's": (
        ["INSERT INTO heir VALUES (3, 3)"],
        ["SELECT count(*) FROM base"],
    ),
    "an update of the parent changes the heir": (
        ["UPDATE base SET n = n + 5"],
        ["SELECT n FROM heir WHERE id = 2"],
    ),
}
GUARDED: dict[str, Programs] = {
    "what a policy reads changes": (
        ["INSERT INTO allowed VALUES ('b')"],
        ["SELECT n FROM secret ORDER BY id"],
    ),
    "what a policy lets change": (
        ["DELETE FROM allowed WHERE who = 'a'"],
        ["UPDATE secret SET n = n + 5 WHERE id = 1"],
    ),
    "what a policy refuses": (
        ["DELETE FROM allowed WHERE who = 'a'"],
        ["INSERT INTO secret VALUES (3, 'a', 3)"],
    ),
    "a row becomes another's": (
        ["UPDATE secret SET who = 'a' WHERE id = 1", "INSERT INTO allowed VALUES ('b')"],
        ["SELECT id FROM secret WHERE who = 'b' FOR UPDATE"],
    ),
}
SKEWED: dict[str, Programs] = {
    f"{kind}, {level.lower() or 'by default'}": programs
    for level in ("", "REPEATABLE READ", "SERIALIZABLE")
    for kind, programs in {
        "a trigger that counts": (
            transaction("DELETE FROM duty WHERE who = 'a'", level=level),
            transaction("DELETE FROM duty WHERE who = 'b'", level=level),
        ),
        "a constraint that sums": (
            transaction("INSERT INTO seat VALUES (1, 2)", level=level),
            transaction(
                "INSERT INTO seat VALUES (2, 2)", "INSERT INTO seat VALUES (3, 2)", level=level
            ),
        ),
        "a constraint trigger at the end": (
            transaction("INSERT INTO pledge VALUES (1, 6)", level=level),
            transaction("INSERT INTO pledge VALUES (2, 6)", level=level),
        ),
        # Fekete, O'Neil, O'Neil: A read-only transaction anomaly under snapshot isolation (2004).
        "one who only reads": (
            transaction(
                "SELECT sum(n) FROM account",
                "UPDATE account SET n = n - 11 WHERE id = 1",
                level=level,
            ),
            transaction("UPDATE account SET n = n + 20 WHERE id = 2", level=level)
            if level != "SERIALIZABLE"
            else [
                "SET default_transaction_isolation = 'serializable'",
                "UPDATE account SET n = n + 20 WHERE id = 2",
            ],
            ["SELECT n FROM account ORDER BY id"]
            if level != "SERIALIZABLE"
            else transaction("SELECT n FROM account ORDER BY id", level="SERIALIZABLE READ ONLY"),
        ),
    }.items()
}
NAMED: dict[str, Programs] = {
    "by its schema": (
        ["UPDATE beside.account SET n = n + 5 WHERE id = 1"],
        ["SET search_path = beside", "SELECT n FROM account WHERE id = 1"],
    ),
    "the path of one transaction": (
        transaction("SET LOCAL search_path = beside", "UPDATE account SET n = 5 WHERE id = 1"),
        ["SELECT n FROM beside.account WHERE id = 1", "SELECT n FROM account WHERE id = 1"],
    ),
}
ALL = {
    f"{kind}: {name}": programs
    for kind, group in (
        ("excluded", EXCLUDED),
        ("partitioned", PARTITIONED),
        ("inherited", INHERITED),
        ("guarded", GUARDED),
        ("skewed", SKEWED),
        ("named", NAMED),
    )
    for name, programs in group.items()
}


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_missed(check_in: Callable[..., Certificate], name: str) -> None:
    certificate = check_in(WORLD, *ALL[name])
    assert len(certificate.outcomes) > 1, "the order is to be seen"


def test_tables_of_one_name_are_two(check_in: Callable[..., Certificate]) -> None:
    certificate = check_in(
        WORLD,
        ["UPDATE account SET n = 5 WHERE id = 1"],
        ["UPDATE beside.account SET n = 6 WHERE id = 1"],
    )
    assert certificate.reduction
    assert certificate.reduction.classes == 1
