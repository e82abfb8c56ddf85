"""Effects that a statement has through the catalog: no search misses an outcome of them.

Brute force runs every schedule; the reduced search finds the same outcomes or is inconclusive.
"""

from collections.abc import Callable, Sequence

import pytest

from racewalk.commute.initial import reader_of
from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from racewalk.search.certificate import Certificate
from support.labs import Database
from support.oracle import brute_force, one_per_class
from support.trials import Said, Trial, World, tells, transaction

Program = Sequence[Said]
Pair = tuple[str, Program, Program]
Explore = Callable[[str, Program, Program], tuple[Certificate, Certificate]]

TABLES = """
CREATE TABLE item (id integer PRIMARY KEY, n integer, got boolean);
CREATE TABLE log (id integer PRIMARY KEY, n integer);
"""
RESTORE = """
DROP TABLE IF EXISTS made;
DROP MATERIALIZED VIEW IF EXISTS seen;
SELECT lo_unlink(oid) FROM pg_largeobject_metadata;
TRUNCATE item, log;
INSERT INTO item VALUES (1, 1, false), (2, 2, false)
"""
MAKE = "CREATE FUNCTION make(oid) RETURNS oid LANGUAGE internal STABLE STRICT AS 'be_lo_create';"
TRY = "pg_try_advisory_lock(7)"
READS = ["SELECT n FROM item WHERE id = 1", "SELECT n FROM item WHERE id = 1"]
WRITES = ["UPDATE item SET n = 9 WHERE id = 1"]
LEVEL = "set_config('default_transaction_isolation', 'read committed', false)"
STRICT = "SET default_transaction_isolation = 'repeatable read'"
LOCKS: dict[str, Pair] = {
    "a view's column": (
        f"CREATE VIEW v AS SELECT id, {TRY} AS got FROM item WHERE id = 1;",  # noqa: S608
        ["SELECT got FROM v", "SELECT pg_advisory_unlock(7)"],
        ["SELECT got FROM v", "SELECT pg_advisory_unlock(7)"],
    ),
    "a view's condition": (
        f"CREATE VIEW v AS SELECT id FROM item WHERE id = 1 AND {TRY};",  # noqa: S608
        ["SELECT id FROM v", "SELECT pg_advisory_unlock(7)"],
        ["SELECT id FROM v", "SELECT pg_advisory_unlock(7)"],
    ),
    "a view that unlocks": (
        "CREATE VIEW v AS SELECT pg_advisory_unlock(7) AS gone FROM item WHERE id = 1;",
        [f"SELECT {TRY}", "SELECT gone FROM v"],
        [f"SELECT {TRY}", "SELECT gone FROM v"],
    ),
    "a rule": (
        f"CREATE RULE r AS ON INSERT TO log DO ALSO UPDATE item SET got = {TRY} WHERE id = NEW.id;",  # noqa: S608
        ["INSERT INTO log VALUES (1, 1)", "SELECT pg_advisory_unlock(7)"],
        ["INSERT INTO log VALUES (2, 1)", "SELECT pg_advisory_unlock(7)"],
    ),
    "an internal function": (
        MAKE,
        ["SELECT make(7777) FROM item WHERE id = 1"],
        ["SELECT make(7777) FROM item WHERE id = 2"],
    ),
    "an internal function in a view": (
        f"{MAKE} CREATE VIEW v AS SELECT id, make(7777) AS made FROM item;",  # noqa: S608
        ["SELECT made FROM v WHERE id = 1"],
        ["SELECT made FROM v WHERE id = 2"],
    ),
    "a trigger's condition": (
        (
            "CREATE FUNCTION passes() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
            "CREATE TRIGGER t BEFORE INSERT ON log FOR EACH ROW"
            " WHEN (NOT pg_try_advisory_lock(7)) EXECUTE FUNCTION passes();"
        ),
        ["INSERT INTO log VALUES (1, 1)", "SELECT pg_advisory_unlock(7)"],
        ["INSERT INTO log VALUES (2, 1)", "SELECT pg_advisory_unlock(7)"],
    ),
    "a held cursor": (
        "",
        [
            *transaction(f"DECLARE c CURSOR WITH HOLD FOR SELECT {TRY}", READS[0]),
            "FETCH c",
            "CLOSE c",
            "SELECT pg_advisory_unlock(7)",
        ],
        [*WRITES, f"SELECT {TRY}", "SELECT pg_advisory_unlock(7)"],
    ),
}
SETTINGS: dict[str, Pair] = {
    "a view's column": (
        f"CREATE VIEW v AS SELECT {LEVEL} AS level;",
        [STRICT, "SELECT level FROM v", *transaction(*READS), "RESET ALL"],
        WRITES,
    ),
    "a default": (
        f"CREATE TABLE d (id integer PRIMARY KEY, level text DEFAULT {LEVEL});",
        [STRICT, "INSERT INTO d VALUES (1)", *transaction(*READS), "DELETE FROM d", "RESET ALL"],
        WRITES,
    ),
    "a check": (
        f"CREATE TABLE d (id integer CHECK ({LEVEL} <> ''));",
        [STRICT, "INSERT INTO d VALUES (1)", *transaction(*READS), "DELETE FROM d", "RESET ALL"],
        WRITES,
    ),
}
SCHEMA: dict[str, Pair] = {
    "create table as": (
        "",
        ["CREATE TABLE made AS SELECT 1 AS n FROM item"],
        ["SELECT to_regclass('made') IS NULL"],
    ),
    "create materialized view": (
        "",
        ["CREATE MATERIALIZED VIEW seen AS SELECT n FROM item"],
        ["SELECT count(*) FROM pg_class WHERE relname = 'seen'"],
    ),
    "select into": (
        "",
        ["SELECT n INTO made FROM item"],
        ["SELECT to_regclass('made') IS NULL"],
    ),
}
SAFE: dict[str, Pair] = {
    "an ordinary view": (
        "CREATE VIEW v AS SELECT id, n FROM item;",
        ["SELECT n FROM v WHERE id = 1"],
        ["SELECT n FROM v WHERE id = 2"],
    ),
    "an ordinary default": (
        "CREATE TABLE d (id integer PRIMARY KEY, n integer DEFAULT 3);",
        ["INSERT INTO d VALUES (1)", "DELETE FROM d WHERE id = 1"],
        ["SELECT n FROM item WHERE id = 2"],
    ),
    "a held cursor that reads": (
        "",
        [*transaction("DECLARE c CURSOR WITH HOLD FOR SELECT n FROM item WHERE id = 1"), "CLOSE c"],
        ["SELECT n FROM item WHERE id = 2"],
    ),
}


@pytest.fixture
def explore(database: Database, observer: Observer) -> Explore:
    """Return a function that runs brute force and the reduced search on two programs."""

    def explored(tables: str, one: Program, two: Program) -> tuple[Certificate, Certificate]:
        world = World(TABLES + tables, RESTORE, ("SELECT * FROM item ORDER BY id",), told=True)
        scripts = [tells(*one), tells(*two)]
        target = Trial(observer, database.superuser, scripts, world)
        with LiveRunner(target, observer, database.address, patience=5.0) as lab:
            reader = reader_of(observer, world.facts)
            return brute_force(lab), one_per_class(lab, 2, reader)

    return explored


@pytest.mark.parametrize("pair", [*LOCKS.values(), *SETTINGS.values()], ids=[*LOCKS, *SETTINGS])
def test_the_reduced_search_misses_no_outcome(explore: Explore, pair: Pair) -> None:
    whole, reduced = explore(*pair)
    assert len(whole.outcomes) > 1, "the order is to be seen"
    assert not reduced.exhausted or set(reduced.outcomes) == set(whole.outcomes)


@pytest.mark.parametrize("name", SCHEMA)
def test_a_change_of_the_schema_is_inconclusive(explore: Explore, name: str) -> None:
    _, reduced = explore(*SCHEMA[name])
    assert not reduced.exhausted, reduced


@pytest.mark.parametrize("name", SAFE)
def test_an_effect_that_the_reader_covers_is_exhausted(explore: Explore, name: str) -> None:
    whole, reduced = explore(*SAFE[name])
    assert reduced.exhausted, reduced.inconclusive
    assert set(reduced.outcomes) == set(whole.outcomes)
