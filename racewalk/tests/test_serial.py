"""Serial: an end is one that some of the requests give, one after the other, in some order."""

from racewalk.judge.serial import Order, Serial, orders
from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer

SOLD_TO_A = "  stock (item 7): n: 1 → 0\n+ sale: customer = 1"
SOLD_TO_B = "  stock (item 7): n: 1 → 0\n+ sale: customer = 2"
SERIAL = Serial(
    (
        Order((0, 1), SOLD_TO_A, ("201", "409")),
        Order((1, 0), SOLD_TO_B, ("409", "201")),
        Order((0,), SOLD_TO_A, ("201", "absent")),
        Order((1,), SOLD_TO_B, ("absent", "201")),
    )
)


def holds(rows: str, *answers: str) -> bool:
    return SERIAL(Facts(rows=rows), [Answer(each) for each in answers])


def test_all_orders_of_all_subsets() -> None:
    assert list(orders(2)) == [(0, 1), (1, 0), (0,), (1,)]
    assert len(list(orders(3))) == 6 + 6 + 3
    assert len(list(orders(4))) == 64


def test_what_an_order_gives_is_serial() -> None:
    assert holds(SOLD_TO_A, "201", "409")
    assert holds(SOLD_TO_B, "409", "201")


def test_rows_and_answers_belong_together() -> None:
    assert not holds(SOLD_TO_A, "409", "201")
    assert not holds(SOLD_TO_A, "201", "201")


def test_whoever_was_refused_may_as_well_not_have_come() -> None:
    assert holds(SOLD_TO_A, "201", "503")
    assert holds(SOLD_TO_A, "201", "failed")
    assert not holds(SOLD_TO_A, "201", "302")
    assert not holds("", "503", "503")  # somebody has to have come, or nothing is known of it


def test_the_row_that_differs_is_told() -> None:
    rows = f"{SOLD_TO_A}\n+ sale: customer = 2"
    told = SERIAL.difference(Facts(rows=rows), [Answer("201"), Answer("201")])
    assert told == "here + sale: customer = 2"
    told = SERIAL.difference(Facts(rows=SOLD_TO_A), [Answer("201"), Answer("201")])
    assert told == "no order leaves these rows and answers A 201, B 201"
