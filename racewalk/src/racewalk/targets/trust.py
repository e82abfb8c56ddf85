"""What is taken on trust of an application, since nobody sees it from outside."""

from __future__ import annotations

import os

from racewalk.targets.race import Application
from racewalk.targets.rest import can_tell


def taken_on_trust(application: Application, remembered: int) -> frozenset[str]:
    """Return what a verdict hangs on that was said of an application, or can't be seen here.

    Args:
        application: what was explored.
        remembered: how many schedules were not run by it.

    Returns:
        In words that follow an 'if'.
    """
    trusted = set[str]()
    if remembered and application.database_alone:
        trusted.add("requests meet in the database alone, as database_alone says")
    if application.shared and not can_tell(os.getpid()):
        trusted.add("no request waits for another for a time inside the application")
    return frozenset(trusted)
