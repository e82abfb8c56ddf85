"""The whole bench against a stub whose behaviour is known."""

import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from attack import targets
from attack.bench.accounts import Accounts
from attack.bench.limit import Pgbench
from attack.bench.load import Load
from attack.bench.measure import Bench
from attack.bench.orders import Order, Sent
from attack.bench.plan import Cell
from attack.bench.records import Repeat
from attack.bench.script import Script
from attack.bench.sessions import Sessions
from attack.stacks.where import Kind
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from tests.bench.conftest import COUNT
from tests.conftest import Lab
from tests.harness import stub

STRATEGY = strategies()[0]
SCRIPT = Script('SELECT money FROM "user" WHERE id = :id;\n', "simple", 1)
SLOW_S = 0.1

Measure = Callable[..., Repeat]


def slow(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> bool:
    """Pay rightly, and take a while."""
    time.sleep(SLOW_S)
    return stub.safe(connection, user, amount)


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    sessions = Sessions(targets.load())
    yield sessions
    sessions.close()


@pytest.fixture
def measured(lab: Lab, made: Accounts, load: Load, sessions: Sessions) -> Measure:
    """Return a function that measures a stub in place of a stack."""

    def measure(withdraw: stub.Withdraw, accounts: int = 1, clients: int = 8) -> Repeat:
        with stub.serve(lab.database_url, withdraw) as url:
            sessions.log_in(url, COUNT)
            bench = Bench(
                target=targets.load(),
                instances={Kind("flask", 2): url},
                workers=2,
                accounts=made,
                sessions=sessions,
                scripts={("flask", STRATEGY.slug): SCRIPT},
                pages={},
                load=load,
                pgbench=Pgbench(lab.database_url),
            )
            cell = Cell("flask", STRATEGY, STRATEGY.cases[0], accounts, clients, workers=2)
            return bench.measure(cell, 0.5)

    return measure


@pytest.mark.parametrize("accounts", [1, COUNT])
def test_a_safe_withdrawal_is_paid_each_time_and_the_money_is_right(
    measured: Measure, accounts: int
) -> None:
    repeat = measured(stub.safe, accounts)
    assert repeat.faults == ()
    assert repeat.tally.clients == 8
    assert 0 < repeat.tally.succeeded <= repeat.tally.paid
    assert (repeat.tally.failed, repeat.tally.undecided) == (0, 0)
    assert repeat.throughput == repeat.tally.succeeded / 0.5
    assert repeat.limit is not None


def test_a_fast_defence_that_loses_money_is_found(measured: Measure) -> None:
    assert any(words.startswith("wrong: ") for words in measured(stub.racing).faults)


def test_a_payout_that_was_acknowledged_and_never_made_is_found(measured: Measure) -> None:
    assert any("0 logged" in words for words in measured(stub.lying).faults)


def test_who_refuses_everyone_has_no_throughput(measured: Measure) -> None:
    repeat = measured(stub.refusing)
    assert (repeat.throughput, repeat.tally.succeeded, repeat.faults) == (0.0, 0, ())
    assert repeat.tally.failures.keys() == {"200"}


def test_requests_without_an_answer_are_errors_and_undecided(measured: Measure) -> None:
    repeat = measured(stub.crashing)
    assert repeat.tally.failed > 0
    assert repeat.tally.undecided >= repeat.tally.failed
    assert repeat.faults == ()


def test_an_error_page_is_told_by_its_status(measured: Measure) -> None:
    assert measured(stub.answering(503)).tally.failures.keys() == {"503"}


def test_a_lost_session_is_no_payout(measured: Measure) -> None:
    repeat = measured(stub.answering(302, "/login?next=/withdraw1"))
    assert repeat.tally.succeeded == 0
    assert repeat.tally.failures.keys() == {"302 /login?next=/withdraw1"}


def test_latency_is_that_of_the_answer(measured: Measure) -> None:
    repeat = measured(slow, clients=2)
    quantile = repeat.tally.quantile_ms(0.01)
    assert quantile is not None
    assert quantile >= SLOW_S * 1000
    assert repeat.throughput <= 2 / SLOW_S


def test_another_machine_is_no_target(load: Load) -> None:
    order = Order("http://192.0.2.1:8001", (Sent("/", {}, ""),), 1, 0.0, 0.3)
    with pytest.raises(LabError, match="not on this machine"):
        load.send(order)
