"""Files that somebody else has written, or cut, or exchanged: read within a limit."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

LARGEST_FILE: Final = 64 * 1024 * 1024
"""Bytes."""


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8.

    Raises:
        OSError: it cannot be read, or exceeds `LARGEST_FILE`.
        UnicodeDecodeError: it is not UTF-8.
    """
    with path.open("rb") as file:  # a device has no size: what is read is counted
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data.decode("utf-8")
