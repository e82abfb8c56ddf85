"""Who holds what, and who waits for whom, in words that need no manual of PostgreSQL's.

Left out is what says nothing of a race: the locks on tables that every statement takes and that
exclude none of the others, and those on transactions that nobody waits for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from racewalk.record.state import Lock
from racewalk.wire.statements import Value
from racewalk.words import name

PREPARE: Final = """
PREPARE locks (int[]) AS
SELECT pid, locktype, mode, granted,
       CASE WHEN relation IS NOT NULL THEN relation::regclass::text END,
       classid::bigint, objid::bigint, objsubid, transactionid::text::bigint
FROM pg_locks AS held WHERE pid = ANY ($1) AND (mode <> 'SIReadLock' OR EXISTS (
  SELECT 1 FROM pg_locks AS running
  WHERE running.pid = held.pid AND running.virtualxid = held.virtualtransaction));
PREPARE blockers (int[]) AS SELECT pid, unnest(pg_blocking_pids(pid)) FROM unnest($1) AS pid
"""
LOCKS: Final = "EXECUTE locks ({backends}::int[])"
"""Every lock of some backends, but for what a transaction that is over has read."""
BLOCKERS: Final = "EXECUTE blockers ({backends}::int[])"
"""For some backends, whom each of them waits for."""

_QUIET: Final = {"AccessShareLock", "RowShareLock", "RowExclusiveLock"}
_SERIALIZABLE: Final = "SIReadLock"
_READ: Final = {"tuple": "a row of ", "page": "a page of ", "relation": "all of "}
_IN_A_ROW: Final = {  # from the weakest
    "keysh": "keeps the key of a row of {} (FOR KEY SHARE)",
    "sh": "locks a row of {} (FOR SHARE)",
    "fornokeyupd": "locks a row of {} (FOR NO KEY UPDATE)",
    "forupd": "locks a row of {} (FOR UPDATE)",
    "nokeyupd": "has changed a row of {}",
    "upd": "has changed a row of {}",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of pg_locks."""

    pid: int
    kind: str
    mode: str
    granted: bool
    relation: str
    key: tuple[int, ...]
    transaction: int | None

    @classmethod
    def of(cls, told: Sequence[Value]) -> Row:
        """Return the line that an answer to `LOCKS` has told."""
        pid, kind, mode, granted, relation, high, low, number, transaction = told
        # An advisory lock has one number of 64 bits (1) or two of 32 (2).
        high, low = int(str(high or 0)), int(str(low or 0))
        return cls(
            int(str(pid)),
            str(kind),
            str(mode),
            granted == 1,
            str(relation or "").replace('"', ""),
            (high, low) if number == 2 else ((high << 32) + low,),
            None if transaction is None else int(str(transaction)),
        )


def holders(rows: Sequence[Row], owners: Mapping[int, int]) -> dict[int, int]:
    """Return whose each open transaction is, by its number: each holds the lock of it.

    Args:
        rows: of pg_locks.
        owners: whose each backend is.
    """
    return {
        row.transaction: owners[row.pid]
        for row in rows
        if row.kind == "transactionid" and row.granted and row.transaction is not None
    }


def waits(
    told: Sequence[Sequence[Value]], owners: Mapping[int, int]
) -> tuple[tuple[int, int], ...]:
    """Return who waits for whom, of those that race.

    Args:
        told: answers to `BLOCKERS`.
        owners: whose each backend is.
    """
    pids = ((int(str(waiter)), int(str(holder))) for waiter, holder in told)
    pairs = {(owners[w], owners[h]) for w, h in pids if w in owners and h in owners}
    return tuple(sorted(pairs))


def in_words(
    rows: Sequence[Row], owners: Mapping[int, int], waiting: Sequence[tuple[int, int]]
) -> set[Lock]:
    """Return the locks that tell something.

    Args:
        rows: of pg_locks.
        owners: whose each backend is.
        waiting: who waits for whom.
    """
    found = set[Lock]()
    for row in rows:
        by = owners[row.pid]
        whom = " and ".join(name(holder) for waiter, holder in waiting if waiter == by)
        words = _held(row) if row.granted else _wanted(row, whom)
        if words:
            found.add(Lock(by, words, row.granted))
    return found


def in_rows(lockers: Sequence[tuple[int, int, str]], tables: Sequence[str]) -> set[Lock]:
    """Return the locks that lie in rows; of several in one table the strongest.

    Args:
        lockers: number of a table, request, how it is locked.
        tables: their names.
    """
    order = list(_IN_A_ROW)
    strongest: dict[tuple[int, int], int] = {}
    for table, by, mode in lockers:
        strongest[table, by] = max(strongest.get((table, by), 0), order.index(mode))
    return {
        Lock(by, _IN_A_ROW[order[how]].format(tables[table]), True)
        for (table, by), how in strongest.items()
    }


def _held(row: Row) -> str:
    if row.kind == "advisory":
        return f"holds the advisory lock {_key(row)}"
    if row.mode == _SERIALIZABLE:
        return f"remembers that it has read {_READ.get(row.kind, '')}{row.relation}"
    if row.kind == "tuple":
        return f"is first in line for a row of {row.relation}"
    if row.kind == "relation" and row.mode not in _QUIET:
        return f"locks the table {row.relation} ({row.mode})"
    return ""


def _wanted(row: Row, whom: str) -> str:
    by = whom or "somebody"
    if row.kind == "transactionid":
        return f"waits for {by} to commit"
    if row.kind == "advisory":
        return f"waits for the advisory lock {_key(row)} of {by}"
    if row.kind == "tuple":
        return f"waits in line for a row of {row.relation}, behind {by}"
    if row.kind == "relation":
        return f"waits for {by} to unlock the table {row.relation}"
    return f"waits for {by} ({row.mode} on {row.kind})"


def _key(row: Row) -> str:
    return ", ".join(map(str, row.key))
