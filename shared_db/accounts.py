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
ACCOUNTS = (ADMIN, *USERS)
