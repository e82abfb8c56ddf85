"""Files that somebody else has written, or cut, or exchanged: read within a limit."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

LARGEST_FILE: Final = 64 * 1024 * 1024
"""Bytes."""


def read_text(path: Path, most: int = LARGEST_FILE) -> str:
    """Return the text of a file in UTF-8, without a byte order mark.

    Args:
        path: of the file.
        most: bytes that the file may have.

    Raises:
        OSError: it cannot be read, or exceeds `most`.
        UnicodeDecodeError: it is not UTF-8.
    """
    try:
        with path.open("rb") as file:  # a device has no size: what is read is counted
            data = file.read(most + 1)
    except ValueError as error:  # a null byte in its name
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    if len(data) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data.decode("utf-8-sig")
