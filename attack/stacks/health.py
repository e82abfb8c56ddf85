"""Whether a stack answers, and whether it is the one that was meant."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from attack.stacks.ports import holder
from shared_db.errors import LabError
from shared_db.lab_id import LAB_HEADER

_ANSWERS_WITHIN_S = 5
# Above it lie the answers of a proxy, or of gunicorn itself, that no application gave.
_SERVER_ERROR = 500


class ForeignAnswerError(LabError):
    """An answer came from another lab, or from no lab: nothing that it says is to be judged."""


def is_healthy(base_url: str, lab_id: str = "") -> bool:
    """Tell whether a stack and its database answer.

    Raises:
        ForeignAnswerError: somebody else answers; see require_own().
    """
    try:
        with httpx.stream(
            "GET", f"{base_url}/healthz", timeout=_ANSWERS_WITHIN_S, trust_env=False
        ) as answer:  # its status and its head are all that is looked at
            status, headers = answer.status_code, answer.headers
    except httpx.HTTPError:
        return False
    require_own(lab_id, base_url, status, headers)
    return status == 200


def require_own(lab_id: str, url: str, status: int, headers: Mapping[str, str]) -> None:
    """See to it that an answer came from the lab that was asked.

    Args:
        lab_id: its id, or '' where it has none.
        url: what was asked.
        status: of the answer.
        headers: of the answer, by names in lower case.

    Raises:
        ForeignAnswerError: it came from another lab, or, below 500, from an application of none.
    """
    told = headers.get(LAB_HEADER.lower(), "")
    if not lab_id or told == lab_id or (not told and status >= _SERVER_ERROR):
        return
    who = "another lab" if told else "no lab"
    parts = urlsplit(url)
    raise ForeignAnswerError(
        f"{parts.scheme}://{parts.netloc} was answered by {who}, where this one should have "
        f"answered: {holder(parts.port or 80)} listens there; stop that, and start again"
    )
