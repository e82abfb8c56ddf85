"""What a command writes into a page, of files that other commands have written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared_db.errors import LabError


def written_of(files: list[Path], make: Callable[[list[Any]], str], what: str, command: str) -> str:
    """Return what is made of the records in some files.

    Args:
        files: JSON, a record each.
        make: makes it; where they are of another kind it fails over what they lack.
        what: what a file ought to hold, in a word.
        command: which command writes such a file.

    Raises:
        LabError: a file holds no such record.
    """
    try:
        return make([json.loads(file.read_text(encoding="utf-8")) for file in files])
    except (ValueError, KeyError, TypeError, IndexError):
        named = " or ".join(map(str, files))
        raise LabError(f"{named} holds no {what}: `{command}` writes one") from None
