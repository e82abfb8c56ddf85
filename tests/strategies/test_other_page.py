"""The e-mail address that other_page is attacked with: a reset puts it back."""

from shared_db.accounts import STARTING_MONEY
from tests.strategies.conftest import USERNAME, Customer
from tests.strategies.interference import Connection

OWN = f"{USERNAME}@overdraft.example"


def email(database: Connection, username: str = USERNAME) -> object:
    """Return the address of a user."""
    row = database.execute('SELECT email FROM "user" WHERE username = %s', (username,)).fetchone()
    assert row is not None
    return row[0]


def test_a_reset_puts_it_back(database: Connection, customer: Customer) -> None:
    assert customer.browser.fill("/email", {"email": "new@elsewhere.example"}).status == 302
    assert email(database) == "new@elsewhere.example"
    customer.ledger.reset(USERNAME, STARTING_MONEY)
    assert email(database) == OWN


def test_a_reset_leaves_it_where_somebody_else_has_taken_it(
    database: Connection, customer: Customer
) -> None:
    assert customer.browser.fill("/email", {"email": "new@elsewhere.example"}).status == 302
    take = 'UPDATE "user" SET email = %s WHERE username = %s'
    before = email(database, "erin")
    database.execute(take, (OWN, "erin"))
    try:
        customer.ledger.reset(USERNAME, STARTING_MONEY)
        assert email(database) == "new@elsewhere.example"
    finally:
        database.execute(take, (before, "erin"))
