"""What was written, in lines that are the same for two schedules that did the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from time import sleep
from typing import Any

import pytest

from racewalk.reset.rows import Change, Rows
from racewalk.reset.tables import Stored
from racewalk.schedule.masks import Mask, Masks

ORDER = Stored(
    1,
    "public.order",
    "order",
    ("id", "number", "at"),
    frozenset({"at"}),
    drawn=frozenset({"id"}),
    key=("id",),
)
LINE = Stored(
    2,
    "public.line",
    "line",
    ("id", "order_id", "n"),
    drawn=frozenset({"id"}),
    key=("id",),
    parents={"order_id": (1, "id")},
)
STOCK = Stored(
    3,
    "public.stock",
    "stock",
    ("item", "n", "last_order"),
    key=("item",),
    parents={"last_order": (1, "id")},
)
LOG = Stored(4, "public.log", "log", ("what",))


def order(key: int, number: str) -> dict[str, Any]:
    return {"id": key, "number": number, "at": datetime.now(UTC).isoformat()}


def told(*changes: Change, ignore: tuple[str, ...] = (), masks: Masks | None = None) -> list[str]:
    return Rows(masks or Masks(), ignore).tell(changes).splitlines()


def test_a_changed_row_is_told_by_its_key_and_what_changed() -> None:
    change = Change(
        STOCK, [{"item": 7, "n": 0, "last_order": None}], [{"item": 7, "n": 1, "last_order": None}]
    )
    assert told(change) == ["  stock (item 7): n: 1 → 0"]


def test_made_up_keys_are_left_out_and_references_follow_what_they_refer_to() -> None:
    def world(first: int, second: int, line: int) -> list[str]:
        orders = Change(ORDER, [order(first, "a"), order(second, "b")], [])
        lines = Change(LINE, [{"id": line, "order_id": second, "n": 3}], [])
        stock = Change(
            STOCK,
            [{"item": 7, "n": 0, "last_order": first}],
            [{"item": 7, "n": 1, "last_order": None}],
        )
        return told(orders, lines, stock)

    assert world(1, 2, 5) == world(9, 4, 6)
    swapped = told(
        Change(ORDER, [order(1, "a"), order(2, "b")], []),
        Change(LINE, [{"id": 5, "order_id": 1, "n": 3}], []),
    )
    assert swapped != told(
        Change(ORDER, [order(1, "a"), order(2, "b")], []),
        Change(LINE, [{"id": 5, "order_id": 2, "n": 3}], []),
    )


def test_two_rows_that_are_alike_count_twice() -> None:
    one, two = (Change(ORDER, [order(n, "a") for n in range(count)], []) for count in (1, 2))
    assert told(one) != told(two)


def test_the_present_moment_is_told_as_such_and_another_day_as_it_is() -> None:
    later = (datetime.now(UTC) + timedelta(days=30, minutes=7)).isoformat()
    assert told(Change(ORDER, [order(1, "a")], [])) == ['+ order: number = "a", at = <time>']
    (line,) = told(Change(ORDER, [{"id": 1, "number": "a", "at": later}], []))
    assert later in line


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(days=14), "<time + 14 days>"),
        (timedelta(days=-30), "<time - 30 days>"),
        (timedelta(hours=36), "<time + 36 hours>"),
        (timedelta(days=1), "<time + 1 days>"),
        (timedelta(days=-1), "<time - 1 days>"),
    ],
)
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2)), None])
def test_a_moment_of_the_schedule_that_was_put_off_is_told_by_how_far(
    off: timedelta, words: str, zone: timezone | None
) -> None:
    rows = Rows(Masks(), ())
    for _ in range(2):
        at = (datetime.now(zone or UTC).replace(tzinfo=zone) + off).isoformat()
        made = Change(ORDER, [{"id": 1, "number": "a", "at": at}], [])
        assert rows.tell([made]) == f'+ order: number = "a", at = {words}'
    away = timedelta(seconds=2 if off > timedelta() else -2)
    at = (datetime.fromisoformat(at) + away).isoformat()
    assert at in rows.tell([Change(ORDER, [{"id": 1, "number": "a", "at": at}], [])])


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=14)])
def test_a_clock_may_be_of_another_machine_or_of_whole_seconds(off: timedelta) -> None:
    rows, now = Rows(Masks(), ()), datetime.now(UTC)
    for clock in (now.replace(microsecond=0), now + timedelta(seconds=0.9)):
        made = Change(ORDER, [order(1, "a") | {"at": str(clock + off)}], [])
        assert rows.tell([made]) == f'+ order: number = "a", at = <time + {off.days} days>'
    set_up = str(now + off - timedelta(seconds=0.1))
    told = rows.tell([Change(ORDER, [order(1, "a") | {"at": set_up}], [])])
    assert told == f'+ order: number = "a", at = {"<time + 1 days>" if off.days == 1 else set_up}'


def test_a_clock_of_the_start_is_told_by_its_kind_where_a_key_tells_the_row() -> None:
    start = "2026-01-02T03:04:05.678+00:00"
    row = {"id": 1, "number": "a", "at": start}
    assert told(Change(ORDER, [order(1, "a")], [row])) == ["  order (id 1): at: <time> → <time>"]
    assert told(Change(ORDER, [], [row])) == ['- order: id = 1, number = "a", at = <time>']
    for key in ((), ("at",)):
        log = replace(LOG, columns=("at",), moments=frozenset({"at"}), key=key)
        assert told(Change(log, [], [{"at": start}])) == [f"- log: at = {start}"]
    date = {**row, "at": "2026-01-02T00:00:00+00:00"}
    assert told(Change(ORDER, [order(1, "a")], [date])) == [
        "  order (id 1): at: 2026-01-02T00:00:00+00:00 → <time>"
    ]


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(minutes=15), "15 minutes later"),
        (timedelta(hours=2), "2 hours later"),
        (timedelta(days=-30), "30 days earlier"),
        (timedelta(minutes=14), "<time + 14 minutes>"),
    ],
)
def test_a_moment_of_the_start_that_was_moved_is_told_by_how_far(
    off: timedelta, words: str
) -> None:
    start = datetime.now(UTC).replace(microsecond=678)
    before, after = ({"id": 1, "number": "a", "at": str(at)} for at in (start, start + off))
    assert told(Change(ORDER, [after], [before])) == [f"  order (id 1): at: <time> → {words}"]
    whole = {**before, "at": str(start.replace(microsecond=0))}
    (line,) = told(Change(ORDER, [after], [whole]))
    assert "later" not in line
    assert "earlier" not in line


def test_a_moment_that_comes_again_is_not_of_the_clock_though_it_comes_to_be_whole_hours_away() -> (
    None
):
    rows = Rows(Masks(), ())
    for off in (timedelta(days=3), timedelta(days=1)):
        at = datetime.now(UTC) + off + timedelta(seconds=1.1)
        made = Change(ORDER, [{"id": 1, "number": "a", "at": at.isoformat()}], [])
        told = {rows.tell([made])}
        sleep(0.2)
        assert told == {rows.tell([made])} == {f'+ order: number = "a", at = {at.isoformat()}'}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-05-04T15:00:00+00:00", "2026-05-04T16:00:00+00:00"),
        (timedelta(minutes=10), timedelta(minutes=25)),
        (timedelta(minutes=-3), timedelta(minutes=3)),
        (timedelta(0), timedelta(hours=1)),
        (timedelta(hours=23), timedelta(hours=23, minutes=1)),
        (timedelta(minutes=90, seconds=20), timedelta(minutes=91, seconds=20)),
    ],
)
def test_two_moments_of_one_day_differ_from_a_minute_on(
    one: timedelta | str, other: timedelta | str
) -> None:
    rows, lines = Rows(Masks(), ()), list[str]()
    for off in (one, other, one, other):
        at = off if isinstance(off, str) else (datetime.now(UTC) + off).isoformat()
        lines.append(rows.tell([Change(ORDER, [{"id": 1, "number": "a", "at": at}], [])]))
    assert lines[:2] == lines[2:]
    assert lines[0] != lines[1]


@pytest.mark.parametrize("off", [timedelta(0), timedelta(minutes=10), timedelta(minutes=-7)])
def test_two_schedules_that_are_a_second_apart_are_equal(off: timedelta) -> None:
    masks, begun = Masks(), datetime.now(UTC)
    lines = set()
    for later in (0.0, 1.0, 2.5, 30.0):
        rows = Rows(masks, ())
        rows._moments._since = rows._moments._until = begun + timedelta(seconds=later)
        at = begun + timedelta(seconds=later + 0.02) + off
        # The clock of the machine stands still here, so passed() must not read it.
        rows._moments.passed = lambda: None  # type: ignore[method-assign]
        lines.add(rows.tell([Change(ORDER, [order(1, "a") | {"at": at.isoformat()}], [])]))
    assert len(lines) == 1
    assert masks.approximated == {("order.at", "times to the minute")}


def test_a_moment_without_seconds_is_compared_as_it_is() -> None:
    rows = Rows(Masks(), ())
    at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()
    assert at in rows.tell([Change(ORDER, [order(1, "a") | {"at": at}], [])])


def test_a_deleted_row_and_one_without_a_key() -> None:
    assert told(Change(STOCK, [], [{"item": 7, "n": 1, "last_order": None}])) == [
        "- stock: item = 7, n = 1, last_order = NULL"
    ]
    assert told(Change(LOG, [{"what": "new"}], [{"what": "old"}])) == [
        '+ log: what = "new"',
        '- log: what = "old"',
    ]
    assert told(Change(LOG, [{"what": "same"}], [{"what": "same"}])) == []


def test_what_is_ignored_or_masked_is_not_told_and_named() -> None:
    masks = Masks([Mask("coupon", "CPN-[0-9]+")])
    change = Change(ORDER, [order(1, "CPN-12")], [])
    assert told(change, masks=masks) == ['+ order: number = "<coupon>", at = <time>']
    masks = Masks()
    assert told(change, ignore=("ord*.number", "order.at"), masks=masks) == []
    assert masks.met == {"ord*.number", "order.at"}
