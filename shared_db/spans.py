"""When withdraw() was entered and left, told to the client in a response header.

The harness counts from it how many withdrawals overlapped. The clock is the monotonic one that
all processes of a machine share, so the spans of several workers compare.
"""

import os
import time
from types import TracebackType

SPAN_HEADER = "X-Withdraw-Span"


class Span:
    """Context manager around one call of withdraw()."""

    def __enter__(self) -> "Span":
        self.entered_ns = time.monotonic_ns()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.left_ns = time.monotonic_ns()

    def header(self) -> str:
        """Return 'entered left worker': two times in nanoseconds and a process id."""
        return f"{self.entered_ns} {self.left_ns} {os.getpid()}"
