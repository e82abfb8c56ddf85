"""What each request says, statement by statement, in the runs of a race."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from racewalk.commute.effects import level
from racewalk.commute.session import values
from racewalk.rewrite.changes import LEVELS
from racewalk.rewrite.control import Control, controls
from racewalk.rewrite.texts import shape, statements
from racewalk.schedule.record import Run
from racewalk.wire.parameters import Settings

_NAMED: Final = re.compile(r"((?:RELEASE |TO )?SAVEPOINT)\b.*", re.IGNORECASE | re.DOTALL)

Saying = tuple[str, ...]
"""The statements of one request in one run, in order, each by itself."""


def sayings(run: Run, requests: int) -> list[Saying]:
    """Return what each request said in a run."""
    found: list[list[str]] = [[] for _ in range(requests)]
    for step in sorted(run.steps, key=lambda step: step.released):
        for statement in step.statements:
            text = as_bytes_are(statement.sql)
            found[step.request] += [text[start:end] for start, end in statements(text)]
    return [tuple(each) for each in found]


def as_bytes_are(text: str) -> str:
    """Return a text as it is decoded where it is changed: letter by byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


@dataclass(slots=True)
class Said:
    """What was said in many runs, each way once.

    Attributes:
        alone: what each request says that comes alone.
        ways: for each request all that it was heard to say, by shapes; the first one is `alone`.
        server: parameters that the server, the database or a role sets.
        defaults: the levels of transactions that say none; none: it is not known.
    """

    alone: Sequence[Saying]
    ways: list[dict[tuple[str, ...], Saying]] = field(default_factory=list)
    server: Settings = frozenset()
    defaults: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ways = [{} for _ in self.alone]
        self._add(self.alone)

    def hear(self, run: Run) -> None:
        """Take one run more."""
        self._add(sayings(run, len(self.alone)))
        for step in run.steps:
            if any(_begins_at_default(said.sql) for said in step.statements):
                named = values(self.server, step.settings, "default_transaction_isolation")
                found = {each.value for value in named if (each := level(value))}
                self.defaults |= found or {LEVELS[0]}

    def _add(self, said: Iterable[Saying]) -> None:
        for ways, saying in zip(self.ways, said, strict=True):
            ways.setdefault(tuple(map(shape, saying)), saying)

    @property
    def alike(self) -> bool:
        """Whether all requests say the same when they come alone, but for savepoints' names."""
        return len({tuple(map(_unnamed, saying)) for saying in self.alone}) == 1


def _begins_at_default(text: str) -> bool:
    found = [controls(text[start:end]) for start, end in statements(text)]
    return any(what.control is Control.BEGIN and not what.level for what in found)


def _unnamed(statement: str) -> str:
    return _NAMED.sub(r"\1", shape(statement))
