"""Statements that look harmless and are not: the reduced search misses nothing of them.

Each is a pair of requests for which a reading that is a little too generous leaves an outcome out.
"""

from collections.abc import Callable, Iterator

import pytest

from racewalk.commute.effects import Reader
from racewalk.schedule.observer import Observer
from racewalk.schedule.record import Answer
from racewalk.search.certificate import Certificate
from racewalk.targets.session import Script, Scripted, SqlError
from support.labs import MakeLab
from support.oracle import agree
from support.readers import reader_of

TABLES = """
DROP TABLE IF EXISTS scripted.named, scripted.doubled;
DROP FUNCTION IF EXISTS scripted.date_add(integer, integer);
CREATE TABLE scripted.named (id integer PRIMARY KEY, code varchar(3) UNIQUE, n integer DEFAULT 0);
CREATE TABLE scripted.doubled (
    x integer, k integer GENERATED ALWAYS AS (x * 2) STORED UNIQUE, id integer PRIMARY KEY);
INSERT INTO scripted.named VALUES (1, 'x'), (2, 'z');
INSERT INTO scripted.doubled (x, id) VALUES (1, 1), (2, 2);
CREATE FUNCTION scripted.date_add(integer, integer) RETURNS integer LANGUAGE sql AS
    'UPDATE scripted.named SET n = n * $1 + $2 WHERE id = 1 RETURNING n';
GRANT USAGE ON SCHEMA scripted TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA scripted TO PUBLIC
"""
RESTORE = (
    "DELETE FROM named WHERE id NOT IN (1, 2)",
    "UPDATE named SET code = CASE id WHEN 1 THEN 'x' ELSE 'z' END, n = 0",
    "UPDATE doubled SET x = id",
)


def tells(*statements: str) -> Scripted:
    """Return a script that runs statements and answers with all that they gave."""

    def script(request: int) -> Script:
        told: list[object] = []
        for statement in statements:
            try:
                result = yield statement
                told.append((result.rows, result.tag))
            except SqlError as error:
                told.append(error.sqlstate)
                if statements[0].startswith("BEGIN"):
                    yield "ROLLBACK"
                    break
        return Answer("failed", f"{request}: {told}")

    return script


def withdraws(read: str) -> Scripted:
    """Return a withdrawal of 80 that reads the balance like this."""

    def script(_request: int) -> Script:
        balance = (yield read).number
        if balance < 80:
            return Answer("refused")
        yield "INSERT INTO payout (account_id, amount) VALUES (1, 80)"
        yield "UPDATE account SET balance = $1 WHERE id = 1", (balance - 80,)
        return Answer("paid")

    return script


@pytest.fixture
def check(make_lab: MakeLab, observer: Observer) -> Iterator[Callable[..., Certificate]]:
    """Return a function that holds the reduced search of some scripts against brute force."""
    make_lab([tells("SELECT 1")] * 2).close()  # makes the schema
    observer.run(TABLES)

    def checked(*scripts: Scripted) -> Certificate:
        lab = make_lab(list(scripts))
        before = lab.target.reset

        def reset() -> object:
            observer.run("SET search_path = scripted; " + "; ".join(RESTORE))
            return before()

        lab.target.reset = reset  # type: ignore[method-assign,assignment]

        def reader() -> Reader:
            return reader_of(observer)

        return agree(lab, len(scripts), reader)

    yield checked
    observer.run("RESET search_path")


@pytest.mark.parametrize(
    "read",
    [
        "WITH account AS (SELECT * FROM account WHERE id = 1) SELECT balance FROM account",
        "SELECT balance FROM (account a LEFT JOIN payout p ON p.id = 0) WHERE a.id = 1",
        "SELECT balance FROM (account a CROSS JOIN named m) JOIN named o ON o.id = 1 AND m.id = 1",
    ],
)
def test_a_balance_that_is_read_in_a_roundabout_way(
    check: Callable[..., Certificate], read: str
) -> None:
    assert check(withdraws(read), withdraws(read)).verdict == "unsafe"


PAIRS = {
    "on conflict sees past the snapshot": (
        (
            "BEGIN ISOLATION LEVEL REPEATABLE READ",
            "SELECT 1 FROM account",
            "INSERT INTO named VALUES (3, 'z') ON CONFLICT (code) DO NOTHING",
            "COMMIT",
        ),
        ("UPDATE named SET n = 5 WHERE id = 2",),
    ),
    "on conflict sets several columns": (
        ("INSERT INTO named VALUES (1, 'q') ON CONFLICT (id) DO UPDATE SET (code, n) = ('y', 1)",),
        ("INSERT INTO named (id, code) VALUES (4, 'y')",),
    ),
    "a level with a comment": (
        (
            "BEGIN ISOLATION LEVEL REPEATABLE READ /* app */",
            "SELECT n FROM named WHERE id = 1",
            "SELECT n FROM named WHERE id = 2",
            "COMMIT",
        ),
        ("UPDATE named SET n = 1 WHERE id = 2",),
    ),
    "a chained commit": (
        (
            "BEGIN ISOLATION LEVEL REPEATABLE READ",
            "SELECT n FROM named WHERE id = 1",
            "COMMIT AND CHAIN",
            "SELECT n FROM named WHERE id = 2",
            "COMMIT",
        ),
        ("UPDATE named SET n = 1 WHERE id = 1", "UPDATE named SET n = 1 WHERE id = 2"),
    ),
    "a function that has the name of another dialect's": (
        ("SELECT date_add(2, 1)",),
        ("SELECT date_add(3, 0)",),
    ),
    "a generated key": (
        ("UPDATE doubled SET x = 7 WHERE id = 1",),
        ("UPDATE doubled SET x = 7 WHERE id = 2",),
    ),
    "blanks that are cut off": (
        ("INSERT INTO named (id, code) VALUES (6, 'abc ')",),
        ("INSERT INTO named (id, code) VALUES (7, 'abc')",),
    ),
    "a first statement that reads nothing": (
        (
            "BEGIN ISOLATION LEVEL REPEATABLE READ",
            "SELECT 1",
            "SELECT n FROM named WHERE id = 1",
            "COMMIT",
        ),
        ("UPDATE named SET n = 1 WHERE id = 1",),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_nothing_is_missed(check: Callable[..., Certificate], name: str) -> None:
    certificate = check(*(tells(*statements) for statements in PAIRS[name]))
    assert len(certificate.outcomes) > 1, "the order is to be seen"


def test_a_key_that_is_computed_after_all(check: Callable[..., Certificate]) -> None:
    written_back = tells("UPDATE named SET code = 'x' WHERE id = 1")
    computed = tells("UPDATE named SET code = code || 'y' WHERE id = 2")
    assert len(check(written_back, computed).outcomes) == 1
