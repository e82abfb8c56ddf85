"""How a program is written down: two requests on two tables, and more where it needs more."""

from __future__ import annotations

from collections.abc import Sequence

from oracle.program import Program

TABLES = """
CREATE TABLE item (id int PRIMARY KEY, n int NOT NULL);
CREATE TABLE log (id int PRIMARY KEY, n int);
"""
RESTORE = "TRUNCATE item, log CASCADE; INSERT INTO item VALUES (1, 5), (2, 5)"
FACTS = ("SELECT * FROM item ORDER BY id", "SELECT * FROM log ORDER BY id")
TAKE = "UPDATE item SET n = n - 5 WHERE id = 1"
TAKE_CHECKED = "UPDATE item SET n = n - 5 WHERE id = 1 AND n >= 5"
ENOUGH = "SELECT n >= 5 FROM item WHERE id = 1"
BELOW = "SELECT 1 FROM item WHERE n < 0"

Lines = Sequence[str]


def made(
    *requests: Lines,
    tables: str = "",
    restore: str = "",
    facts: Sequence[str] = (),
    broken: str = BELOW,
    closes: bool = False,
) -> Program:
    """Return a program on the two tables, and on what else is given.

    Args:
        requests: lines of each; one stands for two that are alike.
        tables, restore, facts: what comes to what all have.
        broken: see `Program`.
        closes: see `Program`.
    """
    return Program(
        TABLES + tables,
        tuple(map(tuple, requests * 2 if len(requests) == 1 else requests)),
        "; ".join(filter(None, (RESTORE, restore))),
        (*FACTS, *facts),
        broken,
        closes,
    )


def inside(*lines: str, level: str = "") -> list[str]:
    """Return lines in a transaction."""
    return [f"BEGIN{level and f' ISOLATION LEVEL {level}'}", *lines, "COMMIT"]
