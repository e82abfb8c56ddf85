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
    """

    command: tuple[str, ...]
    database_env: str
    env: tuple[tuple[str, str], ...] = ()
    directory: Path = field(default_factory=Path)
    ready: str = "/"
    shared: bool = False


def by_status(request: int, response: Response) -> Answer:
    """Return what an answer says where nobody knows better: its status, 'failed' from 500 on."""
    del request
    return Answer("failed" if response.status >= 500 else "answered", str(response.status))


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
        warm: rounds sent past the scheduler at first, so that pools are filled and plans made.

    Raises:
        ValueError: a pattern in `ignore` names no column.
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

    def __post_init__(self) -> None:
        Masks(self.masks, self.ignore)  # refuses what cannot be told when the race is explored
