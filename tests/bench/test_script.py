"""The SQL of a request becomes a script of pgbench for any account."""

import pytest

from attack.bench.accounts import FIRST_ID, START, VERSION
from attack.bench.script import script
from racewalk.tap import Statement, Value

KEY = "ORPAvOn4WHgTFGpZPKw_OA"


def text(sql: str, *params: Value) -> str:
    """Return the script of one statement, without its last line break."""
    return script([Statement(sql, params)], KEY).text.rstrip("\n")


@pytest.mark.parametrize(
    ("sql", "params", "expected"),
    [
        ("COMMIT", (), "COMMIT;"),
        (f"SELECT 1 WHERE id = {FIRST_ID} LIMIT 21", (), "SELECT 1 WHERE id = :id LIMIT 21;"),
        ("SELECT $2::INTEGER, $1", (FIRST_ID, START), "SELECT :money::INTEGER, :id;"),
        ("SELECT $1", (START - 1,), "SELECT (:money - 1);"),
        ("SELECT $1, $2", (VERSION, VERSION + 1), "SELECT :version, (:version + 1);"),
        (f"SELECT {VERSION + 1}", (), "SELECT (:version + 1);"),
        (f"SELECT '{KEY}'", (), "SELECT CAST(:key AS text);"),
        ("SELECT $1::VARCHAR", (KEY,), "SELECT CAST(:key AS text)::VARCHAR;"),
        ("SELECT $1", (None,), "SELECT NULL;"),
        ("SELECT $1", ("it's",), "SELECT 'it''s';"),
        ("SELECT 'it''s', 7", (), "SELECT 'it''s', 7;"),
        (f'SAVEPOINT "s{FIRST_ID}_x1"', (), f'SAVEPOINT "s{FIRST_ID}_x1";'),
        (f"SELECT 1.{START}, t{START}", (), f"SELECT 1.{START}, t{START};"),
        ("UPDATE t SET username = 'bench-000'", (), 'UPDATE t SET username = "username";'),
        ("SELECT\n  1;", (), "SELECT 1;"),
    ],
)
def test_values_become_variables(sql: str, params: tuple[Value, ...], expected: str) -> None:
    assert text(sql, *params) == expected


@pytest.mark.parametrize("sql", ["", ";", "  ; ", "DEALLOCATE ALL", "deallocate _pg3_0"])
def test_what_is_the_driver_s_own_is_left_out(sql: str) -> None:
    assert text(sql) == ""


def test_what_is_read_of_the_account_is_what_is_worked_with() -> None:
    assert text('SELECT "user".id, "user".money FROM "user"').endswith('FROM "user"\n\\gset')
    assert text('SELECT sum(amount) FROM withdraw_logs WHERE "money" > 0').endswith(";")
    assert text('UPDATE "user" SET money = 1 RETURNING money').endswith(";")


def test_it_is_sent_as_the_application_sends_it() -> None:
    assert script([Statement("SELECT 1")], KEY).mode == "simple"
    assert script([Statement("BEGIN"), Statement("SELECT $1", (1,))], KEY).mode == "prepared"


def test_the_account_is_drawn_out_of_those_that_there_are() -> None:
    told = script([Statement("SELECT 1")], KEY).for_accounts(100)
    assert told.startswith(f"\\set id random({FIRST_ID}, {FIRST_ID + 99})\n")


def test_its_statements_are_counted() -> None:
    sent = [Statement(";"), Statement("BEGIN"), Statement("SELECT 1"), Statement("COMMIT")]
    assert script(sent, KEY).statements == 3
