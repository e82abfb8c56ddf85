"""The accounts of a bench are its own, and gone after it."""

from attack.bench.accounts import FIRST_ID, START, Accounts, accounts
from tests.bench.conftest import COUNT
from tests.conftest import Lab

_ALL = 'SELECT id, username, money FROM "user" ORDER BY id'


def rows(made: Accounts) -> dict[int, tuple[object, ...]]:
    """Return every account by its id."""
    found = made.connection.execute(_ALL).fetchall()
    return {int(str(row[0])): row[1:] for row in found}


def test_they_are_beside_the_others_and_leave_those_alone(made: Accounts) -> None:
    made.reset(forbid_overdraft=False)
    ours = {number: row for number, row in rows(made).items() if number >= FIRST_ID}
    assert list(ours) == list(range(FIRST_ID, FIRST_ID + COUNT))
    assert {row[1] for row in ours.values()} == {START}
    assert {row[0] for row in rows(made).values()} >= {"alice", "admin"}


def test_what_a_killed_bench_left_behind_is_made_anew_and_removed(lab: Lab, made: Accounts) -> None:
    others = {number: row for number, row in rows(made).items() if number < FIRST_ID}
    made.connection.execute(
        "INSERT INTO withdraw_logs (user_id, amount) VALUES (%s, 1)", (FIRST_ID,)
    )
    with accounts(lab.database_url, COUNT + 2):
        assert len(rows(made)) == len(others) + COUNT + 2
    assert rows(made) == others
    made.add()
