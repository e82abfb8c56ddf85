"""What is read after a schedule, and how the start comes back."""

import json
from decimal import Decimal

import pytest

from racewalk.errors import RacewalkError
from racewalk.reset.sql import SqlReset, facts_of
from racewalk.schedule.observer import Observer, Result
from racewalk.schedule.outcome import Facts


def test_a_fact_is_one_value_or_a_row_of_them() -> None:
    results = [Result(("count",), (20,), [(1,)]), Result(("n", "who"), (23, 25), [(2, "x")])]
    found = facts_of(["many", "last"], results)
    assert found == Facts((("many", 1), ("last.n", 2), ("last.who", "x")))


@pytest.mark.parametrize("rows", [[], [(1,), (2,)]])
def test_another_number_of_rows_is_told(rows: list[tuple[int]]) -> None:
    with pytest.raises(RacewalkError, match=rf"'n' is {len(rows)} rows, not one value"):
        facts_of(["n"], [Result(("n",), (23,), list(rows))])


def test_a_fact_is_what_a_judge_may_compare(observer: Observer) -> None:
    asked = {
        "ok": "SELECT count(*) > 0 FROM pg_class WHERE false",
        "sum": "SELECT -10.00::numeric",
        "none": "SELECT NULL::boolean",
        "when": "SELECT DATE '2026-01-02'",
    }
    found = SqlReset(observer, asked, [])()
    assert dict(found) == {"ok": False, "sum": Decimal(-10), "none": None, "when": "2026-01-02"}
    assert found["ok"] is False
    assert json.loads(json.dumps(found.plain())) == dict(found) | {"sum": "-10.00"}


def test_facts_are_read_before_the_start_is_restored(observer: Observer) -> None:
    observer.run("DROP TABLE IF EXISTS spent; CREATE TABLE spent (n integer)")
    before = ["TRUNCATE spent", "INSERT INTO spent VALUES (1)"]
    reset = SqlReset(observer, {"spent": "SELECT sum(n) AS sum, count(*) FROM spent;"}, before)
    assert dict(reset()) == {"spent.sum": None, "spent.count": 0}
    observer.run("INSERT INTO spent VALUES (4)")
    assert [dict(reset()) for _ in range(2)] == [
        {"spent.sum": 5, "spent.count": 2},
        {"spent.sum": 1, "spent.count": 1},
    ]
    observer.run("DROP TABLE spent")


def test_settings_are_given_once(observer: Observer) -> None:
    asked = "SELECT setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase"
    for plans in (True, False, False, True):
        observer.adopt(plans=plans)
        ((told,),) = observer.run(f"{asked} WHERE datname = current_database()")
        assert ("auto_explain" in str(told)) == plans
