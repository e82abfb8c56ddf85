"""The reset by itself: only what was written is put back, and all of it, sequences included."""

import re
from collections.abc import Iterator
from time import perf_counter

import psycopg
import pytest

from racewalk.reset.copies import Copies
from racewalk.reset.written import WrittenReset
from racewalk.schedule.masks import Masks
from racewalk.schedule.observer import Observer, Result
from racewalk.server.embedded import EmbeddedServer
from support.scenarios import empty

SCHEMA = """
CREATE SCHEMA "odd name";
CREATE TABLE parent (id serial PRIMARY KEY, name text UNIQUE, twice text GENERATED ALWAYS AS
    (name || name) STORED);
CREATE TABLE child (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent integer REFERENCES parent ON DELETE CASCADE, "select" jsonb);
ALTER TABLE parent ADD COLUMN favourite bigint REFERENCES child;
CREATE TABLE "odd name"."Table" (a integer, b text, PRIMARY KEY (b, a));
CREATE TABLE keyless (what text);
CREATE TABLE parted (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE untouched (id integer PRIMARY KEY);
CREATE TABLE many (id integer PRIMARY KEY, n integer);
CREATE TABLE held (id integer PRIMARY KEY, until timestamptz);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF old.name = ''fixed'' THEN RAISE ''no''; END IF; RETURN old; END';
CREATE TRIGGER no_delete BEFORE DELETE ON parent FOR EACH ROW EXECUTE FUNCTION refuse();
INSERT INTO parent (name) VALUES ('fixed'), ('a'), ('b');
INSERT INTO child (parent, "select") VALUES (1, '{"x": 1}'), (2, NULL);
UPDATE parent SET favourite = 1 WHERE id = 1;
INSERT INTO "odd name"."Table" VALUES (1, 'x'), (2, 'y');
INSERT INTO keyless VALUES ('one'), ('one'), ('two');
INSERT INTO parted VALUES (1, '2026-05-05');
INSERT INTO held VALUES (1, now() - interval '1 month'), (2, now());
INSERT INTO many SELECT n, 0 FROM generate_series(1, 3000) AS n;
"""
TABLES = ("parent", "child", '"odd name"."Table"', "keyless", "parted", "untouched", "many")
WRITES = {
    "change": "UPDATE parent SET name = 'c' WHERE id = 2",
    "change nothing": "UPDATE parent SET name = name",
    "insert": "INSERT INTO child (parent) VALUES (2), (3)",
    "cascade": "DELETE FROM parent WHERE id = 2",
    "composite key": 'UPDATE "odd name"."Table" SET a = a + 10; DELETE FROM "odd name"."Table" '
    "WHERE b = 'x'",
    "without a key": "DELETE FROM keyless WHERE what = 'one'; INSERT INTO keyless VALUES ('three')",
    "a partition": "UPDATE parted SET id = 2",
    "a large table": "UPDATE many SET n = 1 WHERE id < 10; DELETE FROM many WHERE id > 2990; "
    "INSERT INTO many VALUES (5000, 1)",
    "a sequence alone": "SELECT nextval('parent_id_seq'), nextval('child_id_seq')",
    "rolled back": "BEGIN; UPDATE child SET parent = NULL; "
    "INSERT INTO parent (name) VALUES ('z'); ROLLBACK",
    "truncate": "TRUNCATE keyless, child CASCADE",
}


@pytest.fixture(scope="module")
def url(server: EmbeddedServer) -> str:
    """Make a database of many kinds of tables."""
    url = empty(server, "copies")
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)
    return url


@pytest.fixture
def watching(url: str) -> Iterator[Observer]:
    """Connect as the explorer does."""
    observer = Observer(url)
    yield observer
    observer.close()


def state(url: str) -> list[object]:
    """Return all rows, in the order in which they lie where few do, and what sequences give."""
    with psycopg.connect(url) as connection:
        found: list[object] = []
        for table in TABLES:
            order = "1" if table == "many" else "ctid"
            rows = connection.execute(f"SELECT t::text FROM {table} t ORDER BY {order}")  # noqa: S608
            found.append(rows.fetchall())
        sequences = connection.execute(
            "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
        )
        return [*found, sequences.fetchall()]


@pytest.mark.parametrize("write", WRITES)
def test_what_was_written_is_put_back(url: str, watching: Observer, write: str) -> None:
    reset = WrittenReset(watching, Copies(watching, "t"), {}, (), Masks(), ())
    before = state(url)
    for _ in range(2):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(WRITES[write])
        reset()
        assert state(url) == before


def test_rows_tell_what_was_written_and_nothing_else(url: str, watching: Observer) -> None:
    reset = WrittenReset(watching, Copies(watching, "t"), {"n": "SELECT 1"}, (), Masks(), ())
    assert reset().rows == ""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "UPDATE parent SET name = 'c' WHERE id = 2; DELETE FROM keyless WHERE what = 'two'"
        )
        connection.execute("UPDATE many SET n = n WHERE id = 1")
    facts = reset()
    assert facts.rows.splitlines() == [
        '  parent (id 2): name: "a" → "c"',
        '- keyless: what = "two"',
    ]
    assert facts["n"] == 1
    assert reset().rows == ""


def test_before_comes_after_it_and_is_undone_by_the_next(url: str, watching: Observer) -> None:
    copies = Copies(watching, "t")
    start = state(url)
    reset = WrittenReset(
        watching, copies, {}, ["UPDATE many SET n = n + 1 WHERE id = 1"], Masks(), ()
    )
    for _ in range(3):
        reset()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM many WHERE id = 1").fetchone() == (1,)
    copies.put_back()
    assert state(url) == start


def test_a_moment_is_told_by_how_far_it_was_moved_from_what_before_has_made_it(
    url: str, watching: Observer
) -> None:
    before = [
        "UPDATE held SET until = now() + interval '20 minutes' WHERE id = 1",
        "INSERT INTO held VALUES (3, now())",
    ]
    reset = WrittenReset(watching, Copies(watching, "t"), {}, before, Masks(), ())
    assert reset().rows == ""

    def rows(one: str, three: str) -> list[str]:
        return [f"  held (id 1): until: <time> → {one}", f"+ held: id = 3, until = {three}"]

    assert reset().rows.splitlines() == rows("<time + 20 minutes>", "<time>")
    for minutes in (15, 30, 15):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "UPDATE held SET until = until + make_interval(mins => %s)", (minutes,)
            )
        told = f"{minutes} minutes later"
        first, last = rows(told, told)
        assert reset().rows.splitlines() == [
            first,
            f"  held (id 2): until: <time> → {told}",
            last,
        ]


def test_nothing_of_it_stays(url: str) -> None:
    observer = Observer(url)
    Copies(observer, "t")
    observer.close()
    with psycopg.connect(url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'racewalk%'")
        deadline = perf_counter() + 5
        while left.fetchone() != (0,) and perf_counter() < deadline:
            left = connection.execute(
                "SELECT count(*) FROM pg_class WHERE relname LIKE 'racewalk%'"
            )
        assert connection.execute(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'racewalk%'"
        ).fetchone() == (0,)


def test_sixteen_written_tables_of_eighty_are_put_back_by_three_messages(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = empty(server, "wide")
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(80):
            connection.execute(f"CREATE TABLE t{number} (id serial PRIMARY KEY, n integer)")
            connection.execute(f"INSERT INTO t{number} (n) SELECT 0 FROM generate_series(1, 20)")  # noqa: S608
        observer = Observer(url)
        reset = WrittenReset(observer, Copies(observer, "t"), {}, (), Masks(), ())
        ask, asked = observer.results, list[str]()

        def noted(said: str) -> list[Result]:
            asked.append(said)
            return ask(said)

        monkeypatch.setattr(observer, "results", noted)
        for _ in range(3):
            for number in range(16):
                connection.execute(f"UPDATE t{number} SET n = n + 1 WHERE id = 1")  # noqa: S608
            asked.clear()
            assert len(reset().rows.splitlines()) == 16
            _, *of_the_written = asked
            assert len(of_the_written) == 2
            for said in of_the_written:
                named = set(re.findall(r"\bt\d+\b", said))
                assert named == {f"t{number}" for number in range(16)}
        observer.close()
