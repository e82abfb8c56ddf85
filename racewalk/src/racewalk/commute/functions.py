"""Which functions a statement may call and still be read; advisory locks are taken by calls."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from racewalk.commute.access import Access, Mode, Rows, Verb
from racewalk.commute.syntax import NotConstantError, constant
from racewalk.wire.statements import Value

_HARMLESS: Final = frozenset(
    {
        *("clock_timestamp", "statement_timestamp", "transaction_timestamp", "timezone"),
        *("currval", "nextval"),
        *("current_setting", "pg_backend_pid", "pg_typeof", "txid_current", "version"),
        *("hashtext", "hashtextextended", "pg_sleep"),
    }
)
"""Not known to sqlglot by a class of their own, and without an effect on what others see."""
_PLAIN: Final = (
    *(exp.And, exp.Or, exp.Cast, exp.Case, exp.If, exp.Exists, exp.Coalesce, exp.Nullif),
    *(exp.Count, exp.Sum, exp.Avg, exp.Max, exp.Min, exp.Greatest, exp.Least),
    *(exp.Abs, exp.Length, exp.Lower, exp.Upper, exp.Concat, exp.CurrentTimestamp),
)
"""Those with a class that are PostgreSQL's own; any other could be somebody's, and do anything."""
_LOCKS: Final = {
    "pg_advisory_lock": (Mode.UPDATE, False),
    "pg_advisory_lock_shared": (Mode.SHARE, False),
    "pg_try_advisory_lock": (Mode.UPDATE, False),
    "pg_try_advisory_lock_shared": (Mode.SHARE, False),
    "pg_advisory_xact_lock": (Mode.UPDATE, True),
    "pg_advisory_xact_lock_shared": (Mode.SHARE, True),
    "pg_try_advisory_xact_lock": (Mode.UPDATE, True),
    "pg_try_advisory_xact_lock_shared": (Mode.SHARE, True),
}
"""Mode, and whether the transaction's end gives it back."""
_UNLOCKS: Final = {
    "pg_advisory_unlock": Mode.UPDATE,
    "pg_advisory_unlock_shared": Mode.SHARE,
}
_ADVISORY: Final = "advisory"


class Calls:
    """What the functions that a statement calls do.

    Attributes:
        known: whether all of them are known.
        locks: advisory locks until the transaction's end.
        session_locks: advisory locks that outlast it.
        session_unlocks: those given back at once.
    """

    def __init__(self, tree: exp.Expr, params: tuple[Value, ...]) -> None:
        self.known = True
        self.locks: set[Access] = set()
        self.session_locks: set[Access] = set()
        self.session_unlocks: set[Access] = set()
        for call in tree.find_all(exp.Func):
            if not isinstance(call, exp.Anonymous):
                self.known = self.known and isinstance(call, _PLAIN)
                continue
            self._take(str(call.this).lower(), call, params)

    def _take(self, name: str, call: exp.Anonymous, params: tuple[Value, ...]) -> None:
        rows = _keys(call, params)
        if name in _LOCKS:
            mode, until_end = _LOCKS[name]
            (self.locks if until_end else self.session_locks).add(Access(Verb.LOCK, rows, mode))
        elif name in _UNLOCKS:
            self.session_unlocks.add(Access(Verb.UNLOCK, rows, _UNLOCKS[name]))
        elif name == "pg_advisory_unlock_all":
            self.session_unlocks.add(Access(Verb.UNLOCK, Rows(_ADVISORY), Mode.UPDATE))
        elif name not in _HARMLESS:
            self.known = False


def _keys(call: exp.Anonymous, params: tuple[Value, ...]) -> Rows:
    """The lock's keys where they are constant; one key and two are different spaces."""
    where: set[tuple[str, int]] = set()
    for index, argument in enumerate(call.expressions):
        try:
            value = constant(argument, params)
            where.add((f"{index + 1} of {len(call.expressions)}", int(value or 0)))
        except (NotConstantError, ValueError):
            continue
    return Rows(_ADVISORY, frozenset(where))
