"""Isolation levels, savepoints, cursors, and how transactions end."""

from __future__ import annotations

from oracle.facts.made import ENOUGH, TAKE, TAKE_CHECKED, inside, made
from oracle.program import Program

_SUM = "SELECT sum(n) >= 5 FROM item"
_SKEW = [_SUM, "if: UPDATE item SET n = n - 5 WHERE id = {id}"]
_STRICT, _STRICTEST = "REPEATABLE READ", "SERIALIZABLE"
_NOTHING = "SELECT 1 FROM item HAVING sum(n) < 5"


def _skew(level: str) -> Program:
    return made(
        inside(_SUM, "if: UPDATE item SET n = n - 6 WHERE id = 1", level=level),
        inside(_SUM, "if: UPDATE item SET n = n - 6 WHERE id = 2", level=level),
        broken="SELECT 1 FROM item HAVING sum(n) < 0",
    )


LEVELS: dict[str, Program] = {
    "repeatable read": made(inside(ENOUGH, f"if: {TAKE}", level=_STRICT)),
    "serializable": made(inside(ENOUGH, f"if: {TAKE}", level=_STRICTEST)),
    "repeatable read beside read committed": made(
        inside(ENOUGH, f"if: {TAKE}", level=_STRICT), [ENOUGH, f"if: {TAKE}"]
    ),
    "write skew at read committed": _skew("READ COMMITTED"),
    "write skew at repeatable read": _skew(_STRICT),
    "write skew at serializable": _skew(_STRICTEST),
    "an absent row at serializable": made(
        inside(
            "SELECT count(*) = 0 FROM log WHERE n = 7",
            "if: INSERT INTO log VALUES (1, 7)",
            level=_STRICTEST,
        ),
        inside(
            "SELECT count(*) = 0 FROM log WHERE n = 7",
            "if: INSERT INTO log VALUES (2, 7)",
            level=_STRICTEST,
        ),
        broken="SELECT 1 FROM log HAVING count(*) > 1",
    ),
    "an absent row at repeatable read": made(
        inside("SELECT count(*) = 0 FROM log", "if: INSERT INTO log VALUES (1, 7)", level=_STRICT),
        inside("SELECT count(*) = 0 FROM log", "if: INSERT INTO log VALUES (2, 7)", level=_STRICT),
        broken="SELECT 1 FROM log HAVING count(*) > 1",
    ),
    "a reader's two looks": made(inside(ENOUGH, "SELECT n FROM item WHERE id = 1"), [TAKE_CHECKED]),
    "a reader's two looks at repeatable read": made(
        inside(ENOUGH, "SELECT n FROM item WHERE id = 1", level=_STRICT), [TAKE_CHECKED]
    ),
    "a snapshot begins with the first query": made(
        inside("SELECT 1", "SELECT n FROM item WHERE id = 1", level=_STRICT), [TAKE]
    ),
    "SET TRANSACTION": made(
        inside(f"SET TRANSACTION ISOLATION LEVEL {_STRICT}", ENOUGH, f"if: {TAKE}")
    ),
    "read only at serializable": made(
        ["BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", "SELECT sum(n) FROM item", "COMMIT"],
        inside(_SUM, "UPDATE item SET n = n - 1 WHERE id = 1", level=_STRICTEST),
    ),
    "a retry after a failure": made(
        ["BEGIN ISOLATION LEVEL REPEATABLE READ", f"? {TAKE_CHECKED}", "? COMMIT", TAKE_CHECKED],
        [TAKE_CHECKED],
    ),
    "a savepoint that is rolled back to": made(
        inside("SAVEPOINT s", TAKE, "ROLLBACK TO s"), [TAKE_CHECKED]
    ),
    "a savepoint that is released": made(inside("SAVEPOINT s", TAKE_CHECKED, "RELEASE s")),
    "a lock that goes with its savepoint": made(
        inside("SAVEPOINT s", f"{ENOUGH} FOR UPDATE", "ROLLBACK TO s", TAKE_CHECKED),
        [f"{ENOUGH} FOR UPDATE NOWAIT"],
    ),
    "an error inside a savepoint": made(
        inside(
            "SAVEPOINT s",
            "? INSERT INTO log VALUES (1, 1)",
            "ROLLBACK TO s",
            "INSERT INTO log VALUES (2, 1)",
        ),
        ["INSERT INTO log VALUES (1, 2)"],
    ),
    "a cursor": made(
        inside("DECLARE c CURSOR FOR SELECT n FROM item ORDER BY id", "FETCH c", "FETCH c"), [TAKE]
    ),
    "a cursor FOR UPDATE": made(
        inside(
            "DECLARE c CURSOR FOR SELECT n FROM item WHERE id = 1 FOR UPDATE",
            "FETCH c",
            "UPDATE item SET n = n - 5 WHERE CURRENT OF c",
        ),
        [TAKE_CHECKED],
    ),
    "a cursor WITH HOLD": made(
        [
            *inside("DECLARE c CURSOR WITH HOLD FOR SELECT n FROM item WHERE id = 1"),
            "FETCH c",
            "CLOSE c",
        ],
        [TAKE],
    ),
    "a cursor that scrolls back": made(
        inside(
            "DECLARE c SCROLL CURSOR FOR SELECT id, n FROM item ORDER BY id",
            "FETCH 2 FROM c",
            "FETCH PRIOR FROM c",
        ),
        [TAKE],
    ),
    "ROLLBACK": made(["BEGIN", TAKE, "ROLLBACK"], [ENOUGH, f"if: {TAKE}"]),
    "AND CHAIN": made(["BEGIN", TAKE_CHECKED, "COMMIT AND CHAIN", "SELECT 1", "COMMIT"], [TAKE]),
    "read only": made(
        ["BEGIN READ ONLY", "SELECT n FROM item WHERE id = 1", f"? {TAKE}", "ROLLBACK"], [TAKE]
    ),
    "several statements in one message": made([f"{ENOUGH}; {TAKE_CHECKED}"]),
    "several statements in one message, the first locks": made(
        [f"BEGIN; {ENOUGH} FOR UPDATE", f"if: {TAKE}", "COMMIT"]
    ),
}
