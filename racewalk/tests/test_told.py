"""What is wrong is told in words for a person: no class of ours, and the cure."""

from collections import Counter
from dataclasses import replace

import pytest

from racewalk import errors
from racewalk.commute.trace import trace
from racewalk.errors import DivergenceError, LostError, RacewalkError
from racewalk.record.state import Lock, Standing, State, Version
from racewalk.schedule.compare import both, compare
from racewalk.schedule.masks import Masks
from racewalk.schedule.record import Choice, Run
from racewalk.search.explore import explore
from racewalk.search.one_per_class import OnePerClass
from racewalk.search.unfolding import Unfolding
from racewalk.story.file import Saved, describe
from racewalk.wire.statements import Statement, Value
from support.stories import race, step

OURS = [name for name in vars(errors) if name.endswith("Error")]
CLASSES = [*OURS, "Choice(", "Step(", "Outcome(", "Lock(", "Version(", "Standing(", "Line("]


def plain(text: str) -> None:
    """Check that a text names no class of ours, and is one line."""
    assert not [name for name in CLASSES if name.lower() in text.lower()], text
    assert "\n" not in text


class Broken:
    """A runner of which nothing comes back."""

    masks, noise = Masks(), Counter[str]()

    def __init__(self, error: RacewalkError) -> None:
        self._error = error

    def run(self, *_asked: object) -> tuple[Run, object]:
        """Fail."""
        raise self._error


@pytest.mark.parametrize("kind", OURS)
def test_an_error_that_ends_a_search_is_told_without_its_class(kind: str) -> None:
    made = getattr(errors, kind)("something\nwas wrong")
    found = explore(Broken(made), 2, OnePerClass(2, None))  # type: ignore[arg-type]
    assert "something was wrong" in str(found.inconclusive)
    assert made.cure in str(found.inconclusive)
    plain(str(found))


def test_a_cure_of_its_own_takes_the_place_of_that_of_the_kind() -> None:
    assert DivergenceError("a", cure="b").told == "a; b"
    assert LostError("a", cure="").told == "a"
    assert DivergenceError("a").told == f"a; {DivergenceError.cure}"


def changed(run: Run, number: int, **what: object) -> Run:
    steps = list(run.steps)
    steps[number] = replace(steps[number], **what)  # type: ignore[arg-type]
    return replace(run, steps=tuple(steps))


def test_a_replay_that_goes_otherwise_is_told_by_what_differs() -> None:
    run, _ = race()
    for what, words in (
        ({"rows": ((9,),)}, "after AA it came otherwise than before: the rows that were read: "),
        ({"error": "40001"}, "its error: nothing, then 40001"),
        ({"tags": ("SELECT 0",)}, "its command tag: nothing, then SELECT 0"),
        ({"statements": step("SELECT 2").statements}, "the statement: SELECT money FROM account, "),
    ):
        with pytest.raises(DivergenceError) as caught:
            compare(run, changed(run, 1, **what), len(run.choices))
        assert words in str(caught.value)
        plain(str(caught.value))
    alone = replace(run, choices=(Choice((0,), 0, ("",), ()), *run.choices[1:]))
    with pytest.raises(DivergenceError, match=r"at the start it came .*can go on: A, B, then A"):
        compare(run, alone, len(run.choices))


MADE_UP = (
    ("INSERT INTO token (id, token) VALUES ($1, $2)", (1, "a"), (1, "b"), "token.token"),
    ("UPDATE shop.ticket AS t SET pin = $2 WHERE t.id = $1", (7, "3"), (7, "4"), "ticket.pin"),
    ("SELECT n FROM seat JOIN hold USING (id) WHERE code = $1", ("x",), ("y",), "*.code"),
    ("DELETE FROM session WHERE key IN ('abc', 'd')", (), (), "session.key"),
)


@pytest.mark.parametrize(("sql", "before", "after", "column"), MADE_UP)
def test_a_value_that_varies_has_its_line_for_ignore(
    sql: str, before: tuple[Value, ...], after: tuple[Value, ...], column: str
) -> None:
    run, _ = race()
    other = sql if before else sql.replace("abc", "abd")
    first, then = [
        changed(run, 1, statements=(Statement(text, values),))
        for text, values in ((sql, before), (other, after))
    ]
    line = f'if the application makes it up, add to the race: ignore = ["{column}"]'
    with pytest.raises(DivergenceError) as caught:
        compare(first, then, len(run.choices))
    assert caught.value.told.endswith(line)
    masks = Masks(ignore=[column])
    freed = [replace(each, masks=masks) for each in (first, then)]
    compare(freed[0], freed[1], len(run.choices))  # it helps
    more = changed(first, 1, tags=("SELECT 0",))  # another thing that differs is not made up
    for here, there in ((more, then), (then, more)):
        with pytest.raises(DivergenceError) as caught:
            compare(here, there, len(run.choices))
        assert "ignore = " not in caught.value.told


def test_a_value_in_the_text_that_is_about_to_be_sent_has_its_line() -> None:
    run, _ = race()
    sql = "INSERT INTO grant_ (note, code) VALUES ('long', 'c1')".replace("long", "n" * 900)
    first, then = [
        replace(run, choices=(Choice((0,), 0, (text,), ()), *run.choices[1:]))
        for text in (sql, sql.replace("c1", "c2"))
    ]
    with pytest.raises(DivergenceError) as caught:
        compare(first, then, 2)
    assert caught.value.told.endswith('ignore = ["grant_.code"]')


def test_a_column_that_is_read_otherwise_has_its_line() -> None:
    run, _ = race()
    statements = (Statement("SELECT id, o.* FROM offer o"),)
    first, then = [
        changed(run, 1, statements=statements, columns=("id", "n", "at"), rows=((1, 2, end),))
        for end in ("3", "4")
    ]
    with pytest.raises(DivergenceError) as caught:
        compare(first, then, len(run.choices))
    assert caught.value.told.endswith('ignore = ["offer.at"]')


def test_a_long_value_is_shown_where_it_differs() -> None:
    told = both("x" * 900 + "one", "x" * 900 + "two")
    assert told == f"... {'x' * 40}one, then ... {'x' * 40}two"


def test_orders_that_should_be_alike_are_told_by_what_differs() -> None:
    run, _ = race()
    unfolding = Unfolding(2)
    unfolding.add(trace(run, None))
    with pytest.raises(DivergenceError) as caught:
        unfolding.add(trace(changed(run, 1, rows=((9,),)), None))
    assert "were not: the rows that were read: ((10,),), then ((9,),)" in str(caught.value)
    plain(str(caught.value))


def test_states_are_told_without_the_names_of_their_parts() -> None:
    one = State(
        stands=("held", "held"),
        python=(Standing(), Standing()),
        open=(True, False),
        answered=(None, None),
        facts=(1,),
        versions=(Version(0, None, (10,), "committed"),),
        locks=(Lock(0, "row of stock", granted=True),),
        waits=(),
    )
    for other in (
        replace(one, versions=(Version(0, 1, (9,), "open"),)),
        replace(one, locks=(Lock(1, "row of stock", granted=False),)),
    ):
        plain(one.difference(other))
        assert ", then " in one.difference(other)


def test_a_saved_schedule_that_goes_otherwise_is_told_by_what_differs() -> None:
    run, outcome = race()
    saved = Saved({}, run.schedule, describe(run, outcome))
    saved.compare(run, outcome)
    fewer = replace(run, steps=run.steps[:-1])
    for other, end, words in (
        (changed(run, 3, tags=("UPDATE 0",)), outcome, "step 4 is another: its command tag: UPDAT"),
        (run, replace(outcome, answers=("paid", "no")), "ends otherwise: the answers: paid, paid,"),
        (fewer, outcome, "the number of steps is another: 6, then 5"),
    ):
        with pytest.raises(DivergenceError, match=words) as caught:
            saved.compare(other, end)
        plain(str(caught.value))
        assert "{" not in str(caught.value)
