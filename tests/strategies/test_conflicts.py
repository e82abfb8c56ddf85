"""What another transaction does to a withdrawal: tried again, or told, and never half done."""

import psycopg
import pytest

from shared_db import rules, sqlstates
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import Strategy, strategies
from shared_db.locks import ACCOUNT
from shared_db.runtime import runtime
from tests.conftest import Lab
from tests.strategies.conftest import USERNAME, Customer, retries
from tests.strategies.interference import (
    Background,
    Connection,
    counter,
    trigger,
    wait_until_blocked,
)

BY_SLUG = {strategy.slug: strategy for strategy in strategies()}
RETRIED = [
    "version_check",
    "repeatable_read",
    "serializable",
    "serializable_ledger",
    "snapshot_ledger",
    "locked_snapshot",
    "retry_stale_object",
]
ONCE = [slug for slug in BY_SLUG if slug not in RETRIED]


def failing(sqlstate: str, times: int | None = None) -> str:
    """Return PL/pgSQL that fails with this SQLSTATE, always or the first `times` times."""
    condition = "true" if times is None else f"nextval('attempts') <= {times}"
    return f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END IF; RETURN NEW;"


def nothing_done(customer: Customer, strategy: Strategy) -> bool:
    """Tell whether the account is as open_account() left it."""
    state = customer.state(strategy)
    return (state.balance, state.payouts) == (STARTING_MONEY, 0)


@pytest.mark.parametrize(
    "sqlstate",
    [
        sqlstates.SERIALIZATION_FAILURE,
        sqlstates.DEADLOCK_DETECTED,
        sqlstates.LOCK_NOT_AVAILABLE,
        sqlstates.QUERY_CANCELED,
    ],
)
@pytest.mark.parametrize("slug", ONCE)
def test_a_conflict_is_told(
    database: Connection, customer: Customer, slug: str, sqlstate: str
) -> None:
    strategy = BY_SLUG[slug]
    customer.open_account(strategy)
    with trigger(database, "BEFORE INSERT ON withdraw_logs", failing(sqlstate)):
        answer = customer.withdraw(strategy)
    assert answer.status == 503
    assert rules.CONFLICT in answer.main
    assert retries(answer) == 0
    # Django commits each statement by itself where no atomic() makes them one: the debit stays.
    half_done = (slug, customer.stack) == ("no_lock", "django")
    assert nothing_done(customer, strategy) != half_done


@pytest.mark.parametrize("slug", RETRIED)
def test_a_conflict_is_tried_again(database: Connection, customer: Customer, slug: str) -> None:
    strategy = BY_SLUG[slug]
    customer.open_account(strategy)
    body = failing(sqlstates.SERIALIZATION_FAILURE, times=3)
    with counter(database), trigger(database, "BEFORE INSERT ON withdraw_logs", body):
        answer = customer.withdraw(strategy)
    if (slug, customer.stack) == ("retry_stale_object", "django"):
        # The second try looks at what the first has left of the object's money: nothing.
        assert (answer.messages, retries(answer)) == ([rules.INSUFFICIENT_FUNDS], 1)
        return
    assert (answer.status, retries(answer)) == (302, 3)
    state = customer.state(strategy)
    assert (state.balance, state.payouts) == (0, 1)


def test_a_second_try_takes_from_what_the_object_holds(
    lab: Lab, database: Connection, customer: Customer
) -> None:
    strategy = BY_SLUG["retry_stale_object"]
    customer.open_account(strategy, money=50)
    with psycopg.connect(lab.database_url) as other:
        other.execute('UPDATE "user" SET money = 30 WHERE username = %s', (USERNAME,))
        request = Background(lambda: customer.withdraw(strategy, 10))
        wait_until_blocked(database)
        other.commit()
        answer = request.answer()
    assert (answer.status, retries(answer)) == (302, 1)
    assert customer.state(strategy).balance == {"flask": 20, "django": 30}[customer.stack]


def test_a_version_that_is_gone_is_read_again(database: Connection, customer: Customer) -> None:
    strategy = BY_SLUG["version_check"]
    customer.open_account(strategy)
    # The first three updates find no row, as if the version had been bumped.
    body = "IF nextval('attempts') <= 3 THEN RETURN NULL; END IF; RETURN NEW;"
    with counter(database), trigger(database, 'BEFORE UPDATE ON "user"', body):
        answer = customer.withdraw(strategy)
    assert (answer.status, retries(answer)) == (302, 3)
    assert customer.state(strategy).payouts == 1


@pytest.mark.parametrize("slug", ["version_check", "serializable_ledger"])
def test_retries_come_to_an_end(database: Connection, customer: Customer, slug: str) -> None:
    strategy = BY_SLUG[slug]
    customer.open_account(strategy)
    body = failing(sqlstates.SERIALIZATION_FAILURE)
    with trigger(database, "BEFORE INSERT ON withdraw_logs", body):
        answer = customer.withdraw(strategy)
    assert answer.status == 503
    assert rules.CONFLICT in answer.main
    assert retries(answer) == runtime().retry.tries - 1
    assert nothing_done(customer, strategy)


def test_a_deadlock_is_told(lab: Lab, database: Connection, customer: Customer) -> None:
    strategy = BY_SLUG["advisory_lock"]
    customer.open_account(strategy)
    with psycopg.connect(lab.database_url) as other:
        query = 'SELECT id FROM "user" WHERE username = %s FOR UPDATE'
        row = other.execute(query, (USERNAME,)).fetchone()
        assert row is not None
        request = Background(lambda: customer.withdraw(strategy))
        wait_until_blocked(database)
        # The request holds the advisory lock and waits for the row: now the ring is closed, and
        # whoever has waited longest for deadlock_timeout is aborted, which is the request.
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (ACCOUNT, *row))
        answer = request.answer()
    assert answer.status == 503
    assert rules.CONFLICT in answer.main
    assert nothing_done(customer, strategy)


def test_a_constraint_that_a_trap_runs_into_is_told(
    lab: Lab, database: Connection, customer: Customer
) -> None:
    strategy = BY_SLUG["unguarded_decrement"]
    customer.ledger.reset(USERNAME, STARTING_MONEY, forbid_overdraft=True)
    with psycopg.connect(lab.database_url) as other:
        other.execute('UPDATE "user" SET money = 0 WHERE username = %s', (USERNAME,))
        request = Background(lambda: customer.withdraw(strategy))
        wait_until_blocked(database)
        other.commit()
        answer = request.answer()
    assert answer.status == 503
    state = customer.state(strategy)
    assert (state.balance, state.payouts) == (0, 0)


def test_the_next_withdrawal_is_none_the_worse(database: Connection, customer: Customer) -> None:
    strategy = BY_SLUG["early_unlock"]
    for _ in range(2 * runtime().pool_size):
        customer.open_account(strategy)
        body = failing(sqlstates.LOCK_NOT_AVAILABLE)
        with trigger(database, 'BEFORE UPDATE ON "user"', body):
            assert customer.withdraw(strategy).status == 503
        assert customer.withdraw(strategy).status == 302
