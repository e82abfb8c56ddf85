"""When withdraw() was entered and left, told to the client in a response header.

The harness counts from it how many withdrawals overlapped. The clock is the monotonic one that
all processes of a machine share, so the spans of several workers compare.
"""

import os
import time
from contextvars import ContextVar
from types import TracebackType

SPAN_HEADER = "X-Withdraw-Span"

_retries: ContextVar[int] = ContextVar("retries", default=0)


class Span:
    """Context manager around one call of withdraw()."""

    def __enter__(self) -> "Span":
        _retries.set(0)
        self.entered_ns = time.monotonic_ns()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.left_ns = time.monotonic_ns()
        self.retries = _retries.get()

    def header(self) -> str:
        """Return 'entered left worker retries': two times in ns, a process id, a count."""
        return f"{self.entered_ns} {self.left_ns} {os.getpid()} {self.retries}"


def count_retry() -> None:
    """Count one retry in the span that this thread is in."""
    _retries.set(_retries.get() + 1)
