"""Unique and foreign keys, exclusion constraints, CHECK, deferred constraints."""

from __future__ import annotations

from oracle.facts.made import TAKE, inside, made
from oracle.program import Program

_CHILD = (
    "CREATE TABLE child (id int PRIMARY KEY, item int REFERENCES item (id) {action});"
    "CREATE INDEX ON child (item);"
)
_CHILDREN = ("SELECT * FROM child ORDER BY id",)
_ORPHAN = "SELECT 1 FROM child WHERE item NOT IN (SELECT id FROM item)"
_DELETE = ["DELETE FROM item WHERE id = 1"]
_EMPTY = "SELECT count(*) = 0 FROM log"
_UNIQUE = "CREATE TABLE once (id int PRIMARY KEY, name text {unique})"
_ONCE = ("SELECT * FROM once ORDER BY id",)
_BOOKED = (
    "CREATE TABLE booked (id int PRIMARY KEY, span int4range,"
    " EXCLUDE USING gist (span WITH &&) {later})"
)
_BOOKINGS = ("SELECT * FROM booked ORDER BY id",)
_CHECKED = "CREATE TABLE pot (id int PRIMARY KEY, n int CHECK (n >= 0))"
_POTS = ("SELECT * FROM pot ORDER BY id",)


def _children(action: str, *requests: list[str], deferred: bool = False) -> Program:
    if deferred:
        action += " DEFERRABLE INITIALLY DEFERRED"
    return made(*requests, tables=_CHILD.format(action=action), facts=_CHILDREN, broken=_ORPHAN)


def _once(unique: str, *requests: list[str], broken: str = "") -> Program:
    return made(
        *requests,
        tables=_UNIQUE.format(unique=unique),
        restore="TRUNCATE once; INSERT INTO once VALUES (1, 'a'), (2, 'b')",
        facts=_ONCE,
        broken=broken or "SELECT name FROM once GROUP BY name HAVING count(*) > 1",
    )


CONSTRAINTS: dict[str, Program] = {
    "looked, then inserted, without a key": made(
        [_EMPTY, "if: INSERT INTO log SELECT 1 + count(*), 1 FROM log"],
        broken="SELECT 1 FROM log HAVING count(*) > 1",
    ),
    "looked, then inserted one key": made(
        [_EMPTY, "if: INSERT INTO log VALUES (1, 1)"],
        broken="SELECT 1 FROM log HAVING count(*) > 1",
    ),
    "one key in two transactions, one of which rolls back": made(
        ["BEGIN", "INSERT INTO log VALUES (1, 1)", "ROLLBACK"],
        inside("INSERT INTO log VALUES (1, 2)"),
        broken="SELECT 1 FROM log HAVING count(*) = 0",
    ),
    "keys in the other order": made(
        inside("INSERT INTO log VALUES (1, 1)", "INSERT INTO log VALUES (2, 1)"),
        inside("INSERT INTO log VALUES (2, 2)", "INSERT INTO log VALUES (1, 2)"),
    ),
    "a name twice": _once(
        "",
        [
            "SELECT count(*) = 0 FROM once WHERE name = 'c'",
            "if: INSERT INTO once SELECT max(id) + 1, 'c' FROM once",
        ],
    ),
    "a unique name": _once(
        "UNIQUE", ["INSERT INTO once VALUES (3, 'c')"], ["INSERT INTO once VALUES (4, 'c')"]
    ),
    "a name that is being given up": _once(
        "UNIQUE",
        inside("UPDATE once SET name = 'x' WHERE id = 1", "SELECT 1"),
        ["UPDATE once SET name = 'a' WHERE id = 2"],
    ),
    "a unique name, deferred": _once(
        "UNIQUE DEFERRABLE INITIALLY DEFERRED",
        inside(
            "UPDATE once SET name = 'b' WHERE id = 1", "UPDATE once SET name = 'a' WHERE id = 2"
        ),
        ["INSERT INTO once VALUES (3, 'c')"],
    ),
    "a unique name, deferred, by two": _once(
        "UNIQUE DEFERRABLE INITIALLY DEFERRED",
        inside("INSERT INTO once VALUES (3, 'c')"),
        inside("INSERT INTO once VALUES (4, 'c')"),
    ),
    "a unique expression": made(
        ["INSERT INTO word VALUES (1, 'A')"],
        ["INSERT INTO word VALUES (2, 'a')"],
        tables=(
            "CREATE TABLE word (id int PRIMARY KEY, w text); CREATE UNIQUE INDEX ON word (lower(w))"
        ),
        restore="TRUNCATE word",
        facts=("SELECT * FROM word ORDER BY id",),
        broken="SELECT 1 FROM word HAVING count(*) <> 1",
    ),
    "a partial unique index": made(
        ["UPDATE job SET state = 'runs' WHERE id = 1"],
        ["UPDATE job SET state = 'runs' WHERE id = 2"],
        tables=(
            "CREATE TABLE job (id int PRIMARY KEY, state text);"
            "CREATE UNIQUE INDEX ON job (state) WHERE state = 'runs'"
        ),
        restore="TRUNCATE job; INSERT INTO job VALUES (1, 'waits'), (2, 'waits')",
        facts=("SELECT * FROM job ORDER BY id",),
        broken="SELECT 1 FROM job WHERE state = 'runs' HAVING count(*) <> 1",
    ),
    "a parent that is deleted": _children("", inside("INSERT INTO child VALUES (1, 1)"), _DELETE),
    "a parent that is deleted, with its children": _children(
        "ON DELETE CASCADE", inside("INSERT INTO child VALUES (1, 1)", "SELECT 1"), _DELETE
    ),
    "a parent that is deleted, SET NULL": _children(
        "ON DELETE SET NULL", ["INSERT INTO child VALUES (1, 1)"], _DELETE
    ),
    "a parent whose key moves": _children(
        "ON UPDATE CASCADE",
        ["INSERT INTO child VALUES (1, 1)"],
        ["UPDATE item SET id = 3 WHERE id = 1"],
    ),
    "a parent that is no key, and changes": _children(
        "", inside("INSERT INTO child VALUES (1, 1)", "SELECT 1"), [TAKE]
    ),
    "a parent that is deleted, deferred": _children(
        "", inside("INSERT INTO child VALUES (1, 1)"), _DELETE, deferred=True
    ),
    "a parent without a foreign key": made(
        ["SELECT count(*) FROM item WHERE id = 1", "if: INSERT INTO log VALUES (1, 1)"],
        _DELETE,
        broken="SELECT 1 FROM log WHERE id NOT IN (SELECT id FROM item)",
    ),
    "a parent that is inserted": _children(
        "", inside("INSERT INTO item VALUES (3, 1)"), ["INSERT INTO child VALUES (1, 3)"]
    ),
    "bookings that overlap": made(
        ["INSERT INTO booked VALUES (1, '[1,5)')"],
        ["INSERT INTO booked VALUES (2, '[4,9)')"],
        tables=_BOOKED.format(later=""),
        restore="TRUNCATE booked",
        facts=_BOOKINGS,
        broken="SELECT 1 FROM booked HAVING count(*) <> 1",
    ),
    "bookings that overlap, in transactions": made(
        inside("INSERT INTO booked VALUES (1, '[1,5)')"),
        inside("INSERT INTO booked VALUES (2, '[4,9)')", "INSERT INTO log VALUES (1, 1)"),
        tables=_BOOKED.format(later=""),
        restore="TRUNCATE booked",
        facts=_BOOKINGS,
    ),
    "bookings that overlap, deferred": made(
        inside("INSERT INTO booked VALUES (1, '[1,5)')"),
        inside("INSERT INTO booked VALUES (2, '[4,9)')"),
        tables=_BOOKED.format(later="DEFERRABLE INITIALLY DEFERRED"),
        restore="TRUNCATE booked",
        facts=_BOOKINGS,
    ),
    "bookings apart": made(
        ["INSERT INTO booked VALUES (1, '[1,4)')"],
        ["INSERT INTO booked VALUES (2, '[4,9)')"],
        tables=_BOOKED.format(later=""),
        restore="TRUNCATE booked",
        facts=_BOOKINGS,
        broken="SELECT 1 FROM booked HAVING count(*) <> 2",
    ),
    "a check of the new value": made(
        ["SELECT n >= 5 FROM pot", "if: UPDATE pot SET n = n - 5"],
        tables=_CHECKED,
        restore="TRUNCATE pot; INSERT INTO pot VALUES (1, 5)",
        facts=_POTS,
        broken="SELECT 1 FROM pot WHERE n < 0",
    ),
    "SET CONSTRAINTS": _children(
        "DEFERRABLE",
        inside(
            "SET CONSTRAINTS ALL DEFERRED",
            "INSERT INTO child VALUES (1, 3)",
            "INSERT INTO item VALUES (3, 1)",
        ),
        ["SELECT count(*) FROM child"],
    ),
}
