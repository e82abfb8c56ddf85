"""Which SQL a withdrawal sends: one request to an instance whose database lies behind a tap."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from attack.bench.accounts import PASSWORD, Accounts, username
from attack.bench.script import AMOUNT, Script, script
from attack.client import Session, new_client
from attack.explore.races import application_of
from attack.targets import Target
from racewalk import RacewalkError
from racewalk.tap import Statement, Tap, overheard
from shared_db.catalogue import Strategy
from shared_db.errors import LabError
from shared_db.paths import LAB


class Capture:
    """One stack with one worker, its statements overheard."""

    def __init__(self, target: Target, stack: str, url: str, tap: Tap) -> None:
        self._target, self._stack, self._tap = target, stack, tap
        self.url = url
        self._session = Session(target, url, username(0), PASSWORD)

    def script(self, strategy: Strategy, accounts: Accounts) -> Script:
        """Return the script of a withdrawal by a strategy.

        Raises:
            LabError: the withdrawal was not paid.
        """
        accounts.reset(forbid_overdraft=strategy.forbid_overdraft)
        prepared = self._session.prepare(strategy.number, AMOUNT)
        fields = dict(each.split("=") for each in prepared.body.decode().split("&"))
        key = fields.get(self._target.key_field, "")
        self._tap.taken()
        with new_client() as client:
            answer = client.post(prepared.url, headers=prepared.headers, content=prepared.body)
        if answer.status_code != self._target.success_status:
            raise LabError(
                f"{strategy.slug} on {self._stack} did not pay: it answered {answer.status_code}"
            )
        return script(self._tap.taken(), key)

    def statements(self, path: str, headers: dict[str, str], body: str) -> list[Statement]:
        """Return what another request sends to the database."""
        self._tap.taken()
        with new_client() as client:
            client.post(self.url + path, headers=headers, content=body.encode())
        return self._tap.taken()

    def close(self) -> None:
        """Close the session."""
        self._session.close()


@contextmanager
def capture(target: Target, stack: str, database_url: str) -> Iterator[Capture]:
    """Yield an instance of a stack whose statements are overheard.

    Raises:
        LabError: it does not start.
    """
    which, log = application_of(stack, threads=1), LAB / f"bench-{stack}.log"
    try:
        with (
            overheard(which, database_url, log) as (url, tap),
            # An instance of our own, which was started without the lab's id.
            closing(Capture(replace(target, lab_id=""), stack, url, tap)) as found,
        ):
            yield found
    except RacewalkError as error:
        raise LabError(str(error)) from error
