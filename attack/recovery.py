"""Waiting for a stack that broke down in mid-attack to come back by itself."""

import time

from attack.ledger import Ledger
from attack.stacks.gunicorn import is_healthy
from shared_db.errors import LabError

RECOVERS_WITHIN_S = 30.0
_PAUSE_S = 0.2


def wait_for_recovery(stack: str, url: str, ledger: Ledger, username: str) -> None:
    """Return as soon as the stack answers its health check and the ledger can be read.

    Raises:
        LabError: they do not within 30 s.
    """
    deadline = time.monotonic() + RECOVERS_WITHIN_S
    while not (is_healthy(url) and _is_readable(ledger, username)):
        if time.monotonic() > deadline:
            raise LabError(
                f"the {stack} stack at {url} stopped answering in mid-attack and did not come back "
                f"within {RECOVERS_WITHIN_S:.0f} s: its log says why (.lab/{stack}.log, or "
                f"`docker compose logs {stack}`); start again"
            )
        time.sleep(_PAUSE_S)


def _is_readable(ledger: Ledger, username: str) -> bool:
    try:
        ledger.read(username)
    except LabError:
        return False
    return True
