"""What varies from run to run: masked by its name, ignored by its column, and told."""

import pickle
import random
import re

import pytest

from racewalk import Application, Mask, Race
from racewalk.reset.rows import Change, Rows
from racewalk.reset.tables import Stored
from racewalk.schedule.masks import Masks
from racewalk.schedule.record import Answer, Step
from racewalk.targets.session import Script
from racewalk.wire.statements import Statement, Value
from support.labs import MakeLab
from support.oracle import brute_force

COUPON = Mask("coupon", r"\bCPN-[0-9]+")
LONG = "x" * 20_000


def step(
    sql: str,
    *params: Value,
    columns: tuple[str, ...] = (),
    rows: tuple[tuple[Value, ...], ...] = (),
) -> Step:
    statement = Statement(sql, params)
    return Step(0, (statement,), columns, rows, ("SELECT 1",), None, "I", None, 0, 0)


# Masks


def test_moments_and_keys_are_masked_and_amounts_are_not() -> None:
    masks = Masks()
    assert masks.line("INSERT INTO log\n  VALUES ('2026-01-02 03:04:05.678+00', 80)") == (
        "INSERT INTO log VALUES ('<time>', 80)"
    )
    assert masks.text("key=9f86d081884c7d659a2feaa0c55ad015") == "key=<key>"
    stored = "argon2$argon2id$v=19$m=102400,t=2,p=8$QotHKGgm/zWz$h9K7j6R8+67Y"
    assert masks.text(f"password = '{stored}', money = 0") == "password = 'argon2<hash>', money = 0"
    assert masks.text("SAVEPOINT s140221_x12") == "SAVEPOINT <savepoint>"
    assert masks.met == {"time", "key", "hash", "savepoint"}


@pytest.mark.parametrize("quote", ['"', "'", "\\", "é\n"])
def test_a_mask_meets_the_value_and_not_how_a_row_is_written(quote: str) -> None:
    mask = Mask("nonce", f"^n{re.escape(quote)}[0-9]+$")
    masks = Masks((mask,))
    one, other = (
        step("UPDATE t SET v = $1", value, columns=("v", "n"), rows=((value, 1),))
        for value in (f"n{quote}1", f"n{quote}22")
    )
    assert masks.exact(one) == masks.exact(other)
    assert Masks().exact(one) != Masks().exact(other)
    table = Stored(1, "public.t", "t", ("id", "v"), key=("id",))
    for value in (str, lambda text: {"in": [text]}):
        lines = {
            Rows(masks, ()).tell([Change(table, [{"id": 1, "v": value(f"n{quote}{n}")}], [])])
            for n in (1, 22)
        }
        assert len(lines) == 1


def test_an_identity_has_the_values() -> None:
    assert Masks().identity([Statement("UPDATE t\n  SET v = $1", (80,))]) == (
        "UPDATE t SET v = $1 (80,)"
    )


def test_a_shape_has_no_literals() -> None:
    sql = "UPDATE t2 SET a = -5, b = 'it''s 3' WHERE id = $1 AND c > 1.5"
    assert Masks().shape(sql) == "UPDATE t2 SET a = ?, b = ? WHERE id = $1 AND c > ?"


def test_a_very_long_statement_is_told_by_its_digest() -> None:
    first, second = (Masks().line(f"SELECT '{LONG}{end}'") for end in "ab")
    assert len(first) < 300
    assert first != second


def test_a_long_statement_is_masked_before_its_digest() -> None:
    def told(number: int) -> tuple[str, str]:
        sql = f"SELECT '{LONG}', '2026-01-01 00:00:0{number}.{'1' * number}', 'CPN-{number}'"
        masks = Masks([COUPON])
        return masks.line(sql), masks.identity([Statement(sql, (f"CPN-{number}",))])

    assert told(1) == told(2)


def test_the_shape_of_a_long_statement_has_no_literals_either() -> None:
    one, other = (", ".join([f"({number})"] * 5_000) for number in (1, 23))
    into = "INSERT INTO t VALUES "
    assert Masks().shape(into + one) == Masks().shape(into + other)


def test_a_mask_of_ones_own_goes_before_those_of_everybody() -> None:
    masks = Masks([Mask("session", r"sid=[0-9a-z]{32}")])
    assert masks.text("sid=9f86d081884c7d659a2feaa0c55ad015") == "<session>"
    assert masks.met == {"session"}


@pytest.mark.parametrize("pattern", ["(", "x*", "", "a|"])
def test_a_pattern_that_is_none_or_matches_nothing_at_all_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="the mask 'mine'"):
        Mask("mine", pattern)


def test_they_travel_to_a_lane_and_back() -> None:
    masks = pickle.loads(pickle.dumps(Masks([COUPON], ["audit.at"])))  # noqa: S301
    assert masks.text("CPN-77") == "<coupon>"
    assert masks.exact(step("UPDATE audit SET at = $1", 7)) == masks.exact(
        step("UPDATE audit SET at = $1", 8)
    )


def test_the_signature_of_a_signed_value_is_masked_and_the_value_is_not() -> None:
    first, second, other = (
        Masks().text(f"data = '{data}:1xWLE{second}:{sign * 43}'")
        for data, second, sign in (
            (".eJxVj8s", "T", "a"),
            (".eJxVj8s", "U", "b"),
            (".eJ", "U", "b"),
        )
    )
    assert first == second == "data = '.eJxVj8s<signed>'"
    assert other != first


def test_what_a_statement_is_announced_as_has_no_ignored_values_either() -> None:
    masks = Masks(ignore=["session.data"])
    sql = "UPDATE session SET data = '{}' WHERE id = 1"
    told = {masks.line(sql.format(data)) for data in "pq"}
    assert len(told) == 1
    assert masks.met == {"session.data"}


# Three views


def test_what_a_replay_must_do_again_are_values_and_rows() -> None:
    masks, sql = Masks(), "SELECT v FROM t WHERE id = $1"
    assert masks.exact(step(sql, 1)) != masks.exact(step(sql, 2))
    assert masks.exact(step(sql, 1, rows=((1,),))) != masks.exact(step(sql, 1, rows=((2,),)))


def test_schedules_of_a_class_have_the_rows_in_common_and_not_the_values() -> None:
    masks, sql = Masks(), "SELECT v FROM t WHERE id = $1"
    assert masks.equivalent(step(sql, 1)) == masks.equivalent(step(sql, 2))
    rows = (((1,),), ((2,),))
    first, second = (masks.equivalent(step(sql, 1, rows=each)) for each in rows)
    assert first != second


def test_another_machine_has_other_rows() -> None:
    masks, sql = Masks(), "SELECT v FROM t WHERE id = $1"
    assert masks.portable(step(sql, 1)) != masks.portable(step(sql, 2))
    assert masks.portable(step(sql, rows=((1,),))) == masks.portable(step(sql, rows=((2,),)))


# Ignored columns


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO audit (who, at) VALUES ('a', '{0}')",
        "INSERT INTO audit (who, at) VALUES ('a', now() - '{0} s'::interval)",
        "UPDATE audit SET at = '{0}' WHERE who = 'a'",
        "DELETE FROM audit WHERE at < '{0}'",
        "SELECT who FROM audit AS a WHERE a.at BETWEEN '{0}' AND '{0}'",
        "SELECT who FROM audit JOIN item USING (id) WHERE audit.at IN ('{0}', 'x')",
        "INSERT INTO audit (who, at) VALUES ('a', 1) ON CONFLICT (who) DO UPDATE SET at = '{0}'",
    ],
)
def test_what_is_put_into_an_ignored_column_is_not_compared(sql: str) -> None:
    masks = Masks(ignore=["audit.at"])
    first, second = (masks.identity([Statement(sql.format(each))]) for each in "pq")
    assert first == second
    assert masks.met == {"audit.at"}
    numbered = sql.replace("'{0}'", "$1").replace("'{0} s'", "$1")
    first, second = (masks.identity([Statement(numbered, (each,))]) for each in "pq")
    assert first == second


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO audit (who, at) VALUES ('{0}', 1)",
        "UPDATE audit SET at = 1 WHERE who = '{0}'",
        "UPDATE item SET at = '{0}'",
        "SELECT at FROM audit AS a JOIN item AS i USING (id) WHERE i.at = '{0}'",
        "SELECT set_config('audit.at', '{0}', false)",
        "not SQL at all: audit.at = '{0}'",
    ],
)
def test_anything_else_is_compared(sql: str) -> None:
    masks = Masks(ignore=["audit.at"])
    first, second = (masks.identity([Statement(sql.format(each))]) for each in "pq")
    assert first != second


@pytest.mark.parametrize(
    ("sql", "columns", "ignored"),
    [
        ("SELECT at, who FROM audit", ("at", "who"), True),
        ("SELECT * FROM audit", ("at", "who"), True),
        ("SELECT a.at AS x, who FROM audit AS a", ("x", "who"), True),
        ("SELECT max(at), count(*) FROM audit", ("max", "count"), True),
        ("INSERT INTO audit (who) VALUES ('a') RETURNING at, who", ("at", "who"), True),
        ("SELECT who AS at, who FROM audit", ("at", "who"), False),
        ("SELECT at, who FROM item", ("at", "who"), False),
    ],
)
def test_rows_show_nothing_of_an_ignored_column(
    sql: str, columns: tuple[str, ...], ignored: bool
) -> None:
    masks = Masks(ignore=["audit.at"])
    first, second = (
        masks.exact(step(sql, columns=columns, rows=((at, "a"),))) for at in ("then", "now")
    )
    assert (first == second) is ignored
    other = masks.exact(step(sql, columns=columns, rows=(("then", "b"),)))
    assert first != other


def test_a_star_stands_for_any_name() -> None:
    masks = Masks(ignore=["django_session.*"])
    sql = "UPDATE django_session SET data = '{0}', expire_date = '{0}' WHERE key = '{0}'"
    first, second = (masks.identity([Statement(sql.format(each))]) for each in "pq")
    assert first == second


@pytest.mark.parametrize("pattern", ["at", "a.b.c", "audit.", ".at", ""])
def test_what_names_no_column_is_refused(pattern: str) -> None:
    application = Application(("true",), "DATABASE_URL")
    with pytest.raises(ValueError, match="names no column"):
        Race("of two", application, [], ignore=[pattern])


# In an exploration


def pays_any_amount(_request: int) -> Script:
    """Each run pays another amount."""
    amount = random.randrange(10**9)  # noqa: S311
    yield "INSERT INTO payout (account_id, amount) VALUES (1, $1)", (amount,)
    yield "UPDATE account SET balance = balance WHERE id = 1"
    yield "SELECT balance FROM account WHERE id = 1"
    return Answer("paid")


def draws_a_coupon(_request: int) -> Script:
    """Each run is shown another one."""
    yield "SELECT 'CPN-' || floor(random() * 1e9), balance FROM account WHERE id = 1"
    yield "UPDATE account SET balance = balance WHERE id = 1"
    return Answer("paid")


def test_what_varies_is_no_result_until_it_is_masked(make_lab: MakeLab) -> None:
    unmasked = brute_force(make_lab([draws_a_coupon] * 2))
    assert unmasked.diverged
    assert unmasked.inconclusive
    lab = make_lab([draws_a_coupon] * 2)
    lab.masks = Masks([COUPON])
    masked = brute_force(lab)
    assert masked.exhausted, masked.inconclusive
    assert masked.masked == ("coupon",)
    assert "exhausted, masked: coupon (" in str(masked)


def test_an_ignored_column_is_told(make_lab: MakeLab) -> None:
    assert brute_force(make_lab([pays_any_amount] * 2)).diverged
    lab = make_lab([pays_any_amount] * 2)
    lab.masks = Masks(ignore=["payout.amount"])
    found = brute_force(lab)
    assert found.exhausted, found.inconclusive
    assert found.masked == ("payout.amount",)
