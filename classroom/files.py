"""The files of a class, in its folder: what is secret for their owner alone to read."""

import os
from pathlib import Path

from shared_db.errors import LabError
from shared_db.paths import LAB, lab_folder

_PRIVATE = "private"
ACCOUNTS = LAB / _PRIVATE / "accounts.json"
SLIPS = LAB / _PRIVATE / "slips.html"
QUEUE = LAB / _PRIVATE / "queue.sqlite3"
BELL = LAB / _PRIVATE / "bell"
DESK = LAB / "desk.json"
DESK_LOG = LAB / "desk.log"


def private(*names: str) -> Path:
    """Return the folder that nobody else can enter, or one within it, made where it is missing.

    Raises:
        LabError: it cannot be made or written to.
    """
    lab_folder(_PRIVATE).chmod(0o700)
    return lab_folder(_PRIVATE, *names)


def write(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, readable for its owner alone.

    Raises:
        LabError: it cannot be written.
    """
    unfinished = path.with_name(f"{path.name}.new")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        unfinished.replace(path)
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror}") from None
