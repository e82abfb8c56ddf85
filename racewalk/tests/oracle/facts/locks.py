"""Row locks of all strengths, table locks, advisory locks."""

from __future__ import annotations

from oracle.facts.made import ENOUGH, TAKE, TAKE_CHECKED, inside, made
from oracle.program import Program

_XACT, _SESSION = "SELECT pg_advisory_xact_lock(7)", "SELECT pg_advisory_lock(7)"
_UNLOCK = "SELECT pg_advisory_unlock(7)"
_ALONE = "INSERT INTO log SELECT count(*) + 1, 1 FROM log"


def _locked(strength: str) -> Program:
    return made(inside(f"{ENOUGH} FOR {strength}", f"if: {TAKE}"))


LOCKS: dict[str, Program] = {
    "nobody locks": made([ENOUGH, f"if: {TAKE}"]),
    "one statement": made([TAKE_CHECKED]),
    "a transaction alone": made(inside(ENOUGH, f"if: {TAKE}")),
    "FOR UPDATE": _locked("UPDATE"),
    "FOR NO KEY UPDATE": _locked("NO KEY UPDATE"),
    "FOR SHARE deadlocks": _locked("SHARE"),
    "FOR KEY SHARE does not keep off": _locked("KEY SHARE"),
    "NOWAIT": _locked("UPDATE NOWAIT"),
    "SKIP LOCKED": _locked("UPDATE SKIP LOCKED"),
    "SKIP LOCKED takes the other row": made(
        inside(
            "SELECT id FROM item ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
            "INSERT INTO log VALUES ({last}, 1)",
        ),
    ),
    "NOWAIT after a change": made(
        inside(TAKE, "SELECT n FROM item WHERE id = 2 FOR UPDATE NOWAIT"),
        inside("UPDATE item SET n = n + 1 WHERE id = 2", TAKE_CHECKED),
    ),
    "KEY SHARE beside NO KEY UPDATE": made(
        inside("SELECT n FROM item WHERE id = 1 FOR KEY SHARE", "INSERT INTO log VALUES (1, 1)"),
        inside("SELECT n FROM item WHERE id = 1 FOR NO KEY UPDATE", TAKE),
    ),
    "KEY SHARE keeps off a changed key": made(
        inside("SELECT n FROM item WHERE id = 1 FOR KEY SHARE", "SELECT n FROM item WHERE id = 1"),
        ["UPDATE item SET id = 3 WHERE id = 1"],
    ),
    "the other order deadlocks": made(
        inside(TAKE, "UPDATE item SET n = n + 5 WHERE id = 2"),
        inside("UPDATE item SET n = n - 5 WHERE id = 2", "UPDATE item SET n = n + 5 WHERE id = 1"),
    ),
    "LOCK TABLE": made(inside("LOCK TABLE item", ENOUGH, f"if: {TAKE}")),
    "LOCK TABLE NOWAIT": made(inside("LOCK TABLE item IN EXCLUSIVE MODE NOWAIT", TAKE_CHECKED)),
    "SHARE ROW EXCLUSIVE lets readers by": made(
        inside("LOCK TABLE item IN SHARE ROW EXCLUSIVE MODE", TAKE),
        [ENOUGH, f"if: {TAKE}"],
    ),
    "advisory of a transaction": made(inside(_XACT, ENOUGH, f"if: {TAKE}")),
    "advisory of a transaction, too late": made(inside(ENOUGH, _XACT, f"if: {TAKE}")),
    "advisory of a session": made([_SESSION, ENOUGH, f"if: {TAKE}", _UNLOCK]),
    "advisory, another key": made(
        inside(_XACT, ENOUGH, f"if: {TAKE}"),
        inside("SELECT pg_advisory_xact_lock(8)", ENOUGH, f"if: {TAKE}"),
    ),
    "advisory, shared": made(
        inside("SELECT pg_advisory_xact_lock_shared(7)", ENOUGH, f"if: {TAKE}")
    ),
    "advisory, tried": made(
        inside("SELECT pg_try_advisory_xact_lock(7)", f"if: {TAKE}", f"unless: {_ALONE}"),
    ),
    "advisory, tried, of a session": made(
        ["SELECT pg_try_advisory_lock(7)", f"if: {TAKE_CHECKED}", _UNLOCK],
    ),
    "advisory, kept until the end of the session": made(
        ["SELECT pg_try_advisory_lock(7)", f"if: {TAKE}"], closes=True
    ),
    "advisory, two keys": made(
        inside("SELECT pg_advisory_xact_lock(1, 7)", TAKE_CHECKED),
        inside("SELECT pg_advisory_xact_lock(7, 1)", TAKE_CHECKED),
    ),
    "advisory, of what was read": made(
        inside("SELECT pg_advisory_xact_lock(n) FROM item WHERE id = 1", TAKE),
        ["UPDATE item SET n = 9 WHERE id = 1"],
    ),
    "three, two of whom lock": made(
        inside("SELECT 1 FROM item WHERE id = 1 FOR UPDATE", TAKE_CHECKED),
        [TAKE_CHECKED],
        ["SELECT n FROM item WHERE id = 1"],
    ),
}
