"""What can go wrong while exploring, as one tree.

    RacewalkError
    ├── ProtocolError      bytes that are not PostgreSQL protocol 3, or too many of them
    ├── DivergenceError    the same choices did not lead to the same observations
    ├── LostError          a held or running statement vanished with its connection
    ├── StalledError       a request made no progress within the patience of the scheduler
    ├── UnorderableError   two waiters may wake at once and their backends cannot be signalled
    ├── JudgeError         a judge failed, or said neither True nor False
    ├── DoubtError         something was met of which nobody can tell what it may do
    └── ScenarioError      what was asked for cannot be explored: a file, an application, a database

All but the last make the exploration inconclusive; none is ever swallowed. Their names are for
programs: a person is told `told`.
"""

from __future__ import annotations

from typing import ClassVar


class RacewalkError(Exception):
    """Base of all errors of the explorer; its text is one line for a person to read.

    Args:
        text: what was wrong.
        cure: what helps, where that is another thing than helps against most of the kind.

    Attributes:
        kind: what sort of trouble it is, to be put before the text; or ''.
        cure: what helps, to be put behind it; or ''.
    """

    kind: ClassVar[str] = ""
    cure: str = ""

    def __init__(self, text: str = "", *, cure: str | None = None) -> None:
        super().__init__(text)
        if cure is not None:
            self.cure = cure

    @property
    def told(self) -> str:
        """The text in one line, with its kind and its cure."""
        text = f"{self.kind}: {self}" if self.kind else str(self)
        cure = f"; {self.cure}" if self.cure else ""
        return " ".join(f"{text}{cure}".split())


class ProtocolError(RacewalkError):
    """Bytes that are not PostgreSQL protocol 3, or a message above the size limit.

    Args:
        message: what was wrong, in one line.
        sqlstate: five-character code to refuse the client with.
    """

    kind = "what was sent cannot be followed"

    def __init__(self, message: str, sqlstate: str = "08P01") -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class DivergenceError(RacewalkError):
    """A replay saw something else than the run that it follows.

    Usually because of a cache that fills late (more rounds of `Race.warm`), a random value, a key
    or a time of the application's own making (`Race.masks`, `Race.ignore`), or a thread that works
    in the background.
    """

    cure = (
        "what the application makes up goes into `ignore` (as table.column) or `masks`; a cache "
        "that fills late, a thread in the background or a pool that replaces its connections has "
        "to be switched off"
    )


class LostError(RacewalkError):
    """A connection was closed while a statement on it was held or running."""

    cure = "the application's log tells of a time limit, or of a worker that was ended"


class StalledError(RacewalkError):
    """A request neither spoke, nor finished, nor provably waited, within the patience."""

    cure = (
        "it waits for something other than the database, such as another server or an endless "
        "retry; its log may tell for what"
    )


class UnorderableError(RacewalkError):
    """Several waiters may race, and their backends cannot be woken one at a time."""

    cure = "have PostgreSQL on this machine, run by the same user, such as racewalk[embedded]"


class JudgeError(RacewalkError):
    """A judge failed, or what it said is neither True nor False: so nothing was judged."""


class DoubtError(RacewalkError):
    """Something cannot be told, whatever is run: a short timeout, a new table, who waits inside."""

    kind = "in doubt"


class ScenarioError(RacewalkError):
    """What was asked for cannot be explored; the text says where, and what helps."""
