"""Waiting for a stack that broke down in mid-attack to come back by itself."""

import time
from typing import NamedTuple

from attack.ledger import Ledger
from attack.stacks.health import is_healthy
from shared_db.errors import LabError

RECOVERS_WITHIN_S = 30.0
_PAUSE_S = 0.2


class Logs(NamedTuple):
    """Where the log of an instance is, and that of its database: a file, a command, or ''."""

    instance: str = ""
    database: str = ""


_NOWHERE = Logs()


def wait_for_recovery(
    stack: str,
    url: str,
    ledger: Ledger,
    username: str,
    lab_id: str = "",
    logs: Logs = _NOWHERE,
) -> None:
    """Return as soon as the stack answers its health check and the ledger can be read.

    Raises:
        LabError: they do not within 30 s; or another lab than this one answers.
    """
    deadline = time.monotonic() + RECOVERS_WITHIN_S
    while not (is_healthy(url, lab_id) and _is_readable(ledger, username)):
        if time.monotonic() > deadline:
            who, log = f"the {stack} stack at {url}", logs.instance
            if not _is_readable(ledger, username):
                who, log = "PostgreSQL", logs.database
            raise LabError(
                f"{who} stopped answering in mid-attack and did not come back within "
                f"{RECOVERS_WITHIN_S:.0f} s: its log says why{log and f' ({log})'}; start again"
            )
        time.sleep(_PAUSE_S)


def _is_readable(ledger: Ledger, username: str) -> bool:
    try:
        ledger.read(username)
    except LabError:
        return False
    return True
