"""Limits on what one answer of an application may take of the process that reads it.

An application whose answer never ends, by accident or on purpose, would otherwise fill the memory
of its reader, or hold it forever.
"""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

import httpx

from racewalk.errors import DoubtError

LARGEST_ANSWER: Final = 16 * 1024 * 1024
"""Bytes, the head and the marks of chunks included."""
LONGEST_ANSWER: Final = 30.0
"""Seconds from an answer's first byte to its last."""
_SHORTER: Final = (
    "race a request whose answer ends (no event stream, no download), or have it answer with less"
)


class Allowance:
    """What is left of the limits for one answer."""

    def __init__(self) -> None:
        self._left = LARGEST_ANSWER
        self._since: float | None = None

    def take(self, count: int) -> None:
        """Count bytes that have come.

        Raises:
            DoubtError: they are too many, or have come for too long.
        """
        now = monotonic()
        self._since = self._since or now
        self._left -= count
        if self._left < 0:
            size = LARGEST_ANSWER // (1024 * 1024)
            raise DoubtError(f"an answer of the application exceeds {size} MiB", cure=_SHORTER)
        if now - self._since > LONGEST_ANSWER:
            raise DoubtError(
                f"an answer of the application is not complete {LONGEST_ANSWER:g} s after its "
                "first byte",
                cure=_SHORTER,
            )


def fetch(client: httpx.Client, method: str, url: str, **more: Any) -> httpx.Response:
    """Send a request; return its answer, read within the limits.

    Args:
        client: sends it.
        method: of the request.
        url: absolute, or a path where the client has a base.
        more: what `httpx.Client.stream` takes.

    Raises:
        DoubtError: the answer exceeds a limit.
        httpx.HTTPError: there is none.
    """
    allowance, body = Allowance(), bytearray()
    # Unpacked, a few bytes may become many: nothing packed is asked for, or unpacked.
    headers = {**more.pop("headers", {}), "Accept-Encoding": "identity"}
    with client.stream(method, url, headers=headers, **more) as answer:
        allowance.take(0)
        for piece in answer.iter_raw():
            allowance.take(len(piece))
            body += piece
        return httpx.Response(
            answer.status_code,
            headers=[
                (name, value)
                for name, value in answer.headers.multi_items()
                if name not in ("content-encoding", "transfer-encoding", "content-length")
            ],
            content=bytes(body),
            request=answer.request,
        )
