"""A step's worth of messages: what a client sends for one statement to be executed.

A simple Query is a step. In the extended protocol an Execute is: what leads up to it (Parse, Bind,
Describe) goes with it, and so does what follows up to the Sync where no other Execute comes
before that. A batch of many Executes before one Sync, as drivers send it for executemany and in
pipelines, is therefore cut into as many steps; behind each but the last a Flush is put in, for
without it the server would keep the answer to itself. A client that waits for an answer in
mid-batch sends a Flush of its own, which ends a step as well. Several statements in the text of
one Query cannot be told apart on the wire: they remain one step.

Source: PostgreSQL documentation, section 'Message Flow', 'Extended Query' and 'Pipelining'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from racewalk.wire.framing import Message, encode
from racewalk.wire.statements import Statement, one_line

_FLUSH: Final = encode("H")
_READY: Final = frozenset("QSF")
"""What the server answers with a ReadyForQuery."""
_ANSWERED: Final = frozenset("PBDEC")
"""What the server answers each with one message of its own, or an ErrorResponse."""
ANSWERS: Final = frozenset("123TnCIs")
"""Those messages: the last one for what was sent; ParameterDescription comes before another."""
EXECUTES: Final = frozenset("QEF")
_SHOWN: Final = 200
"""Characters of SQL in a message."""


@dataclass(frozen=True, slots=True)
class Group:
    """Messages to be forwarded together, with the statements that they execute.

    Attributes:
        own: whether no client said it; see `edits`.
    """

    messages: tuple[Message, ...]
    statements: tuple[Statement, ...]
    own: bool = False

    @property
    def raw(self) -> bytes:
        """The bytes to forward, with a Flush behind what was cut out of a batch."""
        raw = b"".join(message.raw for message in self.messages)
        return raw + _FLUSH if self.is_cut else raw

    @property
    def is_cut(self) -> bool:
        """Whether the client did not ask for the answer yet: more of its batch follows."""
        return self.messages[-1].kind == "E"

    @property
    def is_open(self) -> bool:
        """Whether more of the batch will follow, so that no ReadyForQuery comes."""
        return self.messages[-1].kind not in _READY

    @property
    def owed(self) -> int:
        """How many messages of the server answer it, where no ReadyForQuery does."""
        return sum(message.kind in _ANSWERED for message in self.messages)

    @property
    def texts(self) -> tuple[str, ...]:
        """The SQL that the group executes, or that it parses where it executes nothing."""
        if self.statements:
            return tuple(statement.sql for statement in self.statements)
        return tuple(_text(message, 1) for message in self.messages if message.kind == "P")

    @property
    def announcement(self) -> str:
        """What the group is about to do, in one line.

        Without the values, for a driver that prepares on its own tells them only later.
        """
        return "; ".join(map(one_line, self.texts))

    @property
    def brief(self) -> str:
        """The announcement's beginning, for a message."""
        return self.announcement[:_SHOWN]

    @property
    def executes(self) -> bool:
        """Whether the group runs anything, rather than preparing, describing or closing."""
        return not EXECUTES.isdisjoint([message.kind for message in self.messages])

    @property
    def prepares(self) -> str | None:
        """The name of the statement that the group parses without running it, if it does so."""
        if self.executes:
            return None
        for message in self.messages:
            if message.kind == "P":
                return _text(message, 0)
        return None

    @property
    def binds(self) -> str | None:
        """The name of the prepared statement that the group begins by binding, if it does so."""
        first = self.messages[0]
        return _text(first, 1) if first.kind == "B" else None


def cut(building: Sequence[Message], message: Message) -> int | None:
    """Return how many of the messages so far make a whole step before the next one, or None.

    Args:
        building: what was sent since the last step.
        message: what comes next. Only an Execute, a Query or a FunctionCall tells that the
            Execute among them is not the last of its batch.
    """
    if message.kind not in EXECUTES:
        return None
    return next((i + 1 for i, each in enumerate(building) if each.kind == "E"), None)


def ends_group(message: Message) -> bool:
    """Return whether the message completes a group, itself included."""
    return message.kind in _READY or message.kind == "H"


def _text(message: Message, index: int) -> str:
    """The NUL-terminated string at this position among those that the message begins with."""
    fields = message.body.split(b"\0", index + 1)
    return fields[index].decode("utf-8", "backslashreplace")
