"""What a request did, by the replies that led there.

What an application sends next is taken to depend on the bytes that the database has replied, and on
nothing else. So a request is a tree: a node for each sequence of replies, and at each what it does
there. That it is so is not believed at once: what was seen a single time is never played.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from racewalk.errors import DivergenceError
from racewalk.memory.driver import shown
from racewalk.schedule.record import Answer

TRUSTED: Final = 2
"""How often the application itself has to have done the same."""
_MOST: Final = 20_000
"""Nodes of one request: where each reply is a new one, they would only fill the memory."""

EVERY: Final = "let the application run every schedule (--no-memory)"
"""What helps where it does not."""

Deed = bytes | Answer
"""What a request does: it sends bytes on its connection, or it answers."""


class Exchange(NamedTuple):
    """Bytes that an application sent, and all that it was told thereupon."""

    said: bytes
    told: bytes


@dataclass(slots=True)
class Node:
    """Where a request stands once it was told certain replies.

    Attributes:
        deed: what it does there; None: it is not known.
        seen: how often the application did so.
        varies: whether it once did something else, before anybody relied on it.
        after: where it stands after each reply to that.
    """

    deed: Deed | None = None
    seen: int = 0
    varies: bool = False
    after: dict[bytes, Node] = field(default_factory=dict)

    @property
    def trusted(self) -> bool:
        """Whether it may be played."""
        return self.seen >= TRUSTED and not self.varies


class Tree:
    """All that is known of one request.

    Attributes:
        start: where it stands when it is sent.
    """

    def __init__(self) -> None:
        self.start = Node()
        self._nodes = 1

    def forget(self) -> None:
        """Take it that nothing is known."""
        self.start, self._nodes = Node(), 1

    def learn(self, course: Sequence[Exchange], answer: Answer | None) -> None:
        """Take what the application did.

        Args:
            course: all that it sent and was told, in order.
            answer: with which it ended; None where the course is not followed to its end.

        Raises:
            DivergenceError: it is not what was relied on.
        """
        node = self.start
        for said, told in course:
            self._see(node, said)
            if told not in node.after:
                if self._nodes >= _MOST:
                    return
                node.after[told] = Node()
                self._nodes += 1
            node = node.after[told]
        if answer:
            self._see(node, answer)

    def _see(self, node: Node, deed: Deed) -> None:
        if node.deed in (None, deed):
            node.deed = deed
            node.seen += 1
        elif node.trusted:
            raise DivergenceError(otherwise(node.deed, deed), cure=EVERY)
        else:
            node.varies = True


def otherwise(before: Deed | None, now: Deed | None) -> str:
    """Say that a request does something else than before, after the same replies."""
    return (
        f"after the same replies of the database it {_told(before)} before, and {_told(now)} now: "
        "it depends on something else, such as a clock or what it keeps in memory"
    )


def _told(deed: Deed | None) -> str:
    if isinstance(deed, Answer):
        return f"answered {' '.join(filter(None, (deed.kind, deed.detail)))!r}"
    return f"sent {shown(deed)!r}" if deed else "was silent"
