"""The counterexample as people see it: brief statements, a story, a picture, an SVG."""

import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rich.console import Console

from racewalk.reporters.words import story_of
from racewalk.schedule.masks import Mask, Masks
from racewalk.schedule.record import Choice, Run, Step
from racewalk.story import picture, svg
from racewalk.story.brief import brief
from racewalk.story.columns import changing_columns
from racewalk.story.story import Story, tell
from racewalk.wire.statements import Opaque, Truth, Value, decode
from support.stories import race, step


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (" WHERE id = 1 LIMIT 21", " WHERE id = 1"),
        (" WHERE id = 1 LIMIT 21 FOR UPDATE", " WHERE id = 1 FOR UPDATE"),
        (" ORDER BY at LIMIT 1", " ORDER BY at LIMIT 1"),
        (" LIMIT 1 OFFSET 1", " LIMIT 1 OFFSET 1"),
        (" LIMIT 1 FOR UPDATE SKIP LOCKED", " LIMIT 1 FOR UPDATE SKIP LOCKED"),
    ],
)
def test_a_limit_is_told_where_it_decides_which_rows_are_met(end: str, told: str) -> None:
    assert brief(step(f"SELECT id FROM job{end}"), "id").sql == f"SELECT id FROM job{told}"  # noqa: S608


@pytest.mark.parametrize(
    ("sql", "params", "rows", "text", "reads", "writes"),
    [
        (
            (
                'SELECT "user".id, "user".username, "user".money \nFROM "user" WHERE "user".id = '
                "$1::INTEGER FOR UPDATE"
            ),
            (2,),
            ((2, "alice", 10),),
            'SELECT money, ... FROM "user" WHERE id = 2 FOR UPDATE',
            "money = 10",
            "",
        ),
        (
            (
                'UPDATE "user" SET "username" = \'alice\', "money" = 0, "is_admin" = false '
                'WHERE "user"."id" = 2'
            ),
            (),
            (),
            'UPDATE "user" SET money = 0, ... WHERE id = 2',
            "",
            "money = 0",
        ),
        (
            'UPDATE "user" SET money=("user".money - $1) WHERE "user".money >= $2 RETURNING id',
            (10, 10),
            ((2,),),
            'UPDATE "user" SET money = (money - 10) WHERE money >= 10',
            "",
            "money = money - 10",
        ),
        (
            (
                "INSERT INTO withdraw_logs (user_id, amount, idempotency_key) VALUES "
                "($1::INTEGER, $2::INTEGER, $3::VARCHAR) RETURNING withdraw_logs.id"
            ),
            (2, 10, None),
            ((1,),),
            "INSERT INTO withdraw_logs (user_id, amount) VALUES (2, 10)",
            "",
            "",
        ),
        (
            "SELECT coalesce(sum(withdraw_logs.amount), 0) AS c FROM withdraw_logs",
            (),
            ((20,),),
            "SELECT COALESCE(SUM(amount), 0) AS c FROM withdraw_logs",
            "20",
            "",
        ),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE", (), (), None, "", ""),
        # Django draws its savepoints' names anew in each run.
        ('SAVEPOINT "s1_x2"', (), (), 'SAVEPOINT "<savepoint>"', "", ""),
        ("SELECT FROM WHERE nonsense (", (), (), None, "", ""),
    ],
)
def test_a_statement_in_brief(
    sql: str,
    params: tuple[Value, ...],
    rows: tuple[tuple[Value, ...], ...],
    text: str | None,
    reads: str,
    writes: str,
) -> None:
    found = brief(step(sql, *params, rows=rows), "money")
    assert (found.sql, found.reads, found.writes) == (text or sql, reads, writes)


@pytest.fixture
def story() -> Story:
    """Tell the race."""
    return tell(*race(), "money")


def test_a_story_is_in_the_order_of_time(story: Story) -> None:
    told = [(line.request, line.kind) for line in story.lines]
    steps = [(0, "step"), (0, "step"), (1, "step"), (0, "step")]
    assert told == [*steps, (1, "waits"), (0, "step"), (1, "goes on")]
    assert story.lines[4].note == "waits: ShareLock on tuple"
    assert (story.lines[4].writes, story.lines[6].writes) == ("", "money = 0")


def test_a_transaction_is_bracketed_in_its_own_column(story: Story) -> None:
    ours = [line.open[0] for line in story.lines]
    assert ours == ["opens", "within", "within", "within", "within", "closes", ""]
    assert {line.open[1] for line in story.lines} == {""}


def test_the_end_is_told_by_facts_or_in_the_words_of_who_knows_better(story: Story) -> None:
    assert story.ending == (
        "In the end balance = 0, paid_out = 20, payouts = 2. Broken: start == balance + paid_out."
    )
    assert tell(*race(), "money", "10 lost").ending == "10 lost"


def test_a_wait_inside_is_told_once() -> None:
    run, outcome = race()
    choices = tuple(
        Choice(c.enabled, c.chosen, c.pending, (), (1,) if index in (1, 2) else ())
        for index, c in enumerate(run.choices)
    )
    lines = tell(Run(choices, run.steps, run.answers), outcome, "money").lines
    inside = [line for line in lines if line.kind == "inside"]
    assert [(line.request, line.text) for line in inside] == [(1, "waits inside the application")]


def test_errors_are_told_and_what_they_would_have_written_is_not() -> None:
    failed = step("UPDATE account SET money = 0", error="40001", status="E")
    run, outcome = race()
    (line, *_) = tell(Run(run.choices, (failed,), run.answers), outcome, "money").lines
    assert (line.note, line.failed, line.writes) == ("error 40001", True, "")
    for sql, tag in (
        ("UPDATE account SET money = 0", "UPDATE 0"),
        ("DELETE FROM invite WHERE id = 3", "DELETE 0"),
    ):
        unmatched = step(sql, tags=(tag,))
        (line, *_) = tell(Run(run.choices, (unmatched,), run.answers), outcome, "money").lines
        assert (line.note, line.failed, line.writes) == ("no row matched", False, "")


USER = ("password", "email", "is_staff", "note", "balance")


def saved(balance: int, request: int, at: int) -> Step:
    """Return what Django's save() of a user sends: every column."""
    values = ("pbkdf2_sha256$1000$a$b", "a@example.com", Truth(0), None, balance)
    sets = ", ".join(f'"{each}" = ${n}' for n, each in enumerate(USER, 1))
    sql = f'UPDATE "shop_user" SET {sets} WHERE "shop_user"."id" = 1'  # noqa: S608
    return step(sql, *values, request=request, tags=("UPDATE 1",), at=(at, at))


def test_the_columns_that_change_are_shown_of_a_whole_row_that_is_saved() -> None:
    names = ", ".join(f'"shop_user"."{each}"' for each in USER)
    row = ("pbkdf2_sha256$1000$a$b", "a@example.com", Truth(0), None, 100)
    reads = [
        replace(
            step(f'SELECT {names} FROM "shop_user" WHERE "shop_user"."id" = 1', request=n),  # noqa: S608
            columns=USER,
            rows=(row,),
            released=n,
            completed=n,
        )
        for n in (0, 1)
    ]
    steps = (*reads, saved(70, 0, 2), saved(80, 1, 3))
    choices = tuple(Choice((0, 1), each.request, ("", ""), ()) for each in steps)
    run, outcome = Run(choices, steps, race()[0].answers), race()[1]
    assert changing_columns(run) == ("balance",)
    lines = story_of(run, outcome).lines
    assert [(each.reads, each.writes) for each in lines] == [
        ("balance = 100", ""),
        ("balance = 100", ""),
        ("", "balance = 70"),
        ("", "balance = 80"),
    ]
    assert not any("pbkdf2" in each.text for each in lines)


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_picture_fits_the_terminal(story: Story, width: int) -> None:
    text = io.StringIO()
    picture.draw(story, "no_lock on flask", Console(file=text, width=width))
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0] == "no_lock on flask: 4 preemptions"
    for words in (
        "request A",
        "request B",
        "┌ BEGIN",
        "└ COMMIT",
        "reads money = 10",
        "paid_out = 20",
    ):
        assert words in text.getvalue()


def test_the_svg_stands_by_itself(story: Story) -> None:
    text = svg.render(story, "no_lock on flask", "80 of 92 schedules unsafe")
    tree = ElementTree.fromstring(text)  # noqa: S314 - our own
    words = [element.text or "" for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    for expected in ("BEGIN", "waits: ShareLock on tuple", "goes on", "writes money = 0"):
        assert expected in words
    assert "prefers-color-scheme: dark" in text
    assert "href" not in text
    assert "url(" not in text
    assert "<script" not in text


def test_what_a_request_says_cannot_break_out_of_the_svg() -> None:
    run, outcome = race()
    evil = step("SELECT '</text><script>alert(1)</script>' AS \"&x\"")
    story = tell(Run(run.choices, (evil, *run.steps), run.answers), outcome, "money")
    text = svg.render(story, "<b>", "&")
    assert "<script" not in text
    ElementTree.fromstring(text)  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("sql", "value", "text"),
    [
        ("$1::TIMESTAMP WITH TIME ZONE", "2020-01-01", "'2020-01-01'"),
        ("$1::timestamp(3) without time zone", "2020-01-01", "'2020-01-01'"),
        ("$1::DOUBLE PRECISION", "1.5", "'1.5'"),
        ("$1::CHARACTER VARYING(20)", "a", "'a'"),
        ("$1::NUMERIC(10, 2)", "9.90", "'9.90'"),
        ("$1::INTEGER[]", "{1,2}", "'{1,2}'"),
        ('$1::public."Kind"', "a", "'a'"),
        ("'2020-01-01'::timestamptz", "", "'2020-01-01'"),
    ],
)
def test_a_cast_goes_with_its_value(sql: str, value: str, text: str) -> None:
    told = brief(step(f"UPDATE t SET a = {sql} WHERE id = 1", value), "a")  # noqa: S608
    assert told.sql == f"UPDATE t SET a = {text} WHERE id = 1"  # noqa: S608
    assert told.writes == f"a = {text}"


@pytest.mark.parametrize("value", [(), (5,)])
@pytest.mark.parametrize("salt", ["$0lhn", "$1lhn", "$9lhn"])
def test_a_text_that_looks_like_a_parameter_stays_as_it_is(
    salt: str, value: tuple[Value, ...]
) -> None:
    wanted = "$1" if value else "5"
    told = brief(step(f"UPDATE t SET a = '{salt}' WHERE id = {wanted}", *value), "a")  # noqa: S608
    assert told.sql == f"UPDATE t SET a = '{salt}' WHERE id = 5"  # noqa: S608


def test_a_boolean_is_told_in_one_way() -> None:
    yes = decode(b"t", 16, False)
    assert (yes, str(yes), repr(yes)) == (1, "true", "1")
    assert decode(b"\1", 16, True) == yes
    assert decode(b"t", 25, False) == "t"
    bound = Opaque("true")
    for sql, params in (("TRUE", ()), ("$1", (bound,)), ("$1::BOOLEAN", (bound,))):
        told = brief(step(f"UPDATE t SET a = {sql} WHERE id = 1", *params), "a")  # noqa: S608
        assert told.writes == "a = true"
    look = replace(step("SELECT a FROM t", rows=((yes,),)), columns=("a",))
    assert brief(look, "a").reads == "a = true"


def test_what_a_race_masks_or_ignores_is_not_in_a_picture() -> None:
    masks = Masks([Mask("coupon", "CPN-[0-9]+")], ["t.token"])
    for sql, params in (
        ("UPDATE t SET token = 'abc'::uuid, code = 'CPN-12'::text", ()),
        ("INSERT INTO t (token, code) VALUES ($1, $2)", ("abc", "CPN-12")),
        ("INSERT INTO t (token, code) VALUES ('abc', 'CPN-12')", ()),
        ("UPDATE t SET token = $1, code = $2", ("abc", "CPN-12")),
        ("EXPLAIN SELECT 'CPN-12'", ()),
    ):
        told = brief(step(sql, *params), ("token", "code"), masks)
        assert "abc" not in told.sql + told.writes
        assert "CPN-12" not in told.sql + told.writes
    look = step("SELECT token, code FROM t", rows=(("abc", "CPN-12"),))
    told = brief(replace(look, columns=("token", "code")), ("token", "code"), masks)
    assert told.reads == "token = <ignored>, code = <coupon>"


@pytest.mark.parametrize("width", [80, 81, 100, 120])
def test_nothing_is_cut_off_at_the_edge(width: int) -> None:
    page = io.StringIO()
    run, outcome = race()
    picture.draw(tell(run, outcome, "money"), "two", Console(file=page, width=width))
    assert "waits: ShareLock on tuple" in page.getvalue()
    long = replace(
        run, steps=(*run.steps[:-1], step("UPDATE account SET money = 0 " * 9, at=(4, 5)))
    )
    page = io.StringIO()
    picture.draw(tell(long, outcome, "money"), "two", Console(file=page, width=width))
    assert "…" not in page.getvalue()
    assert max(map(len, page.getvalue().splitlines())) <= width
