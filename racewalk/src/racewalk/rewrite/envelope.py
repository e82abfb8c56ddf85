"""One transaction around all that a connection says in a request, as Django's ATOMIC_REQUESTS.

Its BEGIN comes before the first statement, its end once the request has its answer and before that
counts: COMMIT, or ROLLBACK where the answer says that the request was given up. The
application's own transactions become savepoints in it, which are numbered; what the client is told
of them is what it would be told without.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from racewalk.rewrite.control import Control, controls

_NAME: Final = "racewalk_{}"


class Envelope:
    """The transaction around one connection.

    Attributes:
        level: at which it begins, or None for the session's.
    """

    def __init__(self) -> None:
        self.level: str | None = None
        self._is_open = self._failed = False
        self._inner = self._last = 0
        self._then: deque[tuple[str | None, int | None]] = deque()

    def opening(self) -> str | None:
        """Return the BEGIN, where it has not come yet."""
        if self._is_open:
            return None
        self._is_open = True
        return f"BEGIN ISOLATION LEVEL {self.level}" if self.level else "BEGIN"

    def closing(self, failed: bool) -> str | None:
        """Return its end, where it is open."""
        if not self._is_open:
            return None
        return "ROLLBACK" if failed else "COMMIT"

    def planned(self, statements: list[str], *, ahead: bool) -> list[str]:
        """Return what is said in place of some statements of one text.

        Args:
            statements: in order.
            ahead: they are only parsed.
        """
        inner, last = self._inner, self._last
        found: list[str] = []
        then: list[tuple[str | None, int | None]] = []
        for statement in statements:
            what = controls(statement)
            told: tuple[str | None, int | None] = (None, None)
            match what.control:
                case Control.BEGIN if not inner:
                    inner = last = last + 1
                    statement, told = f"SAVEPOINT {_NAME.format(inner)}", (what.tag, inner)
                case Control.COMMIT | Control.ROLLBACK if inner:
                    kept = what.control is Control.COMMIT and not self._failed
                    verb = "RELEASE" if kept else "ROLLBACK TO"
                    statement = f"{verb} SAVEPOINT {_NAME.format(inner)}"
                    inner, told = 0, ("COMMIT" if kept else "ROLLBACK", 0)
                case Control.COMMIT | Control.ROLLBACK:  # of none, which does nothing
                    last += 1
                    statement, told = f"SAVEPOINT {_NAME.format(last)}", (what.tag, None)
            found.append(statement)
            then.append(told)
        if not ahead:
            self._last = last
            self._then.extend(then)
        return found

    def tagged(self, tag: str) -> str:
        """Return what the client is told in place of the next command tag."""
        told, inner = self._then.popleft() if self._then else (None, None)
        if inner is not None:
            self._inner, self._failed = inner, False
        return told or tag

    def failed(self) -> None:
        """Learn that a statement failed."""
        self._then.clear()
        self._failed = True

    def ready(self, status: str, *, own: bool = False) -> None:
        """Learn the status of the transaction, all being answered.

        Args:
            status: of the server.
            own: whether its own statement was; what the client said already is still to come.
        """
        if not own:
            self._then.clear()
        self._failed = status == "E"
        if status == "I" and self._is_open:
            self._is_open, self._inner, self._last = False, 0, 0

    def seen(self, status: str) -> str:
        """Return the status of the transaction as the client is told it."""
        return status if self._inner or not self._is_open else "I"
