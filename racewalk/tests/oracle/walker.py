"""Walks every interleaving of a program's statements, by running each from the start.

A statement is released, and what follows waits until nothing moves: each request in flight has its
reply or is blocked, by `pg_blocking_pids` of one look at the server after the last reply, for
longer than its deadlock check takes. So the victim of a deadlock is whoever closes the circle.
"""

from __future__ import annotations

import select
from collections.abc import Generator
from dataclasses import dataclass, field
from time import monotonic, sleep

from oracle.client import Client
from oracle.program import CLOSE, End, Program, Reply, Said, ended, speak

_PATIENCE = 15.0
_BLOCKED = """
SELECT count(*) FROM pg_stat_activity a WHERE a.pid = ANY('{%s}')
AND a.wait_event_type = 'Lock' AND cardinality(pg_blocking_pids(a.pid)) > 0
AND EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted
            AND l.waitstart < clock_timestamp() - interval '6 ms')
"""
_GONE = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"


class TooManyError(Exception):
    """A program has more interleavings than are walked."""


@dataclass
class Walked:
    """All ends of a program.

    Attributes:
        ends: how many schedules ended so.
        raced: whether one statement set several others free, whose order is a matter of luck.
    """

    ends: dict[End, int] = field(default_factory=dict)
    raced: bool = False

    @property
    def schedules(self) -> int:
        """How many there are."""
        return sum(self.ends.values())

    @property
    def unsafe(self) -> int:
        """How many of them broke the invariant."""
        return sum(count for end, count in self.ends.items() if end.broken)


class Walker:
    """Walks programs in one database.

    Args:
        superuser: libpq connection string of the database, which is used up.
        conninfo: the same for the role whose requests race.
    """

    def __init__(self, superuser: str, conninfo: str) -> None:
        self._conninfo, self._control = conninfo, Client(superuser)
        name = self._control.rows("SELECT quote_ident(current_database())")[0][0][0]
        for setting in ("deadlock_timeout = '1ms'", "search_path = trial"):
            self._control.rows(f"ALTER DATABASE {name} SET {setting}")
        self._clients: list[Client | None] = []

    def walk(self, program: Program, most: int = 1000) -> Walked:
        """Run every interleaving.

        Raises:
            TooManyError: there are more than `most`.
            AssertionError: SQL of the set-up, the restore or the facts fails.
        """
        self._make(program)
        walked = Walked()
        asked: list[tuple[int, ...]] = [()]
        while asked:
            first = asked.pop()
            run = _Run(self, program, walked)
            end, taken, options = run.to_the_end(first)
            walked.ends[end] = walked.ends.get(end, 0) + 1
            if walked.schedules > most:
                raise TooManyError
            for depth in range(len(first), len(taken)):
                others = options[depth] - {taken[depth]}
                asked += [(*taken[:depth], other) for other in sorted(others)]
        self.leave()
        return walked

    def _make(self, program: Program) -> None:
        self.leave()
        self._clients = [None for _ in program.requests]
        self._control.rows(
            "DROP SCHEMA IF EXISTS trial CASCADE; CREATE SCHEMA trial; SET search_path = trial;"
            f"{program.tables};"
            "GRANT USAGE ON SCHEMA trial TO PUBLIC;"
            "GRANT ALL ON ALL TABLES IN SCHEMA trial TO PUBLIC;"
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA trial TO PUBLIC"
        )

    def start(self, program: Program) -> list[Client]:
        """Return the requests' clients at the start of a schedule."""
        for number, client in enumerate(self._clients):
            if client is None:
                self._clients[number] = Client(self._conninfo)
            else:
                client.rows("DISCARD ALL")
        self._control.rows(program.restore or "SELECT")
        return [client for client in self._clients if client]

    def facts(self, program: Program) -> list[tuple[tuple[str | None, ...], ...]]:
        """Return the rows of each query of the end."""
        return [self._control.rows(query)[0] for query in program.asked]

    def blocked(self, pids: list[int]) -> int:
        """Return how many of these backends wait for another."""
        found = self._control.rows(_BLOCKED % ",".join(map(str, pids)))
        return int(found[0][0][0] or 0)

    def end(self, request: int) -> None:
        """Close a request's connection, and wait until its backend is gone."""
        client = self._clients[request]
        assert client
        self._clients[request] = None
        client.close()
        while self._control.rows(_GONE % client.pid)[0]:
            sleep(0.001)

    def leave(self) -> None:
        """Close the requests' connections."""
        for request, client in enumerate(self._clients):
            if client:
                self.end(request)

    def close(self) -> None:
        """Close all."""
        self.leave()
        self._control.close()


class _Run:
    """One schedule."""

    def __init__(self, walker: Walker, program: Program, walked: Walked) -> None:
        self._walker, self._program, self._walked = walker, program, walked
        self._clients = walker.start(program)
        requests = range(len(program.requests))
        self._speakers = [speak(program, request) for request in requests]
        self._next: dict[int, str] = {}
        self._flying: set[int] = set()
        self._said: dict[int, Said] = {}
        for request in requests:
            self._go_on(request, lambda speaker: next(speaker))

    def to_the_end(
        self, first: tuple[int, ...]
    ) -> tuple[End, tuple[int, ...], list[frozenset[int]]]:
        """Release as asked, then whoever was released last as long as it can go on."""
        taken: list[int] = []
        options: list[frozenset[int]] = []
        while self._next:
            ready = frozenset(self._next)
            if len(taken) < len(first):
                chosen = first[len(taken)]
                assert chosen in ready, "what was possible a moment ago is not any more"
            else:
                chosen = taken[-1] if taken and taken[-1] in ready else min(ready)
            options.append(ready)
            taken.append(chosen)
            self._release(chosen)
        assert not self._flying
        assert all(client.idle for client in self._clients if not self._program.closes), (
            "a request leaves a transaction open"
        )
        said = tuple(self._said[request] for request in range(len(self._clients)))
        end = ended(self._program, self._walker.facts(self._program), said)
        return end, tuple(taken), options

    def _go_on(self, request: int, resume: object) -> None:
        assert callable(resume)
        try:
            self._next[request] = resume(self._speakers[request])
        except StopIteration as end:
            self._said[request] = end.value

    def _release(self, request: int) -> None:
        sql = self._next.pop(request)
        if sql == CLOSE:
            self._walker.end(request)
            self._go_on(request, _answering(Reply(tag=CLOSE)))
        else:
            self._clients[request].send(sql)
            self._flying.add(request)
        waiting = self._flying - {request}
        self._settle()
        self._walked.raced |= len(waiting - self._flying) > 1

    def _settle(self) -> None:
        since = monotonic()
        while self._flying:
            sockets = {self._clients[each].socket: each for each in self._flying}
            for socket in select.select(list(sockets), [], [], 0.002)[0]:
                request = sockets[socket]
                if reply := self._clients[request].reply():
                    self._flying.discard(request)
                    self._go_on(request, _answering(reply))
            pids = [self._clients[each].pid for each in sorted(self._flying)]
            if self._next and pids and self._walker.blocked(pids) == len(pids):
                sockets = {self._clients[each].socket: each for each in self._flying}
                if not select.select(list(sockets), [], [], 0)[0]:
                    return
            assert monotonic() - since < _PATIENCE, "neither a reply nor a wait for a lock"


def _answering(reply: Reply) -> object:
    def resume(speaker: Generator[str, Reply, Said]) -> str:
        return speaker.send(reply)

    return resume
