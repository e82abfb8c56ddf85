"""Whose accounts are attacked: who is logged in where, and who is not used again."""

from attack.client import Session
from attack.targets import Target
from shared_db.accounts import USERS


class Accounts:
    """One account at a time, the same on every instance, and its sessions."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._sessions: dict[str, Session] = {}
        # From the end: people play with the first.
        self._users = list(reversed(USERS))

    @property
    def username(self) -> str:
        """The account in use."""
        return self._users[0].username

    @property
    def retired(self) -> tuple[str, ...]:
        """The accounts that are not used again."""
        used = {user.username for user in self._users}
        return tuple(user.username for user in USERS if user.username not in used)

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
