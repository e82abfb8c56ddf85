"""A step's worth of messages: what a client sends up to a Query or a Sync.

The server answers each such group with exactly one ReadyForQuery, so a group is the smallest
thing that can be held and let go without breaking the protocol (PostgreSQL documentation,
section 'Message Flow'). A group ends early at a Flush, since the client then waits for an answer;
the rest of it, up to the Sync, belongs to the same step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from racewalk.wire.framing import Message
from racewalk.wire.statements import Statement, mask, one_line

_ENDS = frozenset("QSFH")
_EXECUTES = frozenset("QEF")


@dataclass(frozen=True, slots=True)
class Group:
    """Messages to be forwarded together, with the statements that they execute."""

    messages: tuple[Message, ...]
    statements: tuple[Statement, ...]

    @property
    def raw(self) -> bytes:
        """The bytes to forward."""
        return b"".join(message.raw for message in self.messages)

    @property
    def is_open(self) -> bool:
        """Whether the group was cut at a Flush, so that more of it will follow."""
        return self.messages[-1].kind == "H"

    @property
    def texts(self) -> tuple[str, ...]:
        """The SQL that the group executes, or that it parses where it executes nothing."""
        if self.statements:
            return tuple(statement.sql for statement in self.statements)
        return tuple(_text(message, 1) for message in self.messages if message.kind == "P")

    @property
    def announcement(self) -> str:
        """What the group is about to do, masked of what varies.

        Without the values, for a driver that prepares on its own tells them only later.
        """
        return "; ".join(_masked(one_line(text)) for text in self.texts)

    @property
    def executes(self) -> bool:
        """Whether the group runs anything, rather than preparing, describing or closing."""
        return any(message.kind in _EXECUTES for message in self.messages)

    @property
    def prepares(self) -> str | None:
        """The name of the statement that the group parses without running it, if it does so."""
        if self.executes or self.is_open:
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

    def extended(self, message: Message, statements: tuple[Statement, ...]) -> Group:
        """Return the group with one more message, which executes the given statements."""
        return Group((*self.messages, message), self.statements + statements)


@lru_cache(maxsize=4096)
def _masked(line: str) -> str:
    return mask(line)


def ends_group(message: Message) -> bool:
    """Return whether the message completes a group."""
    return message.kind in _ENDS


def _text(message: Message, index: int) -> str:
    """The NUL-terminated string at this position among those that the message begins with."""
    fields = message.body.split(b"\0", index + 1)
    return fields[index].decode("utf-8", "backslashreplace")
