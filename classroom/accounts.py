"""The accounts of a class: passwords of their own, drawn once and kept, and their rows."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import msgspec
import psycopg

from classroom import files
from shared_db.accounts import ADMIN, STARTING_MONEY, STUDENTS, USERS
from shared_db.errors import LabError
from shared_db.passwords import hash_password

# Read from a slip of paper and typed: no character that looks like another. 10 of 31 are 49 bits.
_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _IN_A_GROUP = 2, 5
TEACHER = "teacher"
"""Who the board lets in; no account of the applications."""
_NO_PASSWORD = "!"  # noqa: S105 - no hash, so nobody's


@dataclass(frozen=True)
class Account:
    """An account with a password that nobody else has, and its hash as both stacks store it."""

    username: str
    password: str
    hashed: str


def draw(usernames: Sequence[str]) -> dict[str, Account]:
    """Return the accounts of these names, of the admin and of the teacher, by name.

    What was drawn once stays: a class that goes on tomorrow keeps its slips.

    Raises:
        LabError: the file that keeps them cannot be read or written.
    """
    known = kept()
    wanted = (*usernames, ADMIN.username, TEACHER)
    new = {name: _drawn(name) for name in wanted if name not in known}
    if new:
        known |= new
        files.write(files.ACCOUNTS, json.dumps([asdict(known[name]) for name in sorted(known)]))
    return {name: known[name] for name in wanted}


def kept() -> dict[str, Account]:
    """Return every account that was drawn so far, by name.

    Raises:
        LabError: the file that keeps them cannot be read, or holds something else.
    """
    path = files.ACCOUNTS
    try:
        found = msgspec.json.decode(path.read_bytes(), type=list[Account])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise LabError(f"{path} holds no accounts: remove it, and new ones are drawn") from None
    return {each.username: each for each in found}


def _drawn(username: str) -> Account:
    groups = (
        "".join(secrets.choice(_CHARACTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS)
    )
    password = "-".join(groups)
    return Account(username, password, hash_password(password))


def write(
    connection: psycopg.Connection[tuple[object, ...]], accounts: Mapping[str, Account]
) -> None:
    """Give each student a row, and every account of the lab the password that this class has.

    The accounts that an attack watches, to see that it touches nobody else's money, are nobody's
    now: no password opens them. So are those of students who are not of this class.

    Args:
        connection: to the lab's database.
        accounts: of the class, as draw() returns them.
    """
    students = [each for name, each in accounts.items() if re.fullmatch(r"s\d\d", name)]
    here = [each.username for each in students]
    nobodys = [*(user.username for user in USERS), *(name for name in STUDENTS if name not in here)]
    with connection.transaction():
        for each in students:
            connection.execute(
                """INSERT INTO "user" (username, email, password, money) VALUES (%s, %s, %s, %s)
                   ON CONFLICT (username) DO UPDATE SET password = excluded.password""",
                (
                    each.username,
                    f"{each.username}@overdraft.example",
                    each.hashed,
                    STARTING_MONEY,
                ),
            )
        _set_password(connection, [ADMIN.username], accounts[ADMIN.username].hashed)
        _set_password(connection, nobodys, _NO_PASSWORD)


def _set_password(
    connection: psycopg.Connection[tuple[object, ...]], names: Sequence[str], hashed: str
) -> None:
    connection.execute(
        'UPDATE "user" SET password = %s WHERE username = ANY (%s)', (hashed, list(names))
    )
