"""A worker dies in the middle of a withdrawal: both the debit and the log row stay, or neither."""

import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import psutil
import psycopg
import pytest

from attack.stacks import state
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import Strategy, strategies
from tests.conftest import STACKS, Lab
from tests.contract.browser import Page
from tests.strategies.conftest import USERNAME, Customer
from tests.strategies.interference import Background, Connection, wait_until_blocked

pytestmark = pytest.mark.acceptance

SKIPS = {"skip_locked"}
"""They refuse where others wait: nothing of theirs can be killed while it waits for the row."""
WAIT_FOR_THE_ROW = [
    strategy
    for strategy in strategies()
    if strategy.ledger == "stored" and strategy.slug not in SKIPS
]
_WITHIN_S = 10.0

# Where Django has no atomic() around them, each statement is committed by itself: the server ends
# the one that was under way, and the next never comes.
BOTH = (0, 1)
NEITHER = (STARTING_MONEY, 0)
DEBIT_ONLY = (0, 0)
AFTER_INSERT = {("no_lock", "django"): BOTH}
AFTER_UPDATE = {("no_lock", "django"): DEBIT_ONLY}


def crash(lab: Lab, database: Connection, customer: Customer, strategy: Strategy, hold: str) -> str:
    """Kill the worker while its statement waits for what `hold` locks; return the statement."""
    customer.open_account(strategy)
    with psycopg.connect(lab.database_url) as other:
        other.execute(hold.encode(), {"username": USERNAME})
        request = Background(unless_cut_off(lambda: customer.withdraw(strategy)))
        backend = wait_until_blocked(database)
        row = database.execute(
            "SELECT client_port, query FROM pg_stat_activity WHERE pid = %s", (backend,)
        ).fetchone()
        assert row is not None
        worker(customer.stack, client_port=int(str(row[0]))).kill()
        assert request.ended() is None, "the request was answered, so its worker was not killed"
        other.rollback()
    wait_until_gone(database, backend)
    return str(row[1]).lstrip()


def unless_cut_off(request: Callable[[], Page]) -> Callable[[], Page | None]:
    """Return the request as one that has no answer when the connection is cut off."""

    def cut_off() -> Page | None:
        with suppress(httpx.TransportError):
            return request()
        return None

    return cut_off


def worker(stack: str, client_port: int) -> psutil.Process:
    """Return the worker of the stack that holds the database connection from this port."""
    running = state.running()
    assert running, "local stacks are needed: a worker of theirs is killed"
    master = running.children[list(STACKS).index(stack)]
    for process in psutil.Process(master.pid).children():
        with suppress(psutil.NoSuchProcess):
            if any(each.laddr.port == client_port for each in process.net_connections()):
                return process
    raise AssertionError("no worker of the stack holds the connection")


def wait_until_gone(database: Connection, backend: int) -> None:
    """Wait until the server has ended a backend whose client is dead."""
    deadline = time.monotonic() + _WITHIN_S
    query = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
    while database.execute(query, (backend,)).fetchone() is not None:
        assert time.monotonic() < deadline, "the backend of a dead client still runs"
        time.sleep(0.005)


def left(customer: Customer, strategy: Strategy) -> tuple[int, int]:
    """Return the balance and the number of log rows."""
    found = customer.state(strategy)
    return found.balance, found.payouts


@pytest.mark.parametrize("strategy", strategies(), ids=lambda each: each.slug)
def test_crash_at_the_insert(
    lab: Lab, database: Connection, customer: Customer, strategy: Strategy
) -> None:
    hold = "LOCK TABLE withdraw_logs IN SHARE MODE"  # reading goes on, inserting waits
    assert crash(lab, database, customer, strategy, hold).startswith("INSERT INTO")
    expected = AFTER_INSERT.get((strategy.slug, customer.stack), NEITHER)
    assert left(customer, strategy) == expected


@pytest.mark.parametrize("strategy", WAIT_FOR_THE_ROW, ids=lambda each: each.slug)
def test_crash_at_the_row(
    lab: Lab, database: Connection, customer: Customer, strategy: Strategy
) -> None:
    # Updating and locking the row wait; a foreign key's check of it goes on.
    hold = 'SELECT 1 FROM "user" WHERE username = %(username)s FOR NO KEY UPDATE'
    assert crash(lab, database, customer, strategy, hold).startswith(("UPDATE", "SELECT"))
    expected = AFTER_UPDATE.get((strategy.slug, customer.stack), NEITHER)
    assert left(customer, strategy) == expected
