"""What breaks down in mid-attack gets a bounded time to come back, and the attack its lock."""

from dataclasses import replace

import psycopg
import pytest

from attack import recovery, targets
from attack.ledger import Ledger
from attack.recovery import wait_for_recovery
from shared_db.errors import LabError
from tests.conftest import Lab

OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND usename = current_user AND query LIKE %s"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait half a second where the attack waits 30."""
    monkeypatch.setattr(recovery, "RECOVERS_WITHIN_S", 0.5)


def test_a_healthy_stack_is_not_waited_for(lab: Lab, ledger: Ledger) -> None:
    wait_for_recovery("flask", lab.urls["flask"], ledger, "alice")


@pytest.mark.usefixtures("quick")
def test_a_stack_that_stays_away_is_given_up(ledger: Ledger) -> None:
    with pytest.raises(LabError, match="did not come back within"):
        wait_for_recovery("flask", "http://127.0.0.1:9", ledger, "alice")


@pytest.mark.usefixtures("quick")
def test_a_database_that_stays_away_is_given_up(lab: Lab) -> None:
    nowhere = Ledger(targets.load(), "postgresql://127.0.0.1:9/lab")
    with pytest.raises(LabError, match="did not come back within"):
        wait_for_recovery("flask", lab.urls["flask"], nowhere, "alice")


def test_a_ledger_that_lost_its_connection_takes_its_lock_again(lab: Lab) -> None:
    mine, other = (Ledger(targets.load(), lab.database_url) for _ in range(2))
    try:
        mine.lock()
        with psycopg.connect(lab.database_url, autocommit=True) as connection:
            assert connection.execute(OTHERS, ("%pg_try_advisory_lock%",)).fetchall()
        with pytest.raises(LabError, match="stopped answering"):
            mine.read("alice")
        mine.read("alice")
        with pytest.raises(LabError, match="another attack is under way"):
            other.lock()
    finally:
        mine.close()
        other.close()


def test_an_account_that_is_gone_is_told_in_one_line(ledger: Ledger) -> None:
    with pytest.raises(LabError, match="has no account nobody any more"):
        ledger.read("nobody")


def test_a_database_without_the_ledger_is_told_in_one_line(lab: Lab) -> None:
    target = replace(targets.load(), read_sql="SELECT 1, 1, 1 FROM no_such_ledger")
    ledger = Ledger(target, lab.database_url)
    with pytest.raises(LabError, match=r"no ledger .* \"no_such_ledger\" does not exist"):
        ledger.read("alice")
    ledger.close()
