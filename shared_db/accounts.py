"""The accounts that the lab starts with.

The passwords are public by design: everyone in a workshop knows them, and the lab listens on
loopback only.
"""

from dataclasses import dataclass

STARTING_MONEY = 10


@dataclass(frozen=True)
class Account:
    """An account to start with; its password is its username."""

    username: str
    is_admin: bool = False
    forbid_overdraft: bool = False

    @property
    def email(self) -> str:
        return f"{self.username}@overdraft.example"

    @property
    def password(self) -> str:
        return self.username


ADMIN = Account("admin", is_admin=True)
USERS = tuple(
    Account(name) for name in ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")
)
# For the pages that need an account whose balance may not fall below zero. No attack uses it.
STRICT = Account("ivan", forbid_overdraft=True)
ACCOUNTS = (ADMIN, *USERS, STRICT)


def started_as(username: str) -> Account | None:
    """Return the account of this name that the lab started with, or None where it had none."""
    return next((account for account in ACCOUNTS if account.username == username), None)
