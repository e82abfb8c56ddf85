"""The numbers of transactions, and what a row's header tells of others, where somebody looks.

A transaction is given its number by its first write or lock. xmin shows it to who compares those of
several rows; xmax shows locks, before anything is committed.
"""

from collections.abc import Callable, Sequence

import pytest

from racewalk.schedule.observer import Observer
from racewalk.search.certificate import Certificate
from support.trials import Said, World

TABLES = """
CREATE TABLE cell (id integer PRIMARY KEY, n bigint);
CREATE TABLE bag (who text);
CREATE SEQUENCE drawn;
CREATE VIEW elder AS SELECT id FROM cell ORDER BY xmin::text::bigint DESC, id DESC LIMIT 1;
CREATE VIEW held AS SELECT id FROM cell WHERE xmax <> 0;
CREATE FUNCTION eldest() RETURNS integer LANGUAGE sql STABLE AS
    'SELECT id FROM cell ORDER BY xmin::text::bigint DESC, id DESC LIMIT 1'
"""
RESTORE = """
TRUNCATE cell, bag;
SELECT setval('drawn', 1, false);
INSERT INTO cell VALUES (1, 1), (2, 2)
"""
ROWS = ("SELECT * FROM cell ORDER BY id", "SELECT * FROM bag ORDER BY who")
WORLD = World(TABLES, RESTORE, ROWS)
WRITE = "UPDATE cell SET n = 5 WHERE id = {}"
STAMP = "UPDATE cell SET n = txid_current() WHERE id = {}"
ORDER = "SELECT id FROM cell ORDER BY xmin::text::bigint, id"
TOLD = World(TABLES, RESTORE, (*ROWS, ORDER), told=True)
UNTOLD = World(TABLES, RESTORE, ROWS, told=True)
STAMPED = World(TABLES, RESTORE, ("SELECT id, rank() OVER (ORDER BY n) FROM cell ORDER BY id",))


def writes(row: int) -> tuple[str, ...]:
    """Return a transaction that writes one row."""
    return ("BEGIN", WRITE.format(row), "COMMIT")


def stamps(row: int) -> tuple[str, ...]:
    """Return a transaction that keeps its number, which it was given by its first write."""
    return ("BEGIN", WRITE.format(row), STAMP.format(row), "COMMIT")


LOOKS: dict[str, tuple[World, tuple[Sequence[Said], ...]]] = {
    "a statement": (WORLD, ((*writes(1), ORDER), writes(2))),
    "a view": (WORLD, ((*writes(1), "SELECT id FROM elder"), writes(2))),
    "a function": (WORLD, ((*writes(1), "SELECT eldest()"), writes(2))),
    "a fact": (TOLD, (writes(1), writes(2))),
    "a lock gives a number": (
        WORLD,
        (
            (
                *("BEGIN", "SELECT n FROM cell WHERE id = 1 FOR UPDATE"),
                *("UPDATE cell SET n = 5 WHERE id = 1", "COMMIT", ORDER),
            ),
            writes(2),
        ),
    ),
    "a number that is kept": (STAMPED, (stamps(1), stamps(2))),
    "xmax, and a write": (
        WORLD,
        (
            ("BEGIN", "UPDATE cell SET n = 5 WHERE id = 1", "ROLLBACK"),
            ("SELECT xmax <> 0 FROM cell WHERE id = 1",),
        ),
    ),
    "xmax, and a lock": (
        WORLD,
        (
            ("BEGIN", "SELECT n FROM cell WHERE id = 1 FOR KEY SHARE", "COMMIT"),
            ("SELECT xmax <> 0 FROM cell WHERE id = 1",),
        ),
    ),
    "xmax, in a view": (
        WORLD,
        (
            ("BEGIN", "SELECT n FROM cell WHERE id = 1 FOR SHARE", "COMMIT"),
            ("SELECT id FROM held",),
        ),
    ),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look(check_in: Callable[..., Certificate], name: str) -> None:
    world, programs = LOOKS[name]
    assert len(check_in(world, *programs).outcomes) > 1, "the order is to be seen"


def test_no_look(check_in: Callable[..., Certificate]) -> None:
    certificate = check_in(UNTOLD, writes(1), writes(2))
    assert certificate.reduction
    assert certificate.reduction.classes == 1


def test_what_other_tests_left_is_gone(
    check_in: Callable[..., Certificate], observer: Observer
) -> None:
    observer.run("CREATE SCHEMA left_behind; CREATE TABLE left_behind.cell (id integer)")
    test_no_look(check_in)
    assert observer.run("SELECT to_regnamespace('left_behind') IS NULL") == [("t",)]
