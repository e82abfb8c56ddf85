"""What a driver keeps of its connection, as far as it changes what is sent.

A driver that prepares statements says one thing in two ways: as SQL, and by a name that it has
given it. One that names each statement at once, as asyncpg does, says it in the same way from then
on. One that counts how often it has sent it, as psycopg does, is a counter in memory: what it says
next hangs on schedules that are long over, so requests of an application with such a driver are
not remembered.

Source: PostgreSQL documentation, section 'Message Formats': Parse, Close, Query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire.framing import Message, typed
from racewalk.wire.groups import Group
from racewalk.wire.plain import plain
from racewalk.wire.remembered import remembered
from racewalk.wire.statements import Prepared, one_line

_BY_SQL: Final = re.compile(r"\s*(?:PREPARE|DEALLOCATE|DISCARD)\b", re.IGNORECASE)
_SHOWN: Final = 200
"""Characters of a statement in a message."""
_KEPT: Final = 1000
"""Statements without a name that are kept, before all are forgotten."""


class Driver:
    """What the driver of one application does with names.

    Attributes:
        counts: whether it has named a statement that it had sent without a name before.
    """

    def __init__(self) -> None:
        self.counts = False
        self._nameless: set[bytes] = set()

    def renames(self, said: bytes) -> bool:
        """Take what it says; return whether a statement was given a name, or lost one."""
        found = False
        for message in messages(said):
            match message.kind:
                case "P":
                    name, text = message.body.split(b"\0", 2)[:2]
                    self.counts = self.counts or bool(name and text in self._nameless)
                    found = found or bool(name)
                    if not name:
                        self._note(text)
                case "C":
                    found = found or (message.body[:1] == b"S" and message.body[1:2] != b"\0")
                case "Q":
                    found = found or _names_by_sql(message)
        return found

    def _note(self, text: bytes) -> None:
        if len(self._nameless) >= _KEPT:
            self._nameless.clear()
        self._nameless.add(text)


def messages(said: bytes) -> Sequence[Message]:
    """Return the whole messages among these bytes of a client that is connected already."""
    try:
        return typed(said)
    except ProtocolError:
        return ()


def shown(said: bytes) -> str:
    """Return what is said, for a person: SQL, or the name that stands for it, with its values."""
    found = Group(tuple(messages(said)), ())
    try:
        statements = Prepared().read(found.messages)
    except ProtocolError:
        statements = ()
    told = (f"{s.sql} {s.params}" if s.params else s.sql for s in statements)
    return one_line("; ".join(told) or found.announcement or repr(said))[:_SHOWN]


@remembered
def _names_by_sql(message: Message) -> bool:
    text = plain(message.body.rstrip(b"\0").decode("utf-8", "replace"))
    return any(_BY_SQL.match(part) for part in text.split(";"))
