"""A target made of scripted sessions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from psycopg.conninfo import make_conninfo

from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.targets.session import Scripted, Session
from racewalk.wire.loop import Loop
from racewalk.wire.proxy import LOOPBACK


class ScriptedTarget:
    """Requests that are generators of SQL; see `session`. Implements `target.Target`.

    Args:
        conninfo: libpq connection string for the sessions; host and port are replaced.
        scripts: what each request runs.
        reset: reads what a schedule left, and restores the start.
        connections: how many each script may use.
    """

    shared_port = False

    def __init__(
        self,
        conninfo: str,
        scripts: Sequence[Scripted],
        reset: Callable[[], Facts],
        connections: int = 1,
    ) -> None:
        self.requests = len(scripts)
        self._conninfo, self._scripts, self._reset = conninfo, scripts, reset
        self._connections = connections
        self._sessions: list[Session] = []

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Connect each session to its port."""
        for port in ports:
            conninfo = make_conninfo(
                self._conninfo, host=LOOPBACK, port=port, sslmode="disable", gssencmode="disable"
            )
            self._sessions.append(Session(loop, conninfo, self._connections))

    def reset(self) -> Facts:
        """Read what the last schedule left, and restore the start."""
        return self._reset()

    def start(self, request: int) -> None:
        """Start the request's script from its beginning."""
        self._sessions[request].start(self._scripts[request](request))

    def answer(self, request: int) -> Answer | None:
        """Return what the script returned, or None while it runs."""
        return self._sessions[request].answer

    def stuck(self, request: int, at_database: Collection[int]) -> bool:
        """Scripts wait for nothing but their statements."""
        del request, at_database
        return False

    def settled(self, at_database: Collection[int]) -> bool:
        """Scripts share nothing but the database."""
        del at_database
        return True

    def sleeps(self, request: int, since: float) -> bool:
        """Scripts share nothing but the database."""
        del request, since
        return False

    def late(self, request: int | None) -> bool:
        """Their answer is the last that they do."""
        del request
        return False

    def rests(self, request: int) -> bool | None:
        """Their answer is the last that they do."""
        del request
        return True

    def close(self) -> None:
        """Close the sessions."""
        for session in self._sessions:
            session.close()
        self._sessions = []
