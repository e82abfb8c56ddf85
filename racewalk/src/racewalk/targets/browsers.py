"""Those who are logged in at the applications of a race, and what they send there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from racewalk.targets.http import Response
from racewalk.targets.login import NOBODY, Browser, LoggedIn, Request, Session
from racewalk.targets.process import Instance
from racewalk.targets.race import Race

Logins: TypeAlias = dict[tuple[str, Session], LoggedIn]
"""By the name of those who share them, and whose they are."""


class Browsers:
    """A browser for each session. They hold at all instances of an application.

    Args:
        logins: of the applications that share them, on this database; more are added.
    """

    def __init__(self, logins: Logins | None = None) -> None:
        self._logins: Logins = {} if logins is None else logins
        self._browsers: dict[Session, Browser] = {}

    def fill(self, race: Race, instances: Sequence[Instance]) -> list[bytes]:
        """Log in who is not yet, and fill in the forms; return the requests as they are sent.

        Args:
            race: whose requests.
            instances: of its application; one for each request, or one for all.

        Raises:
            RacewalkError: a log-in is refused, or there is no such form.
        """
        messages, first = [], instances[0]
        for number, request in enumerate(race.requests):
            session = request.session or NOBODY
            if session not in self._browsers:
                self._browsers[session] = self._browser(session, race, first)
            message = self._browsers[session].fill(request)
            its_own = instances[number % len(instances)]
            here, there = (urlsplit(each.url).netloc for each in (first, its_own))
            messages.append(message.replace(f"Host: {here}".encode(), f"Host: {there}".encode(), 1))
        return messages

    def _browser(self, session: Session, race: Race, instance: Instance) -> Browser:
        """Log in, unless an application has done so that shares its log-ins."""
        # What is sent once one is logged in may leave something in the process that was asked; and
        # who is not warmed up shows at no answer that a log-in does not hold.
        is_shared = session.login and not session.then and race.warm
        shared = race.application.logins if is_shared else ""
        known = self._logins.get((shared, session)) if shared else None
        browser = Browser(instance.url, session, instance.log, known, instance.rest)
        if shared:
            self._logins[shared, session] = browser.logged_in
        return browser

    def is_turned_away(self, answered: Iterable[tuple[Request, Response | None]]) -> bool:
        """Return whether an answer may say that whoever asked is not logged in there."""
        return any(
            response is not None
            and self._browsers[request.session or NOBODY].is_turned_away(response)
            for request, response in answered
        )

    def forget_borrowed(self, race: Race) -> bool:
        """Forget the log-ins that other applications gave; return whether there were any."""
        borrowed = [each for each, browser in self._browsers.items() if browser.is_borrowed]
        for session in borrowed:
            self._browsers.pop(session).close()
            self._logins.pop((race.application.logins, session), None)
        return bool(borrowed)

    def forget(self) -> None:
        """Forget all, and what they share: the database knows of no log-in any more."""
        self._logins.clear()
        self.close()

    def close(self) -> None:
        """Close them; who is asked for again logs in anew."""
        for browser in self._browsers.values():
            browser.close()
        self._browsers = {}
