"""Why a change cannot be made. PostgreSQL is asked where it can be: its error is the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

import psycopg

from racewalk.commute.syntax import parse
from racewalk.rewrite.changes import Kind, level_of, wraps
from racewalk.rewrite.control import Control, controls
from racewalk.rewrite.patches import apply
from racewalk.rewrite.texts import query
from racewalk.whatif.said import Said
from racewalk.whatif.sites import Site

_PLANNED: Final = re.compile(
    r"\(*\s*(?:SELECT|WITH|VALUES|INSERT|UPDATE|DELETE|MERGE|TABLE)\b", re.IGNORECASE
)
_UNPARSED: Final = "its text cannot be parsed, so nobody knows which rows it reads"
_NOTHING_LOCKED: Final = (
    "no row would be locked: FOR UPDATE does not reach into a WITH query, nor into a table that "
    "the query makes itself"
)
_NO_BEGIN: Final = "no transaction is begun: each statement is one of its own"
_SHARED: Final = (
    "the requests share a process: nobody tells at a connection's first word whose it is"
)


class Refusals:
    """Tells why changes cannot be made.

    Args:
        connection: to the explored database, as the application's role; nothing is run on it.
        said: by the requests.
        shared: whether requests share connections.
    """

    def __init__(self, connection: psycopg.Connection, said: Said, *, shared: bool) -> None:
        self._connection, self._said, self._shared = connection, said, shared

    def of(self, sites: Sequence[Site]) -> str:
        """Return why these changes cannot be made together, or ''."""
        changes = [site.change for site in sites]
        told = [self._of_statement(site) for site in sites if site.statement]
        if wraps(changes):
            told.append(self._of_one_transaction(level_of(changes)))
        elif level_of(changes) and not any(
            controls(statement).control is Control.BEGIN for statement in self._statements()
        ):
            told.append(_NO_BEGIN)
        return next(filter(None, told), "")

    def _statements(self) -> Iterator[str]:
        for ways in self._said.ways:
            for saying in ways.values():
                yield from saying

    def _of_one_transaction(self, level: str | None) -> str:
        if self._shared:
            return _SHARED
        for statement in self._statements():
            what = controls(statement)
            if what.control is Control.NONE or what.plain:
                continue
            if level and what.control is Control.BEGIN and what.level:
                continue  # it would be at the level of the outer one
            return f"{' '.join(statement.split())} cannot become a savepoint"
        return ""

    def _of_statement(self, site: Site) -> str:
        statement, change = site.statement, site.change
        if change.kind is Kind.LOCK and parse(query(statement)) is None:
            return _UNPARSED
        if not _PLANNED.match(statement) or self._plan(statement)[0]:
            return ""  # what cannot be asked is run, and tells by itself
        changed = apply(statement, [change])
        error, plan = self._plan(changed)
        if error:
            return error
        if change.kind is Kind.LOCK and plan and "LockRows" not in plan:
            return _NOTHING_LOCKED
        return ""

    def _plan(self, statement: str) -> tuple[str, str]:
        """The error that PostgreSQL gives for a statement, or '', and its plan, or ''."""
        try:
            pgconn = self._connection.pgconn
            asked = f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {statement}".encode("latin-1")
            if self._connection.info.server_version < 160000:
                result = pgconn.prepare(b"racewalk_asked", statement.encode("latin-1"))
                told = result.error_field(ord("M"))
                self._connection.execute("DEALLOCATE ALL")
                return (told or b"").decode("utf-8", "replace"), ""
            result = pgconn.exec_(asked)
            if error := result.error_field(ord("M")):
                return error.decode("utf-8", "replace"), ""
            return "", json.dumps(json.loads(result.get_value(0, 0) or b"[]"))
        except psycopg.Error as error:
            return " ".join(str(error).split()), ""
