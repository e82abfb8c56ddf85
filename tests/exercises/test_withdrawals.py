"""What is said of a withdrawal's end: by accounts, log and answers alone."""

import pytest

from attack.grade.accounts import NAMES
from attack.grade.trial import GIVEN_UP, PAID, RAISED, REFUSED
from attack.grade.withdrawn import Wish
from attack.grade.withdrawn_at_once import at_once
from attack.grade.withdrawn_in_turn import in_turn
from racewalk import Facts

ALICE, BOB = 1, 2
TWO = (Wish(ALICE, 17, "one"), Wish(ALICE, 17, "other"))
SAME = (Wish(ALICE, 17, "one"), Wish(ALICE, 17, "one"))
UNEQUAL = (Wish(ALICE, 17, "one"), Wish(ALICE, 20, "other"))
MORE = (Wish(ALICE, 18, "one"), Wish(ALICE, 17, "other"))


def facts(money: int, log: str, elsewhere: int = 0) -> Facts:
    """Return what the database says."""
    name = NAMES[ALICE]
    return Facts(((f"{name}.money", money), (f"{name}.log", log), ("elsewhere", elsewhere)))


@pytest.mark.parametrize(
    ("wishes", "start", "end", "answers", "reason"),
    [
        (TWO, 34, facts(0, "17,17"), (PAID, PAID), None),
        (TWO, 17, facts(0, "17"), (PAID, REFUSED), None),
        (TWO, 17, facts(0, "17"), (PAID, GIVEN_UP), "no_refusal"),
        (TWO, 34, facts(34, ""), (REFUSED, REFUSED), "refuses_all"),
        (TWO, 34, facts(17, "17"), (PAID, REFUSED), "refuses_wrongly"),
        (TWO, 34, facts(0, "17,17"), (PAID, REFUSED), "says_refused"),
        (TWO, 34, facts(0, "17,17", 1), (PAID, PAID), "touches_others"),
        (TWO, 34, facts(0, "17,17"), (PAID, RAISED), "fails"),
        (TWO, 34, facts(0, ""), (PAID, PAID), "skips_log"),
        (TWO, 34, facts(34, ""), (PAID, PAID), "says_paid"),
        (TWO, 34, facts(0, "17,17,17"), (PAID, PAID), "doubles_log"),
        (TWO, 34, facts(14, "10,10"), (PAID, PAID), "wrong_numbers"),
        (TWO, 34, facts(1, "17,17"), (PAID, PAID), "wrong_numbers"),
        (TWO, 34, facts(34, "17,17"), (PAID, PAID), "logs_without_debit"),
        (MORE, 17, facts(0, "17"), (REFUSED, PAID), None),
        (MORE, 17, facts(-18, "17,18"), (PAID, PAID), "no_check"),
        (MORE, 17, facts(0, "17"), (PAID, PAID), "says_paid"),
        (MORE, 17, facts(0, "17,18"), (PAID, PAID), "logs_without_debit"),
        (MORE, 17, facts(0, "17,18"), (REFUSED, PAID), "leaves_a_trace"),
        (SAME, 34, facts(17, "17"), (PAID, PAID), None),
        (SAME, 34, facts(17, "17"), (PAID, REFUSED), "refuses_repeat"),
        (SAME, 34, facts(0, "17,17"), (PAID, PAID), "doubles_log"),
        (SAME, 16, facts(16, ""), (REFUSED, REFUSED), None),
        (SAME, 16, facts(16, ""), (REFUSED, PAID), "says_paid"),
    ],
)
def test_one_after_the_other(
    wishes: tuple[Wish, ...],
    start: int,
    end: Facts,
    answers: tuple[str, ...],
    reason: str | None,
) -> None:
    fault = in_turn(wishes, {ALICE: start}, end, answers)

    assert (fault.reason if fault else None) == reason


@pytest.mark.parametrize(
    ("wishes", "start", "end", "answers", "reason"),
    [
        (TWO, 17, facts(0, "17"), (PAID, REFUSED), None),
        (TWO, 17, facts(0, "17"), (GIVEN_UP, PAID), None),
        (TWO, 34, facts(0, "17,17"), (PAID, PAID), None),
        (TWO, 17, facts(0, "17,17"), (PAID, PAID), "pays_twice"),
        (TWO, 34, facts(17, "17,17"), (PAID, PAID), "lost_update"),
        (TWO, 50, facts(33, "17,17"), (PAID, PAID), "lost_update"),
        (TWO, 33, facts(16, "17,17"), (PAID, PAID), "pays_twice"),
        (TWO, 34, facts(34, "17,17"), (PAID, PAID), "logs_without_debit"),
        (TWO, 17, facts(-17, "17,17"), (PAID, PAID), "below_zero"),
        (TWO, 34, facts(0, "17"), (PAID, REFUSED), "money_vanishes"),
        (TWO, 34, facts(17, "17"), (PAID, REFUSED), "starves"),
        (TWO, 34, facts(17, "17"), (PAID, GIVEN_UP), "gives_up"),
        (TWO, 34, facts(17, "17"), (PAID, PAID), "says_paid"),
        (TWO, 34, facts(0, "17,17"), (PAID, REFUSED), "says_refused"),
        (TWO, 17, facts(7, "10"), (PAID, REFUSED), "wrong_numbers"),
        (UNEQUAL, 37, facts(0, "17,20"), (PAID, PAID), None),
        (UNEQUAL, 37, facts(17, "17,20"), (PAID, PAID), "lost_update"),
        (UNEQUAL, 36, facts(16, "17,20"), (PAID, PAID), "pays_twice"),
        (UNEQUAL, 37, facts(3, "17,17"), (PAID, PAID), "wrong_numbers"),
        (UNEQUAL, 37, facts(20, "17"), (PAID, REFUSED), "starves"),
        (UNEQUAL, 37, facts(0, "37"), (PAID, PAID), "wrong_numbers"),
        (SAME, 34, facts(17, "17"), (PAID, PAID), None),
        (SAME, 34, facts(0, "17,17"), (PAID, PAID), "pays_repeat"),
        (SAME, 34, facts(17, "17,17"), (PAID, PAID), "pays_repeat"),
        (SAME, 34, facts(17, "17,17,17"), (PAID, PAID), "doubles_log"),
        (SAME, 34, facts(17, "17"), (PAID, REFUSED), "refuses_repeat"),
        (SAME, 34, facts(34, ""), (PAID, PAID), "says_paid"),
    ],
)
def test_at_once(
    wishes: tuple[Wish, ...],
    start: int,
    end: Facts,
    answers: tuple[str, ...],
    reason: str | None,
) -> None:
    fault = at_once(wishes, {ALICE: start}, end, answers)

    assert (fault.reason if fault else None) == reason


def test_a_key_is_its_user_s() -> None:
    mine, theirs = Wish(ALICE, 17, "one"), Wish(BOB, 17, "one")
    pairs: list[tuple[str, int | str]] = [("elsewhere", 0)]
    for user in (ALICE, BOB):
        pairs += [(f"{NAMES[user]}.money", 0), (f"{NAMES[user]}.log", "17")]
    both = Facts(tuple(pairs))

    assert in_turn((mine, theirs), {ALICE: 17, BOB: 17}, both, (PAID, PAID)) is None
    fault = in_turn((mine, theirs), {ALICE: 17, BOB: 17}, both, (PAID, REFUSED))
    assert fault
    assert fault.reason == "says_refused"
