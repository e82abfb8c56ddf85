"""The isolation level at which each strategy writes, told by the transaction itself."""

from collections.abc import Iterator

import pytest

from shared_db.catalogue import Strategy, strategies
from shared_db.runtime import runtime
from tests.strategies.conftest import Customer
from tests.strategies.interference import Connection, trigger

LEVELS = {
    "repeatable_read": "repeatable read",
    "snapshot_ledger": "repeatable read",
    "locked_snapshot": "repeatable read",
    "retry_stale_object": "repeatable read",
    "serializable": "serializable",
    "serializable_ledger": "serializable",
}
EVERY = pytest.mark.parametrize("strategy", strategies(), ids=lambda each: each.slug)


@pytest.fixture
def levels(database: Connection) -> Iterator[Connection]:
    """Have each inserted log row tell the level of its transaction (SHOW transaction_isolation)."""
    database.execute("CREATE TABLE levels (level text)")
    body = "INSERT INTO levels VALUES (current_setting('transaction_isolation')); RETURN NEW;"
    with trigger(database, "BEFORE INSERT ON withdraw_logs", body):
        yield database
    database.execute("DROP TABLE levels")


def told(levels: Connection) -> list[object]:
    """Return the levels told since the last call."""
    return [row[0] for row in levels.execute("DELETE FROM levels RETURNING level")]


@EVERY
def test_level(levels: Connection, customer: Customer, strategy: Strategy) -> None:
    customer.open_account(strategy)
    assert customer.withdraw(strategy).status == 302
    assert told(levels) == [LEVELS.get(strategy.slug, runtime().isolation)]


@pytest.mark.parametrize("slug", LEVELS)
def test_a_level_ends_with_its_transaction(
    levels: Connection, customer: Customer, slug: str
) -> None:
    by_slug = {strategy.slug: strategy for strategy in strategies()}
    customer.open_account(by_slug[slug])
    for amount, status in ((1, 302), (100, 200)):  # after a payout and after a refusal
        assert customer.withdraw(by_slug[slug], amount).status == status
        told(levels)
        assert customer.withdraw(by_slug["no_lock"], 1).status == 302
        assert told(levels) == [runtime().isolation]
