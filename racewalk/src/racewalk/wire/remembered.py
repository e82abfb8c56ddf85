"""What is made of a message alone: in every schedule the same messages come again."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from racewalk.wire.framing import SHORT, Message

_MOST: Final = 1024
"""Results of one function, of the messages that were met last."""

More = ParamSpec("More")
T = TypeVar("T")
Made = Callable[Concatenate[Message, More], T]


def remembered(make: Made[More, T]) -> Made[More, T]:
    """Remember what a function makes of a message, unless that is long.

    Args:
        make: hangs on its arguments alone, and gives what nobody changes.
    """
    known = lru_cache(maxsize=_MOST)(make)

    @wraps(make)
    def made(message: Message, /, *more: More.args, **named: More.kwargs) -> T:
        return (known if len(message.raw) <= SHORT else make)(message, *more, **named)

    return made
