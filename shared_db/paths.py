"""Where the lab keeps what it makes: .lab and runs in the checkout, or the folder OVERDRAFT_LAB."""

import os
from pathlib import Path

from shared_db.errors import LabError

CHECKOUT = Path(__file__).resolve().parent.parent
LAB = Path(os.environ.get("OVERDRAFT_LAB") or CHECKOUT / ".lab").resolve()
RUNS = LAB / "runs" if os.environ.get("OVERDRAFT_LAB") else CHECKOUT / "runs"
STATIC = CHECKOUT / "shared_db" / "static"


def lab_folder(*names: str) -> Path:
    """Return the lab's folder, or one within it, made where it is missing.

    Raises:
        LabError: it cannot be made or written to.
    """
    folder = LAB.joinpath(*names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK) else "no write permission"
    except OSError as error:
        reason = str(error.strerror)
    if reason:
        raise LabError(
            f"{folder} cannot be written to ({reason}): make it writable, "
            "or set OVERDRAFT_LAB to a folder that is"
        )
    return folder
