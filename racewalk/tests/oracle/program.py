"""A program: tables, what each request says, and what is asked of the end.

A request is a list of lines, each a statement:

    SELECT n FROM t              an error ends the request, by ROLLBACK where it began with BEGIN
    ? INSERT INTO t VALUES (1)   an error is noted, and the request goes on
    if: DELETE FROM t            is said where the last value read is true: not NULL, 0, f or ''
    unless: DELETE FROM t        is said where it is not
    UPDATE t SET n = {last}      has the last value read in it: of the first column of the first row
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

Row = tuple[str | None, ...]
CLOSE = "close the connection"
"""A line that ends the connection, as a step."""


@dataclass(frozen=True)
class Reply:
    """What a statement gave: rows as text and the command tag, or an SQLSTATE."""

    rows: tuple[Row, ...] = ()
    tag: str = ""
    error: str = ""


Said = tuple[Reply, ...]
"""What a request was answered."""


@dataclass(frozen=True)
class Program:
    """A race.

    Attributes:
        tables: SQL that makes the world, in the schema `trial`, as the superuser.
        requests: lines of each request.
        restore: SQL that brings the rows back to the start; it is run before each schedule.
        facts: queries of what a schedule left, each in a total order.
        broken: a query that has a row where the invariant is broken; '' where nothing is asked.
        closes: whether each request ends its connection, as what changes a session has to.
    """

    tables: str
    requests: tuple[tuple[str, ...], ...]
    restore: str
    facts: tuple[str, ...]
    broken: str = ""
    closes: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """All queries of the end."""
        return (*self.facts, self.broken) if self.broken else self.facts


@dataclass(frozen=True)
class End:
    """How a schedule ended: the rows of each fact, what each request was answered, the verdict."""

    facts: tuple[tuple[Row, ...], ...]
    said: tuple[Said, ...]
    broken: bool


def speak(program: Program, request: int) -> Generator[str, Reply, Said]:
    """Yield the statements of a request, take their replies, return what it was answered."""
    lines = program.requests[request]
    said: list[Reply] = []
    last: str | None = None
    for line in lines:
        true = last not in (None, "0", "f", "")
        if (line.startswith("if: ") and not true) or (line.startswith("unless: ") and true):
            continue
        bare = line.removeprefix("if: ").removeprefix("unless: ")
        goes_on = bare.startswith("? ")
        sql = bare.removeprefix("? ").replace("{last}", "NULL" if last is None else last)
        reply = yield sql
        said.append(reply)
        if reply.error and not goes_on:
            if lines[0].startswith("BEGIN"):
                yield "ROLLBACK"
            break
        if reply.rows and reply.rows[0]:
            last = reply.rows[0][0]
    if program.closes:
        yield CLOSE
    return tuple(said)


def ended(program: Program, facts: list[tuple[Row, ...]], said: tuple[Said, ...]) -> End:
    """Return an end."""
    return End(tuple(facts), said, bool(program.broken and facts[-1]))
