"""What a client sent ahead of its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire.framing import Message

_LIMIT: Final = 64 * 1024 * 1024


class Inbox:
    """Messages in order, with a limit to their size.

    Attributes:
        messages: those that are left.
    """

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self._bytes = 0

    @property
    def first(self) -> Message:
        """The one whose turn comes next."""
        return self.messages[0]

    def extend(self, messages: Iterable[Message]) -> None:
        """Take more of them.

        Raises:
            ProtocolError: they are more than the limit of 64 MiB.
        """
        for message in messages:
            self._bytes += len(message.raw)
            self.messages.append(message)
        if self._bytes > _LIMIT:
            raise ProtocolError("too much was sent ahead of its turn", "54000")

    def drop_first(self) -> None:
        """Drop the one that was taken; where the connection has ended meanwhile, none is left."""
        if self.messages:
            self._bytes -= len(self.messages.popleft().raw)

    def clear(self) -> None:
        """Drop them all."""
        self.messages.clear()
        self._bytes = 0
