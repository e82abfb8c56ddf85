"""What the kinds of exercises share beside the withdrawal: tables, and what changed elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from attack.grade import accounts
from attack.grade.trial import RAISED, Fault
from racewalk import Facts
from shared_db.paths import CHECKOUT

ALICE, BOB, CAROL, DAVE = 1, 2, 3, 4
TABLES: Final = CHECKOUT / "stage" / "tables.sql"


def tables(random: Random, rows: Sequence[str]) -> str:
    """Return SQL that makes the lab's tables and those of single exercises, and fills them."""
    parts = [accounts.tables(random), TABLES.read_text("utf-8"), *rows]
    return ";\n".join(part.strip().rstrip(";") for part in parts)


def unchanged(table: str, key: str, may: str = "") -> str:
    """Return SQL that counts the rows of a table that are not as they were.

    Args:
        table: its name, quoted where need be.
        key: its primary key.
        may: a column that may have changed, or ''.
    """
    now, was = ("to_jsonb(now)", "to_jsonb(was)")
    if may:
        now, was = f"{now} - '{may}'", f"{was} - '{may}'"
    return (
        f"SELECT count(*) FROM {table} now FULL JOIN start.{table} was USING ({key}) "  # noqa: S608
        f"WHERE {now} IS DISTINCT FROM {was}"
    )


def listed(expression: str, table: str, where: str = "true") -> str:
    """Return SQL that gives the rows of a table as one text, sorted, with commas between them."""
    return (
        f"SELECT coalesce(string_agg({expression}, ',' ORDER BY {expression}), '') "  # noqa: S608
        f"FROM {table} WHERE {where}"
    )


def items(facts: Facts, name: str) -> list[str]:
    """Return such a text as a list."""
    return [each for each in str(facts[name]).split(",") if each]


def anywhere(facts: Facts, answers: Sequence[str]) -> Fault | None:
    """Return what is wrong whatever the exercise is, or None."""
    if facts.number("elsewhere"):
        return Fault("touches_others")
    return Fault("fails") if RAISED in answers else None
