"""The lab's two tables as a grading finds them: who is there, how they are restored and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from shared_db.schema import SCHEMA_SQL

_FREE: Final = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")
_STRICT: Final = ("ivan", "judy", "mallory", "niaj")
"""Whose balance may not fall below zero."""
NAMES: Final = dict(enumerate((*_FREE, *_STRICT), 1))
FREE: Final = tuple(range(1, len(_FREE) + 1))
STRICT: Final = tuple(range(len(_FREE) + 1, len(NAMES) + 1))
PARENTS_FIRST: Final = ('"user"', "withdraw_logs")
GRANTS: Final = (
    'GRANT SELECT, UPDATE ON "user" TO {role}; GRANT SELECT, INSERT ON withdraw_logs TO {role}'
)


def tables(random: Random) -> str:
    """Return SQL that makes the tables and the accounts, each with a balance of its own."""
    rows = ", ".join(
        f"({number}, '{name}', '{name}@overdraft.example', '!', {random.randint(1000, 9999)}, "
        f"{random.randint(1, 99)}, {number in STRICT})"
        for number, name in NAMES.items()
    )
    columns = "id, username, email, password, money, version, forbid_overdraft"
    return f'{SCHEMA_SQL}; INSERT INTO "user" ({columns}) VALUES {rows}'  # noqa: S608 - our own words


def balance(user: int, money: int, version: int) -> str:
    """Return SQL that gives an account its balance and its version at the start."""
    return f'UPDATE "user" SET money = {money}, version = {version} WHERE id = {user}'  # noqa: S608


def facts(racing: Sequence[int]) -> Mapping[str, str]:
    """Return what is read of the accounts that race, and what changed elsewhere.

    The log's amounts are one text, ascending and with commas between them.
    """
    read = {"elsewhere": _elsewhere(racing)}
    for user in dict.fromkeys(racing):
        name = NAMES[user]
        read[f"{name}.money"] = f'SELECT money FROM "user" WHERE id = {user}'  # noqa: S608
        read[f"{name}.version"] = f'SELECT version FROM "user" WHERE id = {user}'  # noqa: S608
        read[f"{name}.log"] = (
            "SELECT coalesce(string_agg(amount::text, ',' ORDER BY amount), '') "  # noqa: S608
            f"FROM withdraw_logs WHERE user_id = {user}"
        )
    return read


def _elsewhere(racing: Sequence[int]) -> str:
    """How many rows differ from the start that no withdrawal of those who race may touch.

    Of their own rows a withdrawal may change the balance and the version alone.
    """
    own = ", ".join(map(str, dict.fromkeys(racing)))
    theirs = f"id IN ({own})"
    return f"""
        SELECT (SELECT count(*) FROM "user" now FULL JOIN start."user" was USING (id)
                WHERE CASE WHEN {theirs}
                      THEN to_jsonb(now) - 'money' - 'version'
                           IS DISTINCT FROM to_jsonb(was) - 'money' - 'version'
                      ELSE to_jsonb(now) IS DISTINCT FROM to_jsonb(was) END)
             + (SELECT count(*) FROM withdraw_logs WHERE user_id NOT IN ({own}))
    """  # noqa: S608 - numbers
