"""The ledger as the database tells it: reset an account, read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from attack.targets import Target
from shared_db import locks
from shared_db.accounts import ACCOUNTS, STARTING_MONEY
from shared_db.errors import LabError
from shared_db.server import connect

_TRY_ALL = f"SELECT pg_try_advisory_lock({locks.ATTACK})"
_TRY_ONE = f"""
SELECT pg_try_advisory_lock_shared({locks.ATTACK}) AND pg_try_advisory_lock({locks.ATTACKED}, id)
FROM "user" WHERE username = %s
"""  # noqa: S608 - keys of ours


@dataclass(frozen=True)
class LedgerState:
    """An account: its balance, the sum of its log rows, and how many there are."""

    balance: int
    paid_out: int
    payouts: int


Others = Mapping[str, tuple[int, int]]
"""Accounts that are not attacked, by their names: the money and the sum of the log rows of each."""


def touched(before: Others, after: Others) -> tuple[str, ...]:
    """Return whose money changed although nobody who owns it was paid so much, by name.

    People may withdraw from their own accounts while another is attacked: then both change.
    """
    return tuple(
        sorted(
            name
            for name, (money, paid) in before.items()
            if name in after and after[name][0] not in (money, money + paid - after[name][1])
        )
    )


class Ledger:
    """Resets and reads accounts by the target's SQL."""

    def __init__(self, target: Target, database_url: str) -> None:
        self._target = target
        self._url = database_url
        self._to_lock: tuple[str, ...] | None = None
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def lock(self, username: str = "") -> None:
        """Keep other attacks off these accounts until close(), or until this process ends.

        Args:
            username: of the one account that will be attacked, so that others can be attacked
                and reset meanwhile; '' for all.

        Raises:
            LabError: another attack is under way, or the database does not answer.
        """
        self.close()
        self._to_lock = (username,) if username else ()
        self._connected()

    def reset(self, username: str, start: int, *, forbid_overdraft: bool = False) -> None:
        """Give an account `start` money and no history.

        Raises:
            LabError: the database does not answer.
        """
        self._execute(
            self._target.reset_sql,
            {"username": username, "start": start, "forbid_overdraft": forbid_overdraft},
        )

    def read(self, username: str, *, derived: bool = False) -> LedgerState:
        """Return the state of an account; a derived balance is its money less all payouts.

        Raises:
            LabError: the database does not answer, or has no such account.
        """
        sql = self._target.read_derived_sql if derived else self._target.read_sql
        row = self._execute(sql, {"username": username}).fetchone()
        if row is None:
            raise LabError(f"the ledger has no account {username} any more: was it deleted?")
        balance, paid_out, payouts = row
        return LedgerState(int(str(balance)), int(str(paid_out)), int(str(payouts)))

    def others(self, usernames: Sequence[str]) -> Others:
        """Return what all accounts but these hold.

        Raises:
            LabError: the database does not answer.
        """
        found = self._execute(self._target.others_sql, {"usernames": list(usernames)})
        return {str(name): (int(str(money)), int(str(paid))) for name, money, paid in found}

    def reset_all(self) -> int:
        """Give every account to start with its money back; return how many there are."""
        for account in ACCOUNTS:
            self.reset(account.username, STARTING_MONEY, forbid_overdraft=account.forbid_overdraft)
        return len(ACCOUNTS)

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _execute(
        self, sql: str, values: dict[str, object] | None = None
    ) -> psycopg.Cursor[tuple[object, ...]]:
        try:
            return self._connected().execute(sql.encode(), values)
        except psycopg.OperationalError:
            # The next call connects anew: a server that was restarted is no reason to give up.
            self.close()
            raise LabError("the database stopped answering: start again") from None
        except psycopg.Error as error:
            self.close()
            told = str(error).partition("\n")[0]
            raise LabError(f"the database has no ledger such as the lab's: {told}") from None

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        if self._connection is None:
            connection = connect(self._url)
            if self._to_lock is not None:
                sql = _TRY_ONE if self._to_lock else _TRY_ALL
                row = connection.execute(sql.encode(), self._to_lock).fetchone()
                if row != (True,):
                    connection.close()
                    raise LabError("another attack is under way on this database: wait for its end")
            self._connection = connection
        return self._connection
