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

All but the last make the exploration inconclusive; none is ever swallowed.
"""


class RacewalkError(Exception):
    """Base of all errors of the explorer; its text is one line for a person to read."""


class ProtocolError(RacewalkError):
    """Bytes that are not PostgreSQL protocol 3, or a message above the size limit.

    Args:
        message: what was wrong, in one line.
        sqlstate: five-character code to refuse the client with.
    """

    def __init__(self, message: str, sqlstate: str = "08P01") -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class DivergenceError(RacewalkError):
    """A replay saw something else than the run that it follows.

    Usually because of a cache that fills late (more rounds of `Race.warm`), a random value, a key
    or a time of the application's own making (`Race.masks`, `Race.ignore`), or a thread that works
    in the background.
    """


class LostError(RacewalkError):
    """A connection was closed while a statement on it was held or running."""


class StalledError(RacewalkError):
    """A request neither spoke, nor finished, nor provably waited, within the patience."""


class UnorderableError(RacewalkError):
    """Several waiters may race, and their backends cannot be woken one at a time."""


class JudgeError(RacewalkError):
    """A judge failed, or what it said is neither True nor False: so nothing was judged."""


class DoubtError(RacewalkError):
    """All schedules were run, and yet something cannot be told: a short timeout, a new table."""


class ScenarioError(RacewalkError):
    """What was asked for cannot be explored; the text says where, and what helps."""
