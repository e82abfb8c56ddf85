"""The clients' sessions: each account logs in to each stack once, before anything is measured."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode, urlsplit

from attack.bench.accounts import PASSWORD, username
from attack.bench.orders import Sent
from attack.bench.script import AMOUNT
from attack.client import Prepared, Session, hidden_fields, new_client
from attack.targets import Target
from shared_db.catalogue import Strategy

# A password takes a tenth of a second of a core, and 100 MB, to hash.
_AT_ONCE = 4
FORM = "application/x-www-form-urlencoded"


class Sessions:
    """What every account of a bench sends, by stack and strategy."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._sessions: dict[str, list[Session]] = {}
        self._sent: dict[tuple[str, int], tuple[Sent, ...]] = {}

    def log_in(self, url: str, accounts: int) -> None:
        """Log the first so many accounts in to the stack at this URL.

        Raises:
            LabError: it does not answer, or refuses one.
        """

        def log_in(number: int) -> Session:
            return Session(self._target, url, username(number), PASSWORD)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            self._sessions[url] = list(pool.map(log_in, range(accounts)))

    def withdrawals(self, url: str, strategy: Strategy) -> tuple[Sent, ...]:
        """Return the withdrawal of each account that is logged in, by a strategy's own form.

        The key of an intent is left out: each time that the form is sent, it gets a new one.

        Raises:
            LabError: the stack does not answer, or has no such page.
        """
        known = url, strategy.number
        if known not in self._sent:
            self._sent[known] = tuple(
                self._without_key(session.prepare(strategy.number, AMOUNT))
                for session in self._sessions[url]
            )
        return self._sent[known]

    def _without_key(self, prepared: Prepared) -> Sent:
        fields = parse_qsl(prepared.body.decode(), keep_blank_values=True)
        kept = [(name, value) for name, value in fields if name != self._target.key_field]
        return Sent(urlsplit(prepared.url).path, prepared.headers, urlencode(kept))

    def close(self) -> None:
        """Close every connection."""
        for sessions in self._sessions.values():
            for session in sessions:
                session.close()


def page_without_database(url: str, target: Target) -> Sent:
    """Return a request that no statement answers: a log-out by somebody who is not logged in.

    It goes the way of a withdrawal (routing, session cookie, the form and its token, a redirect)
    and has neither a user to load nor money to withdraw: what it costs is the framework's own.
    """
    with new_client() as client:
        fields = hidden_fields(client.get(url + target.login_path).text)
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return Sent("/logout", {"Content-Type": FORM, "Cookie": cookies}, urlencode(fields))
