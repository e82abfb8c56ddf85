"""ON CONFLICT, MERGE, statements that write in a CTE, and what they return; sequences."""

from __future__ import annotations

from oracle.facts.made import TAKE, inside, made
from oracle.program import Program

_COUNT = "INSERT INTO log VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = log.n + 1"
_MERGE = (
    "MERGE INTO log USING (VALUES (1)) AS v (id) ON log.id = v.id"
    " WHEN MATCHED THEN UPDATE SET n = log.n + 1"
    " WHEN NOT MATCHED THEN INSERT VALUES (1, 1)"
)
_TWICE = "SELECT 1 FROM log WHERE n <> 2"
_SEQUENCE = (
    "CREATE SEQUENCE number; CREATE TABLE ticket (id int DEFAULT nextval('number'), who int)"
)
_TICKETS = ("SELECT * FROM ticket ORDER BY id, who", "SELECT last_value, is_called FROM number")


def _tickets(*requests: list[str], broken: str = "") -> Program:
    return made(
        *requests,
        tables=_SEQUENCE,
        restore="TRUNCATE ticket; SELECT setval('number', 1, false)",
        facts=_TICKETS,
        broken=broken,
    )


WRITES: dict[str, Program] = {
    "an upsert": made([_COUNT], broken=_TWICE),
    "an upsert in transactions": made(
        inside(_COUNT), inside(_COUNT, "SELECT n FROM log"), broken=_TWICE
    ),
    "DO NOTHING": made(
        ["INSERT INTO log VALUES (1, 1) ON CONFLICT DO NOTHING", "SELECT n FROM log WHERE id = 1"],
        ["INSERT INTO log VALUES (1, 2) ON CONFLICT DO NOTHING"],
        broken="SELECT 1 FROM log HAVING count(*) <> 1",
    ),
    "DO NOTHING waits for who may roll back": made(
        ["BEGIN", "INSERT INTO log VALUES (1, 1)", "ROLLBACK"],
        ["INSERT INTO log VALUES (1, 2) ON CONFLICT DO NOTHING RETURNING n"],
    ),
    "DO NOTHING at repeatable read": made(
        inside(
            "SELECT count(*) FROM log",
            "INSERT INTO log VALUES (1, 1) ON CONFLICT DO NOTHING",
            level="REPEATABLE READ",
        ),
    ),
    "an upsert with a condition": made(
        [f"{_COUNT} WHERE log.n < 2 RETURNING n"],
        ["UPDATE log SET n = 5 WHERE id = 1"],
    ),
    "an upsert of two rows in two orders": made(
        ["INSERT INTO item VALUES (1, 1), (2, 1) ON CONFLICT (id) DO UPDATE SET n = item.n * 2"],
        ["INSERT INTO item VALUES (2, 1), (1, 1) ON CONFLICT (id) DO UPDATE SET n = item.n + 3"],
    ),
    "MERGE": made([_MERGE], broken=_TWICE),
    "MERGE in transactions": made(inside(_MERGE), [_MERGE], broken=_TWICE),
    "MERGE that deletes": made(
        [
            (
                "MERGE INTO item USING log ON item.id = log.id"
                " WHEN MATCHED AND item.n < 5 THEN DELETE WHEN"
                " MATCHED THEN UPDATE SET n = item.n - 5"
            )
        ],
        ["INSERT INTO log VALUES (1, 1)", TAKE],
    ),
    "a CTE that writes": made(
        [
            (
                "WITH taken AS (UPDATE item SET n = n - 5 WHERE id = 1 AND n >= 5 RETURNING id)"
                " INSERT INTO log SELECT count(*) + (SELECT count(*) FROM log), 1 FROM taken"
            )
        ],
    ),
    "a CTE that moves": made(
        [
            (
                "WITH gone AS (DELETE FROM item WHERE id = 1 RETURNING *)"
                " INSERT INTO log SELECT * FROM gone"
            )
        ],
        ["UPDATE item SET n = 9 WHERE id = 1"],
        broken="SELECT 1 FROM log, item WHERE log.id = item.id",
    ),
    "a queue": made(
        inside(
            (
                "DELETE FROM item WHERE id = (SELECT id FROM item ORDER BY id"
                " LIMIT 1 FOR UPDATE) RETURNING id"
            ),
            "INSERT INTO log VALUES ({last}, 1)",
        ),
    ),
    "a queue that skips": made(
        [
            (
                "DELETE FROM item WHERE id = (SELECT id FROM item ORDER BY id LIMIT 1"
                " FOR UPDATE SKIP LOCKED) RETURNING id"
            ),
            "INSERT INTO log VALUES ({last}, 1)",
        ],
    ),
    "RETURNING the new value": made(
        [
            "UPDATE item SET n = n - 1 WHERE id = 1 RETURNING n",
            "INSERT INTO log VALUES ({last}, 1)",
        ],
        broken="SELECT 1 FROM log HAVING count(*) <> 2",
    ),
    "UPDATE FROM": made(
        ["UPDATE item SET n = item.n - other.n FROM item other WHERE item.id = 1 AND other.id = 2"],
        ["UPDATE item SET n = 1 WHERE id = 2"],
    ),
    "DELETE USING": made(
        ["DELETE FROM item USING log WHERE item.id = log.id"],
        ["INSERT INTO log VALUES (1, 1)", TAKE],
    ),
    "INSERT SELECT": made(
        ["INSERT INTO log SELECT id, n FROM item"],
        inside(TAKE, "UPDATE item SET n = 0 WHERE id = 2"),
    ),
    "a condition on what another changes": made(
        inside("UPDATE item SET n = 0 WHERE id = 1", "UPDATE item SET n = 7 WHERE id = 2"),
        ["UPDATE item SET n = n + 1 WHERE n = 5"],
    ),
    "TRUNCATE": made(
        inside("TRUNCATE log", "INSERT INTO log VALUES (1, 1)"), ["INSERT INTO log VALUES (2, 2)"]
    ),
    "a sequence": _tickets(
        ["INSERT INTO ticket (who) VALUES (1)"],
        ["INSERT INTO ticket (who) VALUES (2)"],
        broken="SELECT 1 FROM ticket GROUP BY id HAVING count(*) > 1",
    ),
    "a sequence rolls nothing back": _tickets(
        ["BEGIN", "INSERT INTO ticket (who) VALUES (1)", "ROLLBACK"],
        ["INSERT INTO ticket (who) VALUES (2)"],
    ),
    "setval": _tickets(
        ["SELECT setval('number', 10)"], ["SELECT nextval('number')", "SELECT currval('number')"]
    ),
    "last_value": _tickets(["SELECT last_value FROM number"], ["SELECT nextval('number')"]),
    "max plus one": _tickets(
        ["INSERT INTO ticket SELECT coalesce(max(id), 0) + 1, 1 FROM ticket"],
        inside(
            "SELECT coalesce(max(id), 0) + 1 FROM ticket", "INSERT INTO ticket VALUES ({last}, 2)"
        ),
        broken="SELECT 1 FROM ticket GROUP BY id HAVING count(*) > 1",
    ),
    "an identity column": made(
        ["INSERT INTO made (who) VALUES (1) RETURNING id", "INSERT INTO log VALUES ({last}, 1)"],
        ["INSERT INTO made (who) VALUES (2) RETURNING id", "INSERT INTO log VALUES ({last}, 2)"],
        tables="CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY, who int)",
        restore="TRUNCATE made RESTART IDENTITY",
        facts=("SELECT * FROM made ORDER BY id",),
    ),
}
