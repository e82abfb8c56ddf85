"""The accounts that the lab starts with.

The passwords are public by design: everyone in a workshop knows them, and the lab listens on
loopback only.
"""

import os
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


# Of a class: each has a password of its own, which is drawn when the class is made.
MOST_STUDENTS = 60
STUDENTS = tuple(f"s{number:02}" for number in range(1, MOST_STUDENTS + 1))


CLASS = "OVERDRAFT_CLASS"
"""Set in the environment where a class uses the lab."""


def is_class() -> bool:
    """Tell whether a class uses the lab."""
    return bool(os.environ.get(CLASS))


def public_accounts() -> tuple[Account, ...]:
    """Return the accounts that everybody may log in to: in a class, all have one of their own."""
    return (STRICT,) if is_class() else ACCOUNTS


def demo_accounts() -> tuple[Account, ...]:
    """Return those of the public accounts that the login page names: one of each kind, or two."""
    known = public_accounts()
    return tuple(each for each in (*USERS[:2], STRICT, ADMIN) if each in known)


def started_as(username: str) -> Account | None:
    """Return the account of this name as the lab started it, or None where it has none.

    Of a student's that is the setting, and not the password.
    """
    if username in STUDENTS:
        return Account(username)
    return next((account for account in ACCOUNTS if account.username == username), None)
