"""Settings of a session that are another than they look like, and what they hide.

As in `test_corners`: brute force runs every schedule, and the reduced search has to find the same,
or to say that it cannot tell.
"""

from collections.abc import Callable, Sequence

import pytest

from racewalk.commute.initial import reader_of
from racewalk.errors import StalledError
from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule
from racewalk.search.certificate import Certificate
from support.labs import Database
from support.oracle import one_per_class
from support.trials import CLOSE, Said, Trial, World, tells

TABLES = """
CREATE TABLE cell (id integer PRIMARY KEY, n integer, code text UNIQUE);
CREATE FUNCTION sees() RETURNS integer LANGUAGE plpgsql STABLE AS
    $$BEGIN RETURN (SELECT n FROM cell WHERE id = 1); END$$
"""
RESTORE = """
TRUNCATE cell;
INSERT INTO cell VALUES (1, 1, 'aa'), (2, 2, 'bb'), (3, 3, chr(233))
"""
WORLD = World(TABLES, RESTORE, ("SELECT * FROM cell ORDER BY id",))
READS = ("BEGIN", "SELECT n FROM cell WHERE id = 1", "SELECT n FROM cell WHERE id = 2", "COMMIT")
WRITES = ("UPDATE cell SET n = 8 WHERE id = 2",)
LEVEL = "default_transaction_isolation"
UNDONE: dict[str, Sequence[Said]] = {
    "SET, and ROLLBACK": ("BEGIN", f"SET {LEVEL} = 'repeatable read'", "ROLLBACK"),
    "set_config of one transaction": (
        "BEGIN",
        f"SELECT set_config('{LEVEL}', 'repeatable read', true)",
        "COMMIT",
    ),
    "the same, by values": (
        "BEGIN",
        ("SELECT set_config($1, $2, $3)", (LEVEL, "repeatable read", "true")),
        "COMMIT",
    ),
    "set_config, and a failure": (
        f"SELECT set_config('{LEVEL}', 'repeatable read', false), 1 / 0",
    ),
    "DO": (f"DO $$BEGIN SET {LEVEL} = 'repeatable read'; END$$",),
    "DO and EXECUTE": (f"DO $$BEGIN EXECUTE 'SET {LEVEL} = ''repeatable read'''; END$$",),
}
ESCAPES = "SET standard_conforming_strings = off"
MISREAD: dict[str, tuple[Sequence[Said], Sequence[Said]]] = {
    "a backslash that escapes a quote": (
        (
            *(ESCAPES, "BEGIN"),
            "UPDATE cell SET n = 5, code = '\\' WHERE id = 1 --' WHERE id = 2",
            *("COMMIT", CLOSE),
        ),
        ("SELECT n FROM cell WHERE id = 2",),
    ),
    "a backslash that escapes a number": (
        (ESCAPES, "SELECT n FROM cell WHERE code = 'a\\141'", CLOSE),
        ("UPDATE cell SET n = 8 WHERE code = 'aa'",),
    ),
    "another encoding": (
        (
            "SET client_encoding = 'latin1'",
            ("SELECT n FROM cell WHERE code = $1::text", ("\u00e9".encode("latin1"),)),
            CLOSE,
        ),
        (("UPDATE cell SET n = 8 WHERE code = $1", ("\u00e9",)),),
    ),
    "a text whose blanks do not count": (
        (("SELECT n FROM cell WHERE code = $1::bpchar", ("aa ",)),),
        ("UPDATE cell SET n = 8 WHERE code = 'aa'",),
    ),
}
DOUBTS = {
    "nested plans": "SET auto_explain.log_nested_statements = off",
    "their schemas": "SELECT set_config('auto_explain.log_verbose', 'off', false)",
    "a timeout, by DO": "DO $$BEGIN SET lock_timeout = '10ms'; END$$",
}
SAFE = "ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE"
LOOK = "SELECT n FROM cell WHERE id = 1"
SERIAL = ("BEGIN ISOLATION LEVEL SERIALIZABLE", "UPDATE cell SET n = 9 WHERE id = 1", "COMMIT")


@pytest.mark.parametrize("name", UNDONE)
def test_a_level_that_was_not_set(check_in: Callable[..., Certificate], name: str) -> None:
    assert len(check_in(WORLD, (*UNDONE[name], *READS, CLOSE), WRITES).outcomes) > 1


def test_a_level_that_a_savepoint_refuses(check_in: Callable[..., Certificate]) -> None:
    refused = ("SAVEPOINT s", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "ROLLBACK TO s")
    programs = (("SELECT 1", READS[0], *refused, *READS[1:]), WRITES)
    assert len(check_in(WORLD, *programs).outcomes) > 1


@pytest.mark.parametrize("name", MISREAD)
def test_a_text_that_means_another(check_in: Callable[..., Certificate], name: str) -> None:
    assert len(check_in(WORLD, *MISREAD[name]).outcomes) > 1


def test_a_session_that_begins_with_escapes(check_in: Callable[..., Certificate]) -> None:
    world = World(TABLES, RESTORE, WORLD.rows, "-c standard_conforming_strings=off")
    look = ("SELECT n FROM cell WHERE code = 'a\\141'",)
    assert len(check_in(world, look, ("UPDATE cell SET n = 8 WHERE code = 'aa'",)).outcomes) > 1


@pytest.mark.parametrize("name", DOUBTS)
def test_what_hides_is_a_doubt(database: Database, observer: Observer, name: str) -> None:
    programs = ((DOUBTS[name], "SELECT sees()", CLOSE), ("UPDATE cell SET n = 9 WHERE id = 1",))
    assert "in doubt" in told(database, observer, *programs)


@pytest.mark.parametrize(
    "begin",
    [
        (f"BEGIN {SAFE}",),
        ("SELECT 1", "BEGIN", f"SET TRANSACTION {SAFE}"),
        (
            "SET default_transaction_deferrable = on",
            "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
        ),
    ],
)
def test_a_snapshot_that_is_waited_for(
    database: Database, observer: Observer, begin: Sequence[Said]
) -> None:
    programs = ((*begin, LOOK, "COMMIT", CLOSE), SERIAL)
    assert "DEFERRABLE" in told(database, observer, *programs)
    alone = ((*begin, LOOK, "COMMIT", CLOSE), ("UPDATE cell SET n = 9 WHERE id = 1",))
    assert "DEFERRABLE" in told(database, observer, *alone)


def test_who_waits_for_a_snapshot_is_told_at_once(database: Database, observer: Observer) -> None:
    scripts = [tells(f"BEGIN {SAFE}", LOOK, "COMMIT"), tells(*SERIAL)]
    target = Trial(observer, database.superuser, scripts, WORLD)
    told = pytest.raises(StalledError, match=r"request A waits for a snapshot .* DEFERRABLE")
    with LiveRunner(target, observer, database.address, patience=600.0) as lab, told:
        lab.run(Schedule.parse("BBAA"))


@pytest.mark.parametrize(
    "begin", [f"BEGIN {SAFE.replace('DEF', 'NOT DEF')}", "BEGIN READ ONLY DEFERRABLE"]
)
def test_no_snapshot_is_waited_for(check_in: Callable[..., Certificate], begin: str) -> None:
    assert len(check_in(WORLD, (begin, LOOK, "COMMIT"), SERIAL).outcomes) > 1


def told(database: Database, observer: Observer, *programs: Sequence[Said]) -> str:
    """Return why a search of the programs is inconclusive."""
    scripts = [tells(*statements) for statements in programs]
    target = Trial(observer, database.superuser, scripts, WORLD)
    with LiveRunner(target, observer, database.address, patience=30.0) as lab:
        return str(one_per_class(lab, len(scripts), reader_of(observer)).inconclusive)
