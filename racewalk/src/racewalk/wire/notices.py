"""What the server tells the explorer, and the client never asked for: waits and plans.

The explorer's settings make every backend report on its own connection (see
`schedule.observer`); these messages are taken out of the stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from racewalk.wire.framing import Message, notice_fields
from racewalk.wire.remembered import remembered

_STILL_WAITING: Final = re.compile(r" still waiting for (\w+ on [a-z ]*[a-z])")


@dataclass(frozen=True, slots=True)
class Notice:
    """One report.

    Attributes:
        waits: whether the backend begins to wait for a lock, or ends; None where it is not that.
        lock: what it waits for, such as 'ShareLock on tuple'.
        plan: what auto_explain told, or ''.
    """

    waits: bool | None = None
    lock: str | None = None
    plan: str = ""


@remembered
def ours(message: Message) -> Notice | None:
    """Return what a NoticeResponse tells the explorer, or None where it is for the client."""
    fields = notice_fields(message)
    if fields.get("V") != "LOG":
        return None
    text = fields.get("M", "")
    match fields.get("R"):
        case "ProcSleep":
            if wait := _STILL_WAITING.search(text):
                return Notice(waits=True, lock=wait[1])
            if " acquired " in text:
                return Notice(waits=False)
        case "explain_ExecutorEnd":
            return Notice(plan=text.partition("plan:\n")[2])
    return Notice()
