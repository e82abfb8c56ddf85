"""Somebody changes the password in mid-attack: the real stacks end the session."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from attack import targets
from attack.checkers import judge_trial
from attack.fire import Attacker
from attack.ledger import Ledger
from attack.plan import Plan
from attack.stacks.where import Kind
from attack.store import Store
from attack.verdicts import conclude
from shared_db.accounts import USERS
from shared_db.catalogue import strategies
from shared_db.passwords import hash_password
from tests.conftest import STACKS, Lab

ATTACKED = USERS[-1]
CHANGE = 'UPDATE "user" SET password = %s WHERE username = %s'


@pytest.fixture
def change(lab: Lab) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Return a connection that may change the password, which is put right afterwards."""
    with psycopg.connect(lab.database_url, autocommit=True) as connection:
        try:
            yield connection
        finally:
            right = hash_password(ATTACKED.password)
            connection.execute(CHANGE, (right, ATTACKED.username))


@pytest.mark.parametrize("stack", STACKS)
def test_the_trial_is_unknown_and_the_next_has_another_account(
    lab: Lab,
    ledger: Ledger,
    tmp_path: Path,
    stack: str,
    change: psycopg.Connection[tuple[object, ...]],
) -> None:
    chosen = tuple(each for each in strategies() if each.slug == "row_lock")
    plan = Plan((stack,), chosen, ("last_byte",), 8, threads=8, trials=3, start=40, amount=10)
    attacker = Attacker(targets.load(), {Kind(stack, 2): lab.urls[stack]}, ledger, Store(tmp_path))
    changed = list[str]()

    def after_the_first_trial() -> None:
        if not changed:
            changed.append(hash_password("another"))
            change.execute(CHANGE, (changed[0], ATTACKED.username))

    try:
        (cell,) = attacker.run(plan, workers=2, on_trial=after_the_first_trial)
    finally:
        attacker.close()
    assert [judge_trial(trial) for trial in cell.trials] == ["held", "unknown", "held"]
    (finding,) = conclude(plan, [cell]).findings
    assert finding.came == "inconclusive"
    assert finding.reason == "8 of 24 were sent to the login page (session lost)"
