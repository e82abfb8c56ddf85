"""Programs drawn by number: a seed says the program, on every machine."""

from __future__ import annotations

from random import Random

from oracle.facts.made import FACTS, RESTORE, TABLES
from oracle.program import Program

_TABLES = """
CREATE SEQUENCE number;
CREATE TABLE child (id int PRIMARY KEY, item int REFERENCES item (id), name text UNIQUE);
CREATE VIEW seen AS SELECT * FROM item WHERE n > 0;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN UPDATE log SET n = n + 1 WHERE id = 9; RETURN NULL; END$$;
CREATE TRIGGER noted AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION noted();
CREATE FUNCTION takes(int) RETURNS int LANGUAGE sql AS
    $$UPDATE item SET n = n - 1 WHERE id = $1 AND n > 0 RETURNING n$$;
"""
_RESTORE = "; ".join(
    (
        RESTORE,
        "TRUNCATE child",
        "INSERT INTO log VALUES (9, 0)",
        "INSERT INTO child VALUES (1, 1, 'a')",
        "SELECT setval('number', 1, false)",
    )
)
_LINES = (
    "SELECT n >= 5 FROM item WHERE id = {row}",
    "SELECT n >= 5 FROM item WHERE id = {row} FOR {lock}",
    "SELECT sum(n) >= 5 FROM item",
    "SELECT count(*) = 1 FROM child WHERE item = {row}",
    "SELECT max(n) FROM seen",
    "if: UPDATE item SET n = n - 5 WHERE id = {row}",
    "unless: UPDATE item SET n = n + 3 WHERE id = {row}",
    "UPDATE item SET n = n - {number} WHERE id = {row} AND n >= {number}",
    "UPDATE item SET n = {{last}} WHERE id = {row} AND {{last}} > 1",
    "UPDATE item SET n = n * 2 WHERE n >= 5",
    "UPDATE seen SET n = n - {number} WHERE id = {row}",
    "? INSERT INTO log VALUES ({row}, {number})",
    "INSERT INTO log VALUES ({row}, 1) ON CONFLICT (id) DO UPDATE SET n = log.n + 1",
    "INSERT INTO log SELECT count(*), {number} FROM log ON CONFLICT DO NOTHING",
    "? INSERT INTO child VALUES ({number}, {row}, '{name}')",
    "UPDATE child SET name = '{name}' WHERE id = 1",
    "DELETE FROM child WHERE item = {row}",
    "? DELETE FROM item WHERE id = {row}",
    "DELETE FROM log WHERE n > {number} RETURNING id",
    "SELECT nextval('number')",
    "SELECT takes({row})",
    "SELECT pg_try_advisory_xact_lock({row})",
    "SELECT pg_advisory_xact_lock({row})",
    (
        "WITH x AS (UPDATE item SET n = n - 1 WHERE id = {row} RETURNING n)"
        " UPDATE log SET n = log.n + x.n FROM x WHERE log.id = 9"
    ),
    (
        "MERGE INTO log USING item ON log.id = item.id AND item.id = {row}"
        " WHEN MATCHED THEN UPDATE SET n = item.n"
        " WHEN NOT MATCHED AND item.id = {row} THEN INSERT VALUES (item.id, 0)"
    ),
)
_LOCKS = ("UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE", "UPDATE NOWAIT", "UPDATE SKIP LOCKED")
_LEVELS = ("READ COMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")


def drawn(seed: int) -> Program:
    """Return the program of a seed: two requests of one to three lines, or three of one."""
    random = Random(seed)  # noqa: S311 - it says what is drawn, and keeps no secret
    three = random.random() < 0.1
    requests = [_request(random, 1 if three else 3) for _ in range(3 if three else 2)]
    if random.random() < 0.3:
        requests[1] = requests[0]
    return Program(
        TABLES + _TABLES,
        tuple(requests),
        _RESTORE,
        (*FACTS, "SELECT * FROM child ORDER BY id", "SELECT last_value, is_called FROM number"),
        "SELECT 1 FROM item HAVING min(n) < 0 OR sum(n) > 15",
    )


def _request(random: Random, most: int) -> tuple[str, ...]:
    lines = [
        random.choice(_LINES).format(
            row=random.choice((1, 1, 2)),
            number=random.choice((1, 2, 5)),
            name=random.choice("ab"),
            lock=random.choice(_LOCKS),
        )
        for _ in range(random.randint(1, most))
    ]
    if most > 1 and random.random() < 0.6:
        end = "ROLLBACK" if random.random() < 0.1 else "COMMIT"
        lines = [f"BEGIN ISOLATION LEVEL {random.choice(_LEVELS)}", *lines, end]
    return tuple(lines)
