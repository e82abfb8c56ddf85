"""A withdrawal as a script for pgbench: the SQL that one request sent, with variables for values.

The values are known by what they are: ids, balance and version of an account of the bench are
numbers that nothing else has. So the same SQL can be sent for any account, from what it reads.

Source: PostgreSQL documentation, 'pgbench', section 'Custom Scripts'.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from attack.bench.accounts import FIRST_ID, START, VERSION, email, username
from racewalk.tap import Statement, Value

AMOUNT = 1
# What stands in quotes is a name, and stays; the rest is a text, a parameter, or a number.
_TOKEN = re.compile(r"""("(?:[^"]|"")*")|('(?:[^']|'')*')|\$(\d+)|(?<![\w.$])(\d+)(?![\w.])""")
_KEYS = "key"


@dataclass(frozen=True)
class Script:
    """A script of one withdrawal.

    Attributes:
        text: what pgbench runs, without the account.
        mode: how it sends that, 'prepared' or 'simple', as the application did.
        statements: how many there are; each takes a way to the server and back.
    """

    text: str
    mode: str
    statements: int

    def for_accounts(self, accounts: int) -> str:
        """Return the text for a withdrawal from one of so many accounts, drawn at random."""
        last = FIRST_ID + accounts - 1
        first = {
            "id": f"random({FIRST_ID}, {last})",
            _KEYS: f"random(1, {2**62})",
            "money": str(START),
            "version": str(VERSION),
        }
        return "".join(f"\\set {name} {value}\n" for name, value in first.items()) + self.text


def script(statements: Iterable[Statement], key: str) -> Script:
    """Return the script of one withdrawal.

    Two kinds are left out. An empty statement tries a connection before it is used, and pgbench
    has none; DEALLOCATE ends statements that the driver has prepared, and pgbench prepares its own.

    Args:
        statements: what one request sent, for the first account.
        key: of the intent.
    """
    lines = list[str]()
    mode = "simple"
    for statement in statements:
        sql = statement.sql.strip().rstrip(";").strip()
        if sql and not sql.upper().startswith("DEALLOCATE "):
            mode = "prepared" if statement.params else mode
            told = _with_variables(sql, statement.params, key)
            # What is read of the account is what the rest of the script works with.
            lines.append(told + ("\n\\gset" if _reads_the_account(sql) else ";"))
    return Script("\n".join(lines) + "\n", mode, len(lines))


def _with_variables(sql: str, params: tuple[Value, ...], key: str) -> str:
    """Return the SQL in one line, its values as variables of pgbench."""

    def replaced(match: re.Match[str]) -> str:
        name, text, place, number = match.groups()
        if name:
            return name
        if place:
            return _value(params[int(place) - 1], key)
        return _value(int(number) if number else text[1:-1].replace("''", "'"), key)

    return " ".join(_TOKEN.sub(replaced, sql).split())


def _value(value: Value, key: str) -> str:
    known = {
        FIRST_ID: ":id",
        START: ":money",
        START - AMOUNT: f"(:money - {AMOUNT})",
        VERSION: ":version",
        VERSION + 1: "(:version + 1)",
        key: f"CAST(:{_KEYS} AS text)",
        # A full-row save writes these back: the same value, whoever the account belongs to.
        username(0): '"username"',
        email(0): '"email"',
    }
    if value in known:
        return known[value]
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''") + "'"


def _reads_the_account(sql: str) -> bool:
    try:
        tree = parse_one(sql, read="postgres")
    except SqlglotError:
        return False
    return isinstance(tree, exp.Select) and "money" in tree.named_selects
