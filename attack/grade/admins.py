"""The trials of the last two on duty: each may go as long as somebody stays."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from attack.grade import peers
from attack.grade.peers import ALICE, BOB, CAROL, DAVE
from attack.grade.trial import GIVEN_UP, PAID, REFUSED, Ask, Fault, Trial
from racewalk import Facts

_TEAM, _OTHER_TEAM = 1, 2
_IN_TEAM: Final = {ALICE: _TEAM, BOB: _TEAM, CAROL: _TEAM, DAVE: _OTHER_TEAM}


class Admins:
    """What resigning is put to.

    Args:
        random: draws the numbers.
    """

    parents_first = ('"user"', "duty")
    grants = 'GRANT SELECT ON "user" TO {role}; GRANT SELECT, UPDATE ON duty TO {role}'

    def __init__(self, random: Random) -> None:
        rows = ", ".join(f"({user}, {team}, true)" for user, team in _IN_TEAM.items())
        fill = f"INSERT INTO duty (user_id, team, on_duty) VALUES {rows}"  # noqa: S608
        self.tables = peers.tables(random, (fill,))

    def contract(self) -> list[Trial]:
        """Return what is tried with one request after the other."""
        return [
            self._trial("two of three go", (ALICE, BOB), (ALICE, BOB, CAROL), in_turn=True),
            self._trial("both of two go", (ALICE, BOB), (ALICE, BOB), in_turn=True),
            self._trial("the same one goes twice", (CAROL, CAROL), (ALICE, CAROL), in_turn=True),
            self._trial("one of another team", (DAVE, ALICE), (ALICE, BOB, DAVE), in_turn=True),
        ]

    def races(self) -> list[Trial]:
        """Return what is explored."""
        return [
            self._trial("the last two", (ALICE, BOB), (ALICE, BOB)),
            self._trial("two of three", (ALICE, BOB), (ALICE, BOB, CAROL)),
        ]

    def overtaking(self) -> None:
        """Return None: each changes a row of their own, once and for all."""

    def in_one_process(self) -> Trial:
        """Return what is explored with all requests in one process."""
        return self.races()[0]

    def salvo(self) -> Trial:
        """Return the short attack: all of a team at once."""
        return self._trial(
            "a short attack", (ALICE, BOB, CAROL) * 3, (ALICE, BOB, CAROL), salvo=True
        )

    def crash(self) -> tuple[Trial, str]:
        """Return two requests, and a statement that makes the first one stop half-way."""
        return self.races()[1], "LOCK TABLE duty IN SHARE ROW EXCLUSIVE MODE"

    def _trial(
        self,
        title: str,
        users: Sequence[int],
        on_duty: Sequence[int],
        *,
        in_turn: bool = False,
        salvo: bool = False,
    ) -> Trial:
        def judged(facts: Facts, answers: Sequence[str]) -> Fault | None:
            if fault := peers.anywhere(facts, answers):
                return fault
            left = [int(user) for user in peers.items(facts, "left")]
            word = _word(users, on_duty, left, answers, in_turn=in_turn, salvo=salvo)
            return Fault(word, _seen(on_duty, left, users, answers)) if word else None

        names = ", ".join(map(str, on_duty))
        before = (f"UPDATE duty SET on_duty = user_id IN ({names})",)  # noqa: S608
        others = peers.unchanged('"user"', "id")
        rows = peers.unchanged("duty", "user_id", "on_duty")
        facts = {
            "elsewhere": f"SELECT ({others}) + ({rows})",
            "left": peers.listed("user_id::text", "duty", "on_duty"),
        }
        asks = tuple(Ask("resign", user) for user in users)
        return Trial(title, asks, before, facts, judged, "on_duty", no_deadlock=not salvo)


def _word(
    users: Sequence[int],
    on_duty: Sequence[int],
    left: Sequence[int],
    answers: Sequence[str],
    *,
    in_turn: bool,
    salvo: bool,
) -> str:
    gone = set(on_duty) - set(left)
    if set(left) - set(on_duty) or gone - set(users):
        return "touches_others"
    if in_turn:
        return _in_turn(users, on_duty, left, answers)
    if not any(_IN_TEAM[user] == _TEAM for user in left):
        return "write_skew"
    told = {user for user, answer in zip(users, answers, strict=True) if answer == PAID}
    if told - gone:
        return "says_paid"
    if gone - told:
        return "says_refused"
    most = min(len(set(users)), len(on_duty) - 1)
    if len(gone) < most and not salvo:
        return "gives_up" if GIVEN_UP in answers else "starves"
    return ""


def _in_turn(
    users: Sequence[int], on_duty: Sequence[int], left: Sequence[int], answers: Sequence[str]
) -> str:
    stay, due = set(on_duty), list[str]()
    for user in users:
        team = {each for each in stay if _IN_TEAM[each] == _IN_TEAM[user]}
        goes = user in team and len(team) > 1
        due.append(PAID if goes else REFUSED)
        if goes:
            stay.remove(user)
    if PAID in due and PAID not in answers:
        return "refuses_all" if set(left) == set(on_duty) else "says_refused"
    pairs = list(zip(answers, due, strict=True))
    if any(told == PAID and right == REFUSED for told, right in pairs):
        return "says_paid" if set(left) == stay else "no_check"
    if any(told == GIVEN_UP and right == REFUSED for told, right in pairs):
        return "no_refusal"
    if any(told != PAID and right == PAID for told, right in pairs):
        return "refuses_wrongly" if set(left) != stay else "says_refused"
    return "" if set(left) == stay else "says_paid"


def _seen(
    on_duty: Sequence[int], left: Sequence[int], users: Sequence[int], answers: Sequence[str]
) -> str:
    return (
        f"On duty were {len(on_duty)}; {len(set(users))} asked to go. "
        f"The answers: {', '.join(answers[:3])}. Now {len(left)} are on duty."
    )
