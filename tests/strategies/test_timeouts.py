"""A withdrawal waits for nobody without end: the timeouts of runtime.toml, on both stacks."""

import time

import psycopg
import pytest

from shared_db import rules, sqlstates
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import strategies
from shared_db.runtime import runtime, session_options
from tests.conftest import Lab
from tests.strategies.conftest import USERNAME, Customer, retries
from tests.strategies.interference import Connection, trigger

BY_SLUG = {strategy.slug: strategy for strategy in strategies()}
TIMEOUTS = [sqlstates.LOCK_NOT_AVAILABLE, sqlstates.QUERY_CANCELED]
HOLD = 'SELECT 1 FROM "user" WHERE username = %s FOR UPDATE'


def failing(sqlstate: str) -> str:
    """Return PL/pgSQL that fails with this SQLSTATE."""
    return f"RAISE EXCEPTION USING ERRCODE = '{sqlstate}';"


def test_both_stacks_set_them(database: Connection, customer: Customer) -> None:
    strategy = BY_SLUG["no_lock"]
    customer.open_account(strategy)
    database.execute("CREATE TABLE told (name text, milliseconds text)")
    body = """INSERT INTO told SELECT name, setting FROM pg_settings
              WHERE name IN ('lock_timeout', 'statement_timeout'); RETURN NEW;"""
    try:
        with trigger(database, "BEFORE INSERT ON withdraw_logs", body):
            assert customer.withdraw(strategy).status == 302
        told = {str(name): value for name, value in database.execute("SELECT * FROM told")}
    finally:
        database.execute("DROP TABLE told")
    assert told == {
        "lock_timeout": str(runtime().lock_timeout_ms),
        "statement_timeout": str(runtime().statement_timeout_ms),
    }


@pytest.mark.parametrize("slug", ["row_lock", "repeatable_read"])
def test_a_wait_ends_and_is_told(lab: Lab, customer: Customer, slug: str) -> None:
    strategy = BY_SLUG[slug]
    customer.open_account(strategy)
    with psycopg.connect(lab.database_url) as other:
        other.execute(HOLD, (USERNAME,))
        began = time.monotonic()
        answer = customer.withdraw(strategy)
        waited = time.monotonic() - began
    assert answer.status == 503
    assert rules.CONFLICT in answer.main
    # The retry of repeatable_read is for those that were aborted: it would wait again.
    assert retries(answer) == 0
    assert runtime().lock_timeout_ms / 1000 <= waited < runtime().statement_timeout_ms / 1000
    assert customer.state(strategy).balance == STARTING_MONEY


@pytest.mark.parametrize("sqlstate", TIMEOUTS)
@pytest.mark.parametrize("slug", ["version_check", "repeatable_read", "serializable_ledger"])
def test_a_timeout_is_not_tried_again(
    database: Connection, customer: Customer, slug: str, sqlstate: str
) -> None:
    strategy = BY_SLUG[slug]
    customer.open_account(strategy)
    with trigger(database, "BEFORE INSERT ON withdraw_logs", failing(sqlstate)):
        answer = customer.withdraw(strategy)
    assert (answer.status, retries(answer)) == (503, 0)
    state = customer.state(strategy)
    assert (state.balance, state.payouts) == (STARTING_MONEY, 0)


def test_options_of_the_url_stay() -> None:
    assert session_options("-csearch_path=x").startswith("-csearch_path=x -c lock_timeout=")
