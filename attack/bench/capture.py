"""Which SQL a withdrawal sends: one request to an instance whose database lies behind a tap."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from attack.bench.accounts import PASSWORD, Accounts, username
from attack.bench.script import AMOUNT, Script, script
from attack.bench.tap import Tap
from attack.client import Session, new_client
from attack.explore.races import application_of
from attack.targets import Target
from racewalk.errors import RacewalkError
from racewalk.targets.process import Instance
from racewalk.wire.statements import Statement
from shared_db.catalogue import Strategy
from shared_db.errors import LabError
from shared_db.paths import LAB


class Capture:
    """One stack with one worker, its statements overheard."""

    def __init__(self, target: Target, stack: str, instance: Instance, tap: Tap) -> None:
        self._target, self._stack, self._tap = target, stack, tap
        self.url = instance.url
        self._session = Session(target, instance.url, username(0), PASSWORD)

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
    tap = Tap(database_url)
    try:
        which = application_of(stack, threads=1)
        instance = Instance(which, tap.url, LAB / f"bench-{stack}.log")
        try:
            try:
                instance.wait_until_ready()
            except RacewalkError as error:
                raise LabError(str(error)) from error
            # An instance of our own, which was started without the lab's id.
            overheard = Capture(replace(target, lab_id=""), stack, instance, tap)
            try:
                yield overheard
            finally:
                overheard.close()
        finally:
            instance.stop()
    finally:
        tap.close()
