"""What ends a grading before its end."""

from __future__ import annotations

from typing import NamedTuple

from attack.grade.trial import Fault, Trial
from racewalk import Outcome, Run


class Stop(NamedTuple):
    """The fault, and what shows it.

    `cause` names the stale read in words, '' if none was found; `page` is one to step through the
    race on, '' without; `steps` says whether there can be one.
    """

    fault: Fault
    trial: Trial | None = None
    run: Run | None = None
    end: Outcome | None = None
    page: str = ""
    steps: bool = False
    cause: str = ""


class Failed(Exception):  # noqa: N818 - the word for what a student's work did
    """A repair is refused; `stop` tells why."""

    def __init__(self, fault: Fault, *shown: object) -> None:
        super().__init__(fault.reason)
        self.stop = Stop(fault, *shown)  # type: ignore[arg-type]
