"""psycopg 3 as applications use it: many Executes before one Sync, and answers amid a pipeline."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from racewalk import Explorer
from racewalk.reset.sql import SqlReset
from racewalk.scenario.file import load
from racewalk.scenario.provide import provided
from racewalk.scenario.races import race_of
from racewalk.schedule.observer import Observer
from racewalk.schedule.record import Answer
from racewalk.schedule.runner import LiveRunner
from racewalk.server.embedded import EmbeddedServer
from support.calls import Call, Calls
from support.labs import Database
from support.oracle import brute_force
from support.scenarios import shop

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


@pytest.mark.parametrize("memory", [True, False])
def test_a_race_that_varies_ends_whoever_counts(
    tmp_path: Path, server: EmbeddedServer, memory: bool
) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop(server.url(), "persistent").replace('"/buy"', '"/buy-noted"'))
    scenario, runs = load(file), 0
    written = scenario.content.race[:1]

    def seen(*_run: object) -> None:
        nonlocal runs
        runs += 1
        assert runs < 50, "it begins anew again and again"

    with provided(scenario, written, 1) as (_, (setting,)):
        race = replace(race_of(scenario, written[0]), alone=None, serial=False, warm=10)
        with Explorer(setting.database, setting.folder) as explorer:
            found = explorer.explore(race, memory=memory, seen=seen)
    assert found.diverged
