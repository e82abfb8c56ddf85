"""Times that a table keeps by a DEFAULT: they count where somebody looks at them, and only there.

The rows that brute force compares are without them, as the facts of a race may be.
"""

from collections.abc import Callable, Sequence

import pytest

from racewalk.search.certificate import Certificate
from support.trials import Said, World

pytestmark = pytest.mark.acceptance

TABLES = """
CREATE TABLE kept (at timestamptz DEFAULT now(), who text PRIMARY KEY);
CREATE TABLE copied (at timestamptz, who text);
CREATE TABLE bag (who text);
CREATE TABLE checked (who text PRIMARY KEY, since timestamptz,
    at timestamptz DEFAULT now() CHECK (at > since));
CREATE TABLE once (who text, at timestamptz DEFAULT now() UNIQUE);
CREATE VIEW aged AS SELECT who, rank() OVER (ORDER BY at) FROM kept;
CREATE FUNCTION latest() RETURNS text LANGUAGE sql AS
    'SELECT who FROM kept ORDER BY at DESC, who LIMIT 1'
"""
RESTORE = """
TRUNCATE kept, copied, bag, checked, once;
INSERT INTO kept VALUES ('2000-01-01', 'x')
"""
ROWS = (
    "SELECT who FROM kept ORDER BY who",
    "SELECT who FROM copied ORDER BY who",
    "SELECT who FROM bag ORDER BY who",
    "SELECT who FROM checked ORDER BY who",
    "SELECT who FROM once ORDER BY who",
)
TOLD = World(TABLES, RESTORE, ROWS, told=True)
UNTOLD = World(TABLES, RESTORE, ROWS)

A = ("BEGIN", "INSERT INTO kept (who) VALUES ('a')", "COMMIT")
B = ("BEGIN", "INSERT INTO kept (who) VALUES ('b')", "COMMIT")


def then(*statements: Said) -> tuple[Sequence[Said], ...]:
    """Return two programs that keep their time, and what the first one does afterwards."""
    return ((*A, *statements), B)


LOOKS = {
    "an order": then("SELECT who FROM kept ORDER BY at, who"),
    "a condition": then(
        "SELECT count(*) FROM kept WHERE who = 'b' AND at > (SELECT at FROM kept WHERE who = 'a')"
    ),
    "a window": then("SELECT who, rank() OVER (ORDER BY at) FROM kept ORDER BY who"),
    "a star": then("SELECT who FROM (SELECT * FROM kept) k (t, who) ORDER BY t, who"),
    "a row by the table's name": then("SELECT who FROM kept k ORDER BY k"),
    "USING": then(
        "SELECT count(*) FROM kept JOIN (SELECT max(k.at) AS at FROM kept k) m USING (at)"
        " WHERE who = 'a'"
    ),
    "NATURAL JOIN": then(
        "INSERT INTO copied SELECT max(at) FROM kept",
        "SELECT count(*) FROM kept NATURAL JOIN (SELECT c.at FROM copied c) m WHERE who = 'a'",
    ),
    "an UPDATE": then(
        "UPDATE kept SET who = 'last' WHERE at > (SELECT max(at) FROM kept WHERE who = 'b')"
    ),
    "a copy": then(
        "INSERT INTO copied SELECT at, who FROM kept WHERE who = 'b'",
        "SELECT count(*) FROM copied c, kept k WHERE k.who = 'a' AND c.at > k.at",
    ),
    "RETURNING that compares": (
        (
            "BEGIN",
            (
                "INSERT INTO kept (who) VALUES ('a')"
                " RETURNING at > (SELECT max(at) FROM kept WHERE who = 'b')"
            ),
            "COMMIT",
        ),
        B,
    ),
    "RETURNING of another's row": (
        A,
        (
            "BEGIN",
            (
                "INSERT INTO kept (who) VALUES ('a') ON CONFLICT (who)"
                " DO UPDATE SET who = kept.who RETURNING at < now()"
            ),
            "COMMIT",
        ),
    ),
    "RETURNING in a WITH": (
        (
            "BEGIN",
            (
                "WITH n AS (INSERT INTO kept (who) VALUES ('c') RETURNING at AS t)"
                " SELECT count(*) FROM n WHERE t > (SELECT max(at) FROM kept)"
            ),
            "COMMIT",
        ),
        B,
    ),
    "now()": then("BEGIN", "SELECT count(*) FROM kept WHERE who = 'b' AND at > now()", "COMMIT"),
    "SET to its default": (
        ("BEGIN", "UPDATE kept SET at = DEFAULT WHERE who = 'x'", "COMMIT"),
        (*B, "SELECT who FROM kept ORDER BY at, who"),
    ),
    "a cursor": then(
        *("BEGIN", "DECLARE c CURSOR FOR SELECT who FROM kept ORDER BY at", "FETCH ALL c"),
        "COMMIT",
    ),
    "a view": then("SELECT who FROM aged ORDER BY rank, who"),
    "a function": then("SELECT latest()"),
    "a row as a text": then("SELECT k::text < '(2' FROM kept k"),
    "DO": then("DO 'BEGIN INSERT INTO bag SELECT who FROM kept ORDER BY at DESC LIMIT 1; END'"),
    "a CHECK": (
        ("BEGIN", "INSERT INTO checked (who) VALUES ('a')", "COMMIT"),
        (
            "BEGIN",
            "INSERT INTO kept (who) VALUES ('b')",
            "INSERT INTO checked (who, since) SELECT 'b', max(at) FROM checked",
            "COMMIT",
        ),
    ),
}
NOBODY_LOOKS = {
    "no look": (A, B),
    "RETURNING of its own": (
        ("BEGIN", "INSERT INTO kept (who) VALUES ('a') RETURNING who, at", "COMMIT"),
        ("BEGIN", "INSERT INTO kept (at, who) VALUES (DEFAULT, 'b') RETURNING kept.at", "COMMIT"),
    ),
    "RETURNING of its own row": (
        ("BEGIN", "INSERT INTO kept (who) VALUES ('a') RETURNING *", "COMMIT"),
        ("BEGIN", "INSERT INTO kept (who) VALUES ('b') RETURNING kept.*", "COMMIT"),
    ),
    "a count": then("SELECT count(*) FROM kept WHERE who = 'a'"),
}
DECIDES = {
    "a key": (
        ("BEGIN", "INSERT INTO once (who) VALUES ('a')", "COMMIT"),
        ("BEGIN", "INSERT INTO once (who) VALUES ('b')", "COMMIT"),
    ),
    "carried": then("SELECT count(*) FROM copied WHERE at = '2000-01-01'"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look(check_in: Callable[..., Certificate], name: str) -> None:
    certificate = check_in(TOLD, *LOOKS[name])
    assert len(certificate.outcomes) > 1, "the order is to be seen"


@pytest.mark.parametrize("name", NOBODY_LOOKS)
def test_no_look(check_in: Callable[..., Certificate], name: str) -> None:
    assert classes(check_in(TOLD, *NOBODY_LOOKS[name])) == 1


@pytest.mark.parametrize("name", DECIDES)
def test_what_is_taken_for_a_look(check_in: Callable[..., Certificate], name: str) -> None:
    assert classes(check_in(TOLD, *DECIDES[name])) > 1


def test_who_is_told_of_no_facts_takes_it_that_they_look(
    check_in: Callable[..., Certificate],
) -> None:
    assert classes(check_in(UNTOLD, A, B)) == 2


def classes(certificate: Certificate) -> int:
    """Return how many classes there are."""
    assert certificate.reduction
    return certificate.reduction.classes
