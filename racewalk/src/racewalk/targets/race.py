"""A race as its owner says it: which application, which requests, what has to hold.

    Race(
        "two withdrawals",
        Application(("gunicorn", "shop.wsgi", "--bind", "127.0.0.1:{port}"), "DATABASE_URL"),
        requests=[Request("/withdraw", form=(("amount", "10"),), session=alice)] * 2,
        before=["UPDATE account SET balance = 10"],
        facts={"balance": "SELECT balance FROM account"},
        judges={"never below zero": lambda facts, answers: facts["balance"] >= 0},
    )

Everything in it is plain data but the judges and `answer`, which are functions; in a lane, which is
another process, they have to be functions of a module, for they are sent there by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from racewalk.rewrite.changes import Change
from racewalk.schedule.masks import Mask, Masks
from racewalk.schedule.outcome import Judge
from racewalk.schedule.record import Answer
from racewalk.targets.http import Response
from racewalk.targets.login import Request


@dataclass(frozen=True, slots=True)
class Application:
    """What serves the requests: a command that is started once for each request, or once for all.

    Attributes:
        command: program and arguments. {port} and {fd} stand for a loopback port and for an open
            socket that listens on it, here and in `env`.
        database_env: the variable that takes the URL of the proxy.
        env: further variables, as pairs.
        directory: where it is started.
        ready: path that is asked until it answers below 500.
        shared: whether all requests meet in one process.
        scheme: what the URL begins with, such as 'postgresql+asyncpg'.
        parts: variables that take pieces of the address, as pairs: 'host', 'port', 'user',
            'password' or 'name', and the variable.
        logins: a name for the applications at which a log-in of one holds, such as by signed
            cookies of one key; '' where it holds at its own starts alone. A session that sends
            something once it is logged in does so at each of them, and one that is answered 400,
            401, 403 or 404, or by the log-in's page, as its requests are warmed up logs in there:
            who turns people away in another way must not be named so.
        imports: modules that a process imports once, from which each start is forked; for a
            command that is a Python and `-m`. They must not ask for the environment as they are
            imported. Empty: each start is a command of its own.
        database_alone: that its processes meet in the database alone, and share no file, cache or
            other server; said by whoever wrote it. Then what is remembered of it is played, too,
            where requests meet as they never did.
    """

    command: tuple[str, ...]
    database_env: str
    env: tuple[tuple[str, str], ...] = ()
    directory: Path = field(default_factory=Path)
    ready: str = "/"
    shared: bool = False
    scheme: str = "postgresql"
    parts: tuple[tuple[str, str], ...] = ()
    logins: str = ""
    imports: tuple[str, ...] = ()
    database_alone: bool = False

    def variables(self, url: str) -> dict[str, str]:
        """Return what tells the application where its database is.

        Args:
            url: of the database.
        """
        found = urlsplit(url)
        pieces = {
            "host": found.hostname or "",
            "port": str(found.port or 5432),
            "user": unquote(found.username or ""),
            "password": unquote(found.password or ""),
            "name": found.path.lstrip("/"),
        }
        told = {variable: pieces[piece] for piece, variable in self.parts}
        if self.database_env:
            told[self.database_env] = found._replace(scheme=self.scheme).geturl()
        return told


def by_status(request: int, response: Response) -> Answer:
    """Return what an answer says where nobody knows better: its status, 'failed' from 500 on."""
    del request
    return Answer("failed" if response.status >= 500 else "answered", str(response.status))


Alone = Callable[[int, Answer], str]
"""Says what is wrong with the answer to a request that came alone, or ''."""

AnswerOf = Callable[[int, Response], Answer]
"""Says what the answer to a request means, given its number; may raise `RacewalkError`."""

_WARM: Final = 6


@dataclass(frozen=True, slots=True)
class Race:
    """Requests that are sent at once, and what is asked of the end.

    Attributes:
        name: for a person.
        application: what serves them.
        requests: what is sent, in order.
        before: SQL that restores the start; sequences are restored anyway.
        facts: by name, SQL that gives one value after a schedule; or one row, of which each column
            is a fact then, called name.column.
        judges: by name, what has to hold of facts and answers.
        answer: what an answer means.
        in_order: whether requests that share a process are begun in the order of their numbers,
            for they are alike: exchanging two of them changes nothing but names. When each of
            them is begun is a choice all the same.
        masks: what differs from run to run in this application, beside what differs in any.
        ignore: columns whose values are not compared between runs, as `table.column`; * stands for
            any name, or for a part of one.
        warm: rounds sent past the scheduler at first, so that pools are filled and plans made;
            none where the same requests have just raced from another start.
        restore: put back all that a schedule has written, before `before`; what it has written is
            then in `Facts.rows`. It needs a role that may set session_replication_role.
        alone: asked of each request that comes alone, before the race; None: none is tried alone,
            and nothing is ever told as vacuous. It needs `restore`.
        serial: whether each end has to be one that some of the requests give one after the
            other, in some order. It needs `restore`.
        changes: what is changed of what the application says to the database, for who asks what if.

    Raises:
        ValueError: a pattern in `ignore` names no column, or `restore` is needed.
    """

    name: str
    application: Application
    requests: Sequence[Request]
    before: Sequence[str] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    judges: Mapping[str, Judge] = field(default_factory=dict)
    answer: AnswerOf = by_status
    in_order: bool = False
    masks: Sequence[Mask] = ()
    ignore: Sequence[str] = ()
    warm: int = _WARM
    restore: bool = False
    alone: Alone | None = None
    serial: bool = False
    changes: Sequence[Change] = ()

    def __post_init__(self) -> None:
        if (self.alone or self.serial) and not self.restore:
            raise ValueError("a race that is tried one after the other needs `restore`")
        Masks(self.masks, self.ignore)  # refuses what cannot be told when the race is explored
