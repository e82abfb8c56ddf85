"""psycopg 3 as applications use it: many Executes before one Sync, and answers amid a pipeline."""

from collections.abc import Iterator, Sequence

import psycopg
import pytest

from racewalk.reset.sql import SqlReset
from racewalk.schedule.observer import Observer
from racewalk.schedule.record import Answer
from racewalk.schedule.runner import LiveRunner
from support.calls import Call, Calls
from support.labs import Database
from support.oracle import brute_force

TABLE = """
CREATE TABLE IF NOT EXISTS pair (id integer PRIMARY KEY, n integer NOT NULL);
INSERT INTO pair VALUES (1, 0), (2, 0) ON CONFLICT DO NOTHING
"""
UPDATE = "UPDATE pair SET n = n + 1 WHERE id = %s"
FACTS = {f"n{key}": f"SELECT n FROM pair WHERE id = {key}" for key in (1, 2)}  # noqa: S608


@pytest.fixture
def runner_of(
    database: Database, observer: Observer, request: pytest.FixtureRequest
) -> Iterator[LiveRunner]:
    """Run the calls that the test names."""
    observer.run(TABLE + "; GRANT ALL ON pair TO public")
    reset = SqlReset(observer, FACTS, ["UPDATE pair SET n = 0"])
    calls: Sequence[Call] = request.param
    with LiveRunner(Calls(database.superuser, calls, reset), observer, database.address) as runner:
        yield runner


def many(*keys: int) -> Call:
    """Update these rows by executemany, in this order, in one transaction."""

    def call(conninfo: str) -> Answer:
        try:
            with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
                cursor.executemany(UPDATE, [(key,) for key in keys])
        except psycopg.errors.DeadlockDetected:
            return Answer("failed", "40P01")
        return Answer("done")

    return call


def pipelined(key: int) -> Call:
    """Read and write in a pipeline, and fetch amid it."""

    def call(conninfo: str) -> Answer:
        with psycopg.connect(conninfo) as connection, connection.pipeline():
            row = connection.execute("SELECT n FROM pair WHERE id = %s", (key,)).fetchone()
            connection.execute("UPDATE pair SET n = %s WHERE id = %s", ((row or (0,))[0] + 1, key))
        return Answer("done")

    return call


@pytest.mark.parametrize("runner_of", [[many(1, 2), many(2, 1)]], indirect=True)
def test_executemany_in_two_orders_finds_its_deadlock(runner_of: LiveRunner) -> None:
    certificate = brute_force(runner_of)
    assert certificate.exhausted, certificate.inconclusive
    errors = {outcome.errors for outcome in certificate.outcomes}
    assert errors == {(), ("40P01",)}


@pytest.mark.parametrize("runner_of", [[pipelined(1), pipelined(1)]], indirect=True)
def test_a_pipeline_with_a_fetch_works_and_loses_an_update(runner_of: LiveRunner) -> None:
    certificate = brute_force(runner_of)
    assert certificate.exhausted, certificate.inconclusive
    assert {outcome.facts["n1"] for outcome in certificate.outcomes} == {1, 2}
