"""What an answer says of a withdrawal: pure functions of its head.

Only withdraw() can pay or refuse, and only its answers carry the header with its span. Whatever
else comes back (the login page, a stale token, a proxy's error) decides nothing, and is recorded
as what it is.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from attack.history import Fate
from attack.targets import Beside, Target
from shared_db.spans import SPAN_HEADER

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Span(NamedTuple):
    """One call of withdraw(): times in ns of the monotonic clock, process id, retries."""

    entered_ns: int
    left_ns: int
    worker: int
    retries: int


def span(headers: Mapping[str, str]) -> Span | None:
    """Return the span that an answer carries, or None where no withdraw() gave it.

    Args:
        headers: of the answer, names in lower case.
    """
    try:
        entered, left, worker, *retries = map(int, headers.get(SPAN_HEADER.lower(), "").split())
    except ValueError:
        return None
    return Span(entered, left, worker, sum(retries))


def fate(target: Target, status: int, location: str, *, by_withdraw: bool) -> Fate:
    """Return what came of a withdrawal.

    Args:
        target: whose answers those are.
        status: of the answer.
        location: where it redirects to, or ''.
        by_withdraw: whether withdraw() was entered and left, as its span tells.
    """
    if by_withdraw:
        if status == target.success_status and location == target.success_location:
            return "paid"
        if status in target.refused_status:
            return "refused"
    elif _is_login(target, status, location):
        return "lost"
    return "unknown"


def fate_beside(target: Target, request: Beside, status: int, location: str) -> Fate:
    """Return what came of a request that was sent beside the withdrawals.

    Only the answer to one that did what it asked for decides: what was refused has met nobody.
    """
    if (status, location) == (request.success_status, request.success_location):
        return "done"
    return "lost" if _is_login(target, status, location) else "unknown"


def _is_login(target: Target, status: int, location: str) -> bool:
    return status in _REDIRECTS and urlsplit(location).path == target.login_path
