"""Reading and setting an account: from the database, or where it publishes none, by HTTP."""

import secrets
from dataclasses import dataclass
from typing import Protocol

from attack import targets
from attack.ledger import Ledger
from shared_db import catalogue
from shared_db.server import connect
from tests.contract.admin_pages import AdminPages, saved
from tests.contract.browser import Browser, Page
from tests.leaks import end_leaked_locks

# As many withdrawals as the home page shows: both readers then tell the same.
LATEST = 20


def temporary_name() -> str:
    """Return a name that no account has, not even one that an interrupted run has left."""
    return f"temporary-{secrets.token_hex(6)}"


@dataclass(frozen=True)
class Account:
    """The balance, and the latest withdrawals as (number, amount), newest first."""

    money: int
    log: tuple[tuple[int, int], ...]

    def paid_since(self, earlier: "Account") -> list[int]:
        """Return the amounts that were paid out since an earlier look."""
        return [amount for number, amount in self.log if number not in dict(earlier.log)]


class Accounts(Protocol):
    """What the suite does to accounts beside using the site."""

    def give(
        self, username: str, money: int, *, forbid_overdraft: bool = False, derived: bool = False
    ) -> None:
        """Set the balance, in the ledger that is derived from the log or in the stored one."""

    def read(self, username: str) -> Account:
        """Return the account as it is now."""


class DatabaseAccounts:
    """Accounts in the database itself."""

    def __init__(self, database_url: str) -> None:
        self._ledger = Ledger(targets.load(), database_url)
        self._connection = connect(database_url)

    def give(
        self, username: str, money: int, *, forbid_overdraft: bool = False, derived: bool = False
    ) -> None:
        """Set the balance, and forget the withdrawals: both ledgers then hold the same.

        A lock that an earlier withdrawal has leaked is forgotten too.
        """
        end_leaked_locks(self._connection)
        self._ledger.reset(username, money, forbid_overdraft=forbid_overdraft)

    def read(self, username: str) -> Account:
        """Return the account as it is now."""
        rows = self._connection.execute(
            """SELECT withdraw_logs.id, amount FROM withdraw_logs
               JOIN "user" ON "user".id = user_id
               WHERE username = %s ORDER BY withdraw_logs.id DESC LIMIT %s""",
            (username, LATEST),
        ).fetchall()
        log = tuple((int(str(number)), int(str(amount))) for number, amount in rows)
        return Account(self._ledger.read(username).balance, log)

    def close(self) -> None:
        """Close the connections."""
        self._ledger.close()
        self._connection.close()


class PageAccounts:
    """Accounts by the site's own pages: the admin sets, the user's home page tells."""

    def __init__(self, admin: AdminPages, base_url: str) -> None:
        self._admin, self._base_url = admin, base_url
        self._homes: dict[str, Browser] = {}

    def give(
        self, username: str, money: int, *, forbid_overdraft: bool = False, derived: bool = False
    ) -> None:
        """Set the balance; withdrawals stay, so a derived one needs what they paid out on top."""
        if derived:
            money += self._paid_out(username)
        page = self._admin.edit_page(username)
        fields = page.fields(self._admin.at.form) | {"money": str(money)}
        fields.pop("forbid_overdraft", None)
        if forbid_overdraft:
            fields["forbid_overdraft"] = "on"
        assert saved(self._admin.browser.post(page.action(self._admin.at.form), fields))

    def read(self, username: str) -> Account:
        """Return the account as its owner sees it."""
        home = self._get(username, "/")
        rows = [row.css("td") for row in home.html.css("#history tr") if row.css("td")]
        log = tuple((int(cells[0].text()), int(cells[-1].text())) for cells in rows)
        return Account(int(home.text("#balance")), log)

    def _paid_out(self, username: str) -> int:
        path = next(each.path for each in catalogue.strategies() if each.ledger == "derived")
        derived = int(self._get(username, path).text("#balance"))
        return self.read(username).money - derived

    def _get(self, username: str, path: str) -> Page:
        if username not in self._homes:
            self._homes[username] = Browser(self._base_url)
            self._homes[username].log_in(username, username)
        return self._homes[username].get(path)

    def close(self) -> None:
        """Close the connections."""
        for browser in self._homes.values():
            browser.close()
