"""The limit is the same withdrawal: pgbench, with the SQL of a stack, moves the same money."""

from collections.abc import Iterator

import pytest

from attack import targets
from attack.bench import money
from attack.bench.accounts import Accounts
from attack.bench.capture import Capture, capture
from attack.bench.limit import Pgbench
from attack.bench.script import Script
from attack.bench.sessions import page_without_database
from attack.bench.tally import Tally
from shared_db.catalogue import Strategy, strategies
from tests.bench.conftest import COUNT
from tests.conftest import STACKS, Lab

TRANSACTIONS = 20


@pytest.fixture(scope="module", params=STACKS)
def overheard(
    request: pytest.FixtureRequest, lab: Lab, made: Accounts
) -> Iterator[tuple[str, Capture]]:
    """Return each stack, and an instance of it whose statements are overheard."""
    with capture(targets.load(), request.param, lab.database_url) as instance:
        yield request.param, instance


@pytest.mark.parametrize("strategy", strategies(), ids=lambda each: each.slug)
@pytest.mark.parametrize("accounts", [1, COUNT])
def test_pgbench_moves_the_same_money(
    overheard: tuple[str, Capture], lab: Lab, made: Accounts, strategy: Strategy, accounts: int
) -> None:
    stack, instance = overheard
    if stack not in {name for case in strategy.cases for name in case.stacks}:
        return
    script = instance.script(strategy, made)
    made.reset(forbid_overdraft=strategy.forbid_overdraft)
    rate = Pgbench(lab.database_url).rate(script, accounts, 1, seconds=1.0, known=TRANSACTIONS)
    assert rate, "pgbench could not run the SQL"
    derived = strategy.ledger == "derived"
    ledgers = money.read(made.connection, accounts, derived=derived)
    assert money.faults(ledgers, Tally(paid=TRANSACTIONS), accounts) == []


def test_the_page_without_a_database_sends_no_statement(overheard: tuple[str, Capture]) -> None:
    _, instance = overheard
    page = page_without_database(instance.url, targets.load())
    assert instance.statements(page.path, page.headers, page.body) == []


def test_sql_that_the_database_refuses_has_no_rate(lab: Lab) -> None:
    refused = Script("SELECT nothing;\n", "simple", 1)
    assert Pgbench(lab.database_url).rate(refused, 1, 1, seconds=1.0, known=None) is None
