"""The withdrawals whose counts of schedules are known: the explorer is held against them.

Each takes `AMOUNT` from account 1; see `session` for what a script is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from racewalk.schedule.record import Answer
from racewalk.targets.session import Script, SqlError

START: Final = 100
AMOUNT: Final = 80

_READ: Final = "SELECT balance FROM account WHERE id = 1"
_WRITE: Final = "UPDATE account SET balance = $1 WHERE id = 1"
_WRITE_IF: Final = "UPDATE account SET balance = balance - $1 WHERE id = 1 AND balance >= $1"
_PAY: Final = ("INSERT INTO payout (account_id, amount) VALUES (1, $1)", (AMOUNT,))


def autocommit(_request: int) -> Script:
    """Read, write the computed balance, log; every statement a transaction of its own."""
    balance = (yield _READ).number
    if balance < AMOUNT:
        return Answer("refused")
    yield _WRITE, (balance - AMOUNT,)
    yield _PAY
    return Answer("paid")


def transaction(_request: int) -> Script:
    """The same within BEGIN and COMMIT, at READ COMMITTED."""
    return (yield from _in_transaction("BEGIN", _READ))


def row_lock(_request: int) -> Script:
    """The same, reading the balance FOR UPDATE."""
    return (yield from _in_transaction("BEGIN", f"{_READ} FOR UPDATE"))


def serializable(_request: int) -> Script:
    """The same at SERIALIZABLE, rolled back and not tried again where it fails."""
    try:
        return (yield from _in_transaction("BEGIN ISOLATION LEVEL SERIALIZABLE", _READ))
    except SqlError as error:
        yield "ROLLBACK"
        return Answer("failed", error.sqlstate)


def conditional_update(_request: int) -> Script:
    """Let the UPDATE decide: it finds no row where funds are short."""
    yield "BEGIN"
    updated = yield _WRITE_IF, (AMOUNT,)
    if updated.tag == "UPDATE 0":
        yield "ROLLBACK"
        return Answer("refused")
    yield _PAY
    yield "COMMIT"
    return Answer("paid")


def _in_transaction(begin: str, read: str) -> Script:
    yield begin
    balance = (yield read).number
    if balance < AMOUNT:
        yield "ROLLBACK"
        return Answer("refused")
    yield _WRITE, (balance - AMOUNT,)
    yield _PAY
    yield "COMMIT"
    return Answer("paid")


SCRIPTS: Final[dict[str, Callable[[int], Script]]] = {
    script.__name__: script
    for script in (autocommit, transaction, row_lock, conditional_update, serializable)
}
"""By name, in the order in which they are told."""
