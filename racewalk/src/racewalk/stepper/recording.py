"""A recording as it was written: docs/recording.md says what stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from racewalk.files import read_text

FORMAT: Final = 1
_PARTS: Final = {
    "cell": dict,
    "versions": dict,
    "recorded": str,
    "hash": str,
    "certificate": dict,
    "outcomes": list,
    "facts": list,
    "tables": list,
    "sources": list,
    "requests": list,
    "texts": list,
    "states": list,
    "nodes": list,
}

Recording = dict[str, Any]
"""As JSON holds it."""


def read(path: Path) -> Recording:
    """Read a recording.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no recording, or one of another format.
    """
    try:
        recording = json.loads(read_text(path))
        kinds = {part: type(recording[part]) for part in _PARTS}
        found = recording["format"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ValueError(f"{path} is no recording") from error
    if found != FORMAT:
        raise ValueError(f"{path} is a recording of format {found!r}; this reads format {FORMAT}")
    if kinds != _PARTS:
        raise ValueError(f"{path} is no recording")
    checked: Recording = recording
    return checked
