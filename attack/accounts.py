"""Whose accounts are attacked: who is logged in where, and who is not used again."""

from collections.abc import Sequence
from typing import Protocol

from attack.client import Session
from attack.targets import Target
from shared_db.accounts import USERS


class Login(Protocol):
    """What an account is logged in by."""

    @property
    def username(self) -> str: ...

    @property
    def password(self) -> str: ...


class Accounts:
    """One account at a time, the same on every instance, and its sessions."""

    def __init__(
        self, target: Target, users: Sequence[Login] = USERS, busy: Sequence[str] = ()
    ) -> None:
        """Log nobody in yet.

        Args:
            target: where to log in.
            users: whose accounts may be attacked, the last first: people play with the first.
            busy: names of accounts whose owners do as they please meanwhile.
        """
        self._target = target
        self._sessions: dict[str, Session] = {}
        self._all, self._busy = tuple(users), tuple(busy)
        self._users = list(reversed(users))

    @property
    def username(self) -> str:
        """The account in use."""
        return self._users[0].username

    @property
    def retired(self) -> tuple[str, ...]:
        """The accounts that are not used again."""
        used = {user.username for user in self._users}
        return tuple(user.username for user in self._all if user.username not in used)

    @property
    def apart(self) -> tuple[str, ...]:
        """The accounts of which money may change, and none of it be wrong.

        Of a retired account a request may still be under way.
        """
        return (self.username, *self.retired, *self._busy)

    def session(self, url: str) -> Session:
        """Return the account's session with the instance at this URL; log in where there is none.

        Raises:
            LabError: the instance does not answer.
            LoginRefusedError: it knows no such user or password.
        """
        if url not in self._sessions:
            user = self._users[0]
            self._sessions[url] = Session(self._target, url, user.username, user.password)
        return self._sessions[url]

    def forget(self, url: str) -> None:
        """Log in anew next time: what the session holds may be worth nothing any more."""
        session = self._sessions.pop(url, None)
        if session:
            session.close()

    def retire(self) -> bool:
        """Go on with the next account, on every instance: all share the accounts.

        A request that may still be in flight could pay out in the next trial. Return False where
        this is the last account.
        """
        self.close()
        if len(self._users) == 1:
            return False
        self._users.pop(0)
        return True

    def close(self) -> None:
        """Close every session."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
