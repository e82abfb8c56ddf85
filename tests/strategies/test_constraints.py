"""A constraint is known by its name: one refuses an overdraft, and the others are faults."""

import psycopg
import pytest

from shared_db import rules
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import strategies
from tests.strategies.conftest import Customer
from tests.strategies.interference import Connection, trigger

BY_SLUG = {strategy.slug: strategy for strategy in strategies()}
EVERY = pytest.mark.parametrize("slug", ["check_constraint", "check_but_overwrite"])


def violated(constraint: str) -> str:
    """Return PL/pgSQL that fails as a CHECK of this name does."""
    return f"RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"


@EVERY
def test_an_overdraft_is_refused(database: Connection, customer: Customer, slug: str) -> None:
    strategy = BY_SLUG[slug]
    customer.open_account(strategy)
    with trigger(database, "BEFORE INSERT ON withdraw_logs", violated("user_no_overdraft")):
        answer = customer.withdraw(strategy)
    assert (answer.status, answer.messages) == (200, [rules.INSUFFICIENT_FUNDS])


@EVERY
def test_another_constraint_is_an_error(
    database: Connection, customer: Customer, slug: str
) -> None:
    strategy = BY_SLUG[slug]
    customer.open_account(strategy)
    body = violated("withdraw_logs_amount_positive")
    with trigger(database, "BEFORE INSERT ON withdraw_logs", body):
        answer = customer.withdraw(strategy)
    assert answer.status == 500
    state = customer.state(strategy)
    assert (state.balance, state.payouts) == (STARTING_MONEY, 0)


@pytest.mark.parametrize("amount", [0, -10])
def test_the_log_takes_no_amount_that_pays_nothing(database: Connection, amount: int) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="withdraw_logs_amount_positive"):
        database.execute(
            'INSERT INTO withdraw_logs (user_id, amount) SELECT min(id), %s FROM "user"', (amount,)
        )
