"""The counterexample as people see it: brief statements, a story, a picture, an SVG."""

import io
from xml.etree import ElementTree

import pytest
from rich.console import Console

from racewalk.schedule.record import Choice, Run
from racewalk.story import picture, svg
from racewalk.story.brief import brief
from racewalk.story.story import Story, tell
from racewalk.wire.statements import Value
from support.stories import race, step


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
    unmatched = step("UPDATE account SET money = 0", tags=("UPDATE 0",))
    (line, *_) = tell(Run(run.choices, (unmatched,), run.answers), outcome, "money").lines
    assert (line.note, line.failed, line.writes) == ("no row matched", False, "")


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
