"""Accounts of a bench in the lab's database, and a running generator."""

from collections.abc import Iterator

import pytest

from attack import targets
from attack.bench.accounts import Accounts, accounts
from attack.bench.load import Load
from attack.ledger import Ledger
from tests.conftest import Lab

COUNT = 5


@pytest.fixture(scope="package")
def made(lab: Lab) -> Iterator[Accounts]:
    """Return accounts that nobody else uses meanwhile."""
    ledger = Ledger(targets.load(), lab.database_url)
    ledger.lock()
    try:
        with accounts(lab.database_url, COUNT) as made:
            yield made
    finally:
        ledger.close()


@pytest.fixture(scope="package")
def load() -> Iterator[Load]:
    """Return a generator that sends the load itself."""
    with Load() as load:
        yield load
