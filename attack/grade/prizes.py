"""The trials of three things that there are only so many of: a coupon, prizes of a lottery, points.

All three are counted from rows, and each request adds one: nobody changes a row that another one
read, so no lost update can be seen and no lock on it helps that is taken on a row not there yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from attack.grade import peers
from attack.grade.peers import ALICE, BOB, CAROL
from attack.grade.trial import GIVEN_UP, PAID, REFUSED, Ask, Fault, Trial
from racewalk import Facts

_SALVO: Final = 12
_OTHER_CODE: Final = "SECOND"


@dataclass(frozen=True)
class Scarce:
    """Something that there is only so much of.

    Attributes:
        door: where it is asked for.
        overdrawn: the reason where more was given than there is.
        row: SQL for one row of what was given, as a text.
        table: where these rows are.
        asked: what is asked for beside the user, as pairs.
        given: the text of a row that is right, with {user} in it.
    """

    door: str
    overdrawn: str
    row: str
    table: str
    asked: tuple[tuple[str, str], ...]
    given: str


class Prizes:
    """What the three are put to.

    Args:
        random: draws the numbers.
    """

    parents_first = ('"user"', "coupon", "redemption", "lottery", "win", "points")
    grants = (
        'GRANT SELECT, UPDATE ON "user", coupon, lottery TO {role}; '
        "GRANT SELECT, INSERT, UPDATE ON redemption, win, points TO {role}"
    )

    def __init__(self, random: Random) -> None:
        code = f"CODE{random.randint(1000, 9999)}"
        self._points = random.randint(11, 60)
        self.tables = peers.tables(
            random,
            (
                f"INSERT INTO coupon (id, code) VALUES (1, '{code}'), (2, '{_OTHER_CODE}')",  # noqa: S608
                "INSERT INTO lottery (id, prizes) VALUES (1, 1)",
            ),
        )
        self._coupon = Scarce(
            "redeem",
            "coupon_twice",
            "coupon_id || ':' || user_id",
            "redemption",
            (("code", code),),
            "1:{user}",
        )
        self._lottery = Scarce("draw", "too_many_prizes", "user_id::text", "win", (), "{user}")
        self._spending = Scarce(
            "spend",
            "points_below_zero",
            "user_id || ':' || change",
            "points",
            (("points", str(self._points)),),
            f"{{user}}:-{self._points}",
        )

    def contract(self) -> list[Trial]:
        """Return what is tried with one request after the other."""
        return [
            self._trial(self._coupon, "a coupon, twice", (ALICE, BOB), 1, in_turn=True),
            self._trial(self._lottery, "two prizes", (ALICE, BOB), 2, in_turn=True),
            self._trial(self._lottery, "one prize, drawn twice", (ALICE, BOB), 1, in_turn=True),
            self._trial(self._spending, "points for one", (ALICE, ALICE), 1, in_turn=True),
            self._trial(self._spending, "points for both", (ALICE, ALICE), 2, in_turn=True),
        ]

    def races(self) -> list[Trial]:
        """Return what is explored."""
        return [
            self._trial(self._coupon, "one coupon, two people", (ALICE, BOB), 1),
            self._trial(self._lottery, "one prize, two draws", (ALICE, BOB), 1),
            self._trial(self._spending, "points for one of two", (ALICE, ALICE), 1),
            self._trial(self._lottery, "two prizes, two draws", (ALICE, BOB), 2),
            self._trial(self._spending, "points for both", (ALICE, ALICE), 2),
            # Whoever is careful with the last prize alone is found by three.
            self._trial(self._lottery, "two prizes, three draws", (ALICE, BOB, CAROL), 2),
            self._strangers(),
        ]

    def overtaking(self) -> None:
        """Return None: three draws are explored among the races."""

    def in_one_process(self) -> Trial:
        """Return what is explored with all requests in one process."""
        return self.races()[0]

    def salvo(self) -> Trial:
        """Return the short attack: more draws than prizes."""
        return self._trial(
            self._lottery, "a short attack", (ALICE, BOB) * (_SALVO // 2), 3, salvo=True
        )

    def crash(self) -> tuple[Trial, str]:
        """Return two requests, and a statement that makes the first one stop half-way."""
        trial = self._trial(self._lottery, "a crash", (ALICE, BOB), 2)
        return trial, "LOCK TABLE win IN SHARE ROW EXCLUSIVE MODE"

    def _strangers(self) -> Trial:
        """Two people with points of their own: neither has to wait."""
        return self._trial(
            self._spending, "two who spend their own", (ALICE, BOB), 2, strangers=True
        )

    def _trial(
        self,
        scarce: Scarce,
        title: str,
        users: Sequence[int],
        enough_for: int,
        *,
        in_turn: bool = False,
        strangers: bool = False,
        salvo: bool = False,
    ) -> Trial:
        def judged(facts: Facts, answers: Sequence[str]) -> Fault | None:
            if fault := peers.anywhere(facts, answers):
                return fault
            rows = peers.items(facts, "rows")
            word = _word(scarce, users, enough_for, rows, answers, in_turn=in_turn, salvo=salvo)
            return Fault(word, _seen(title, enough_for, rows, answers)) if word else None

        asks = tuple(Ask(scarce.door, user, scarce.asked) for user in users)
        facts = {"elsewhere": self._elsewhere(scarce, users), "rows": self._rows(scarce)}
        before = self._start(scarce, users, enough_for)
        return Trial(title, asks, before, facts, judged, "", strangers=strangers)

    def _rows(self, scarce: Scarce) -> str:
        where = "change < 0" if scarce is self._spending else "true"
        return peers.listed(scarce.row, scarce.table, where)

    def _start(self, scarce: Scarce, users: Sequence[int], enough_for: int) -> tuple[str, ...]:
        if scarce is self._lottery:
            return (f"UPDATE lottery SET prizes = {enough_for}",)  # noqa: S608
        if scarce is not self._spending:
            return ()
        each = self._points * enough_for // len(set(users))
        return tuple(
            # Below zero: the sequence begins at 1 after each schedule.
            f"INSERT INTO points (id, user_id, change) VALUES (-{user}, {user}, {each})"  # noqa: S608
            for user in sorted(set(users))
        )

    def _elsewhere(self, scarce: Scarce, users: Sequence[int]) -> str:
        counts = [
            peers.unchanged('"user"', "id"),
            peers.unchanged("coupon", "id"),
            peers.unchanged("lottery", "id", "prizes"),
        ]
        counts += [
            f"SELECT count(*) FROM {table}"  # noqa: S608
            for table in ("redemption", "win", "points")
            if table != scarce.table
        ]
        if scarce is self._spending:
            had = len(set(users))
            counts.append(f"SELECT abs(count(*) - {had}) FROM points WHERE change >= 0")  # noqa: S608
        return "SELECT " + " + ".join(f"({count})" for count in counts)


def _word(
    scarce: Scarce,
    users: Sequence[int],
    enough_for: int,
    rows: Sequence[str],
    answers: Sequence[str],
    *,
    in_turn: bool,
    salvo: bool,
) -> str:
    paid = answers.count(PAID)
    if in_turn and enough_for and not paid:
        return "refuses_all"
    right = {scarce.given.format(user=user) for user in users}
    if any(row not in right for row in rows):
        return "wrong_numbers"
    if len(rows) > enough_for:
        return scarce.overdrawn
    if len(rows) < paid:
        return "says_paid"
    if len(rows) > paid:
        return "says_refused"
    if len(rows) < min(enough_for, len(users)) and not salvo:
        if in_turn:
            return "refuses_wrongly"
        return "gives_up" if GIVEN_UP in answers else "starves"
    if in_turn and GIVEN_UP in answers and REFUSED not in answers:
        return "no_refusal"
    return ""


def _seen(title: str, enough_for: int, rows: Sequence[str], answers: Sequence[str]) -> str:
    given = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    told = ", ".join(answers[:3])
    return (
        f"Tried: {title}. There was enough for {enough_for}; {given} were written. "
        f"The answers: {told}."
    )
