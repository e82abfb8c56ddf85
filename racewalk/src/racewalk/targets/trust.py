"""What is taken on trust of an application, since nobody sees it from outside."""

from __future__ import annotations

from racewalk.targets.race import Application


def taken_on_trust(application: Application, remembered: int, *, is_seen: bool) -> frozenset[str]:
    """Return what a verdict hangs on that was said of an application, or can't be seen here.

    Args:
        application: what was explored.
        remembered: how many schedules were not run by it.
        is_seen: whether this system tells what goes on inside it.

    Returns:
        In words that follow an 'if'.
    """
    trusted = set[str]()
    if remembered and application.database_alone:
        trusted.add("requests meet in the database alone, as database_alone says")
    if application.shared and not is_seen:
        trusted.add("no request waits for another for a time inside the application")
    return frozenset(trusted)
