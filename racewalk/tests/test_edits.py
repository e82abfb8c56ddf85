"""The same application with other SQL, on a real server and by every way in which SQL is sent."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest

from racewalk.reset.sql import SqlReset
from racewalk.rewrite.changes import Change, Kind, Place
from racewalk.rewrite.editing import Editing
from racewalk.rewrite.texts import shape
from racewalk.schedule.observer import Observer
from racewalk.schedule.record import Answer, Run
from racewalk.schedule.runner import LiveRunner
from racewalk.whatif.said import as_bytes_are
from support.calls import Call, Calls
from support.labs import Database
from support.oracle import brute_force

TABLE = """
CREATE TABLE IF NOT EXISTS pair (id integer PRIMARY KEY, n integer NOT NULL);
INSERT INTO pair VALUES (1, 0), (2, 0) ON CONFLICT DO NOTHING
"""
FACTS = {"n1": "SELECT n FROM pair WHERE id = 1"}
LOCKED = "SELECT n FROM pair WHERE id = {} FOR UPDATE"
FREE = "SELECT n FROM pair WHERE id = {}"
UPDATE = "UPDATE pair SET n = {} WHERE id = {}"

Connect = Callable[[str], Any]


OPEN: list[psycopg.Connection] = []
"""Connections to be closed behind a test."""


def lasting(conninfo: str, threshold: int) -> psycopg.Connection:
    """Connect until the end of the test; from so many times on a statement is prepared."""
    OPEN.append(psycopg.connect(conninfo, prepare_threshold=threshold))
    return OPEN[-1]


def with_parameters(look: str, **how: Any) -> Call:
    """Read and write by the extended protocol, on a connection of its own."""

    def call(conninfo: str) -> Answer:
        with psycopg.connect(conninfo) as connection:
            row = connection.execute(look.format("%s"), (1,), **how).fetchone()
            assert row
            connection.execute(UPDATE.format("%s", "%s"), (row[0] + 1, 1), **how)
        return Answer("done")

    return call


def kept(look: str) -> Call:
    """The same on one connection for all schedules, on which the driver prepares by and by."""
    connections: dict[str, psycopg.Connection] = {}

    def call(conninfo: str) -> Answer:
        if conninfo not in connections:
            connections[conninfo] = lasting(conninfo, 3)
        connection = connections[conninfo]
        with connection.transaction():
            row = connection.execute(look.format("%s"), (1,)).fetchone()
            assert row
            connection.execute(UPDATE.format("%s", "%s"), (row[0] + 1, 1))
        return Answer("done")

    return call


def simple(look: str) -> Call:
    """By the simple protocol."""

    def call(conninfo: str) -> Answer:
        with psycopg.connect(conninfo, cursor_factory=psycopg.ClientCursor) as connection:
            row = connection.execute(look.format("%s"), (1,)).fetchone()
            assert row
            connection.execute(UPDATE.format("%s", "%s"), (row[0] + 1, 1))
        return Answer("done")

    return call


def several(look: str) -> Call:
    """Several statements in one Query."""

    def call(conninfo: str) -> Answer:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            cursor = connection.execute(f"BEGIN; {look.format(1)}; SELECT 2")
            row = cursor.nextset() and cursor.fetchone()
            assert row
            connection.execute(f"{UPDATE.format(row[0] + 1, 1)}; COMMIT")
        return Answer("done")

    return call


def pipelined(look: str) -> Call:
    """In a pipeline."""

    def call(conninfo: str) -> Answer:
        with psycopg.connect(conninfo) as connection, connection.pipeline():
            row = connection.execute(look.format("%s"), (1,)).fetchone()
            assert row
            connection.execute(UPDATE.format("%s", "%s"), (row[0] + 1, 1))
        return Answer("done")

    return call


def with_asyncpg(look: str) -> Call:
    """By asyncpg, which prepares each statement, describes it, and keeps it."""

    async def work(conninfo: str) -> None:
        import asyncpg

        parts = psycopg.conninfo.conninfo_to_dict(conninfo)
        names = {"host": "host", "port": "port", "user": "user", "password": "password"}
        given = {name: parts[key] for key, name in names.items() if key in parts}
        connection = await asyncpg.connect(**given, database=parts["dbname"], ssl=False)
        try:
            for _ in range(2):  # the second time from its cache
                async with connection.transaction():
                    n = await connection.fetchval(look.format("$1"), 1)
                    await connection.execute(UPDATE.format("$1", "$2"), n + 1, 1)
        finally:
            await connection.close()

    def call(conninfo: str) -> Answer:
        asyncio.run(work(conninfo))
        return Answer("done")

    return call


WAYS = {
    "extended": with_parameters,
    "prepared": lambda look: with_parameters(look, prepare=True),
    "kept": kept,
    "simple": simple,
    "several in one": several,
    "pipelined": pipelined,
    "asyncpg": with_asyncpg,
}


@pytest.fixture
def make(database: Database, observer: Observer) -> Iterator[Callable[..., LiveRunner]]:
    """Make runners of calls with changes, and close them in the end."""
    observer.run(TABLE + "; GRANT ALL ON pair TO public")
    made: list[LiveRunner] = []

    def runner_of(calls: Sequence[Call], *changes: Change) -> LiveRunner:
        reset = SqlReset(observer, FACTS, ["UPDATE pair SET n = 0"])
        editing = Editing()
        editing.select(changes)
        target = Calls(database.superuser, calls, reset)
        made.append(LiveRunner(target, observer, database.address, editing=editing))
        return made[-1]

    yield runner_of
    while OPEN:
        OPEN.pop().close()
    for runner in made:
        runner.close()


def on(statement: str, kind: Kind, text: str, nth: int = 0) -> Change:
    """A change of a statement of this shape, however its values are told."""
    return Change(kind, text, Place(statement, nth))


def shapes(look: str) -> list[str]:
    """The shapes of a statement with a parameter and with a constant."""
    return [shape(look.format(value)) for value in ("$1", "1")]


def taken_away(nth: int = 0) -> list[Change]:
    """Take the lock away."""
    return [on(each, Kind.TAKE_AWAY, "FOR UPDATE", nth) for each in shapes(LOCKED)]


def texts(run: Run) -> list[str]:
    """What was said in a run, statement by statement."""
    return [said.sql for step in run.steps for said in step.statements]


@pytest.mark.parametrize("way", WAYS)
def test_without_its_lock_an_update_is_lost(way: str, make: Callable[..., LiveRunner]) -> None:
    calls = [WAYS[way](LOCKED)] * 2
    runner = make(calls, *taken_away())
    ends, locked = set(), False
    for schedule in range(4):  # what is prepared by and by is so in the end
        run, outcome = runner.run()
        locked |= any("FOR UPDATE" in text for text in texts(run))
        assert [answer.kind for answer in run.answers] == ["done", "done"], schedule
        ends.add(outcome.facts["n1"])
    assert not locked
    assert ends == ({4} if way == "asyncpg" else {2})


@pytest.mark.acceptance
@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("asyncpg", "kept")])
def test_each_change_does_what_the_changed_program_does(
    way: str, make: Callable[..., LiveRunner]
) -> None:
    locking = [on(each, Kind.LOCK, "FOR UPDATE") for each in shapes(FREE)]
    for changes, before, after in ((taken_away(), LOCKED, FREE), (locking, FREE, LOCKED)):
        changed = brute_force(make([WAYS[way](before)] * 2, *changes))
        written = brute_force(make([WAYS[way](after)] * 2))
        assert changed.exhausted, changed.inconclusive
        assert changed.outcomes == written.outcomes


def test_a_text_of_any_alphabet_is_changed_byte_by_byte(make: Callable[..., LiveRunner]) -> None:
    look = "SELECT n AS \"größe\", 'für 東京' FROM pair WHERE id = {} FOR UPDATE"
    change = on(shape(as_bytes_are(look.format(1))), Kind.TAKE_AWAY, "FOR UPDATE")
    run, outcome = make([simple(look)], change).run()
    assert look.format(1).removesuffix("FOR UPDATE") in texts(run)
    assert outcome.facts["n1"] == 1


def prepared_once(conninfo_of: dict[str, psycopg.Connection]) -> Call:
    """Look twice by one prepared statement on a connection that lasts, then write."""

    def call(conninfo: str) -> Answer:
        if conninfo not in conninfo_of:
            conninfo_of[conninfo] = lasting(conninfo, 0)
        with conninfo_of[conninfo].transaction():
            found = [
                conninfo_of[conninfo].execute(LOCKED.format("%s"), (key,)).fetchone()
                for key in (1, 1)
            ]
        return Answer("done", str(found))

    return call


@pytest.mark.parametrize("nth", [1, 2])
def test_one_use_of_a_prepared_statement_is_changed_and_the_other_is_not(
    nth: int, make: Callable[..., LiveRunner]
) -> None:
    runner = make([prepared_once({})], *taken_away(nth))
    for _ in range(3):
        run, _ = runner.run()
        looks = ["FOR UPDATE" in text for text in texts(run) if text.startswith("SELECT")]
        assert looks == [nth != 1, nth != 2]
        assert run.answers[0].detail == "[(0,), (0,)]"


def test_set_up_is_left_as_it_is_and_so_is_all_that_nobody_changes(
    make: Callable[..., LiveRunner],
) -> None:
    runner = make([kept(LOCKED)])
    run, _ = runner.run()
    assert LOCKED.format("$1") in texts(run)


def one_transaction(*more: Change) -> list[Change]:
    """Put one transaction around the request."""
    return [Change(Kind.ONE_TRANSACTION), *more]


def twice(conninfo: str) -> Answer:
    """Two transactions, and a statement between them."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        with connection.transaction():
            connection.execute("UPDATE pair SET n = n + 1 WHERE id = 1")
        connection.execute("SELECT n FROM pair")
        with connection.transaction():
            connection.execute("UPDATE pair SET n = n + 1 WHERE id = 1")
        status = connection.info.transaction_status.name
    return Answer("done", status)


def test_one_transaction_is_put_around_and_ends_after_the_answer(
    make: Callable[..., LiveRunner],
) -> None:
    run, outcome = make([twice], *one_transaction()).run()
    assert texts(run) == [
        "BEGIN",
        "SAVEPOINT racewalk_1",
        "UPDATE pair SET n = n + 1 WHERE id = 1",
        "RELEASE SAVEPOINT racewalk_1",
        "SELECT n FROM pair",
        "SAVEPOINT racewalk_2",
        "UPDATE pair SET n = n + 1 WHERE id = 1",
        "RELEASE SAVEPOINT racewalk_2",
        "COMMIT",
    ]
    assert run.answers == (Answer("done", "IDLE"),)
    assert outcome.facts["n1"] == 2


@pytest.mark.parametrize("way", WAYS)
def test_one_transaction_is_put_around_whatever_the_way(
    way: str, make: Callable[..., LiveRunner]
) -> None:
    runner = make([WAYS[way](FREE)], *one_transaction())
    for _ in range(4):
        run, outcome = runner.run()
        said = texts(run)
        assert (said[0], said[-1]) == ("BEGIN", "COMMIT")
        inner = [text for text in said if "SAVEPOINT" in text]
        assert len(inner) == (4 if way == "asyncpg" else 2)
        assert not any(text.strip("; ").upper() in ("BEGIN", "COMMIT") for text in said[1:-1])
        assert run.answers == (Answer("done"),)
        assert outcome.facts["n1"] == (2 if way == "asyncpg" else 1)


def by_hand(conninfo: str) -> Answer:
    """What `simple` says within one transaction, written down."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute("SAVEPOINT racewalk_1")
        row = connection.execute(FREE.format(1)).fetchone()
        assert row
        connection.execute(UPDATE.format(row[0] + 1, 1))
        connection.execute("RELEASE SAVEPOINT racewalk_1")
        connection.execute("COMMIT")
    return Answer("done")


@pytest.mark.acceptance
def test_one_transaction_has_the_orders_of_one_that_is_written(
    make: Callable[..., LiveRunner],
) -> None:
    put_around = brute_force(make([simple(FREE)] * 2, *one_transaction()))
    written = brute_force(make([by_hand] * 2))
    assert put_around.exhausted, put_around.inconclusive
    assert put_around.outcomes == written.outcomes


def failing(conninfo: str) -> Answer:
    """A transaction that fails, one that does not, and an answer that says that it was given up."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        try:
            with connection.transaction():
                connection.execute("UPDATE pair SET n = 9 WHERE id = 1")
                connection.execute("SELECT 1 / 0")
        except psycopg.errors.DivisionByZero:
            connection.execute("UPDATE pair SET n = n + 1 WHERE id = 1")
    return Answer("failed")


def test_an_inner_transaction_fails_by_itself_and_a_given_up_request_is_rolled_back(
    make: Callable[..., LiveRunner],
) -> None:
    run, outcome = make([failing], *one_transaction()).run()
    assert "ROLLBACK TO SAVEPOINT racewalk_1" in texts(run)
    assert [step.error for step in run.steps if step.error] == ["22012"]
    assert texts(run)[-1] == "ROLLBACK"
    assert outcome.facts["n1"] == 0


def test_a_commit_that_fails_is_the_answer(make: Callable[..., LiveRunner]) -> None:
    def look_and_write(key: int) -> Call:
        def call(conninfo: str) -> Answer:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                try:
                    connection.execute("SELECT sum(n) FROM pair")
                    connection.execute("UPDATE pair SET n = n + 1 WHERE id = %s", (key,))
                except psycopg.errors.SerializationFailure:
                    return Answer("failed", "40001")
            return Answer("done")

        return call

    level = Change(Kind.LEVEL, "SERIALIZABLE")
    runner = make([look_and_write(1), look_and_write(2)], *one_transaction(level))
    ends = brute_force(runner).outcomes
    assert {end.answers for end in ends} == {
        ("done", "done"),
        ("done", "failed"),
        ("failed", "done"),
    }
    assert {end.errors for end in ends} == {(), ("40001",)}


def test_a_level_is_every_transactions(make: Callable[..., LiveRunner]) -> None:
    run, _ = make([twice], Change(Kind.LEVEL, "REPEATABLE READ")).run()
    assert texts(run).count("BEGIN ISOLATION LEVEL REPEATABLE READ") == 2
