"""Where the account's setting keeps a page from showing what it is for, it says what to do."""

import pytest

from shared_db import rules
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import Strategy, strategies
from tests.strategies.conftest import USERNAME, Customer


@pytest.mark.parametrize("forbid_overdraft", [True, False])
@pytest.mark.parametrize("strategy", strategies(), ids=lambda each: each.slug)
def test_notice(customer: Customer, strategy: Strategy, forbid_overdraft: bool) -> None:
    customer.ledger.reset(USERNAME, STARTING_MONEY, forbid_overdraft=forbid_overdraft)
    page = customer.browser.get(strategy.path)
    notices = [node.text() for node in page.html.css("[role=note]")]
    wrong = {
        ("forbid_overdraft", False): [f"{rules.NEEDS_FORBID_OVERDRAFT} Log in as ivan / ivan."],
        ("allow_overdraft", True): [
            f"{rules.NEEDS_ALLOW_OVERDRAFT} Reset your account, and it is as it should be."
        ],
    }
    assert notices == wrong.get((strategy.account, forbid_overdraft), [])
