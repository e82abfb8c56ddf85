"""The trials of a transfer: the sum stays, each has its row, nobody locks another one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from attack.grade import accounts, peers
from attack.grade.peers import ALICE, BOB, CAROL, DAVE
from attack.grade.trial import GIVEN_UP, PAID, REFUSED, Ask, Fault, Trial
from racewalk import Facts

_NAMES: Final = accounts.NAMES
_PAIRS: Final = 8
"""Transfers of the short attack in each direction."""
_ELSEWHERE: Final = peers.unchanged('"user"', "id", "money")


@dataclass(frozen=True)
class Wish:
    """A transfer that is asked for: whose money, to whom, how much."""

    sender: int
    receiver: int
    amount: int

    @property
    def ask(self) -> Ask:
        """The request."""
        fields = (("receiver", str(self.receiver)), ("amount", str(self.amount)))
        return Ask("transfer", self.sender, fields)

    def __str__(self) -> str:
        return f"{self.sender}>{self.receiver}:{self.amount}"


class Transfers:
    """What a transfer is put to.

    Args:
        random: draws the numbers.
    """

    parents_first = ('"user"', "transfer")
    grants = 'GRANT SELECT, UPDATE ON "user" TO {role}; GRANT SELECT, INSERT ON transfer TO {role}'

    def __init__(self, random: Random) -> None:
        self.tables = peers.tables(random, ())
        self._amount = random.randint(11, 60)
        self._more = random.randint(1, 9)

    def contract(self) -> list[Trial]:
        """Return what is tried with one request after the other."""
        much, more = self._amount, self._more
        return [
            self._trial(
                "one transfer each way",
                {ALICE: much + more, BOB: much},
                Wish(ALICE, BOB, much),
                Wish(BOB, ALICE, more),
                in_turn=True,
            ),
            self._trial(
                "more than there is",
                {ALICE: much, BOB: more},
                Wish(ALICE, BOB, much + 1),
                Wish(ALICE, BOB, much),
                in_turn=True,
            ),
            self._trial(
                "once too often",
                {ALICE: much, BOB: more},
                Wish(ALICE, BOB, much),
                Wish(ALICE, BOB, much),
                in_turn=True,
            ),
        ]

    def races(self) -> list[Trial]:
        """Return what is explored."""
        much = self._amount
        return [
            self._trial(
                "money for one of two",
                {ALICE: much, BOB: 0},
                Wish(ALICE, BOB, much),
                Wish(ALICE, BOB, much),
            ),
            self._trial(
                "to each other",
                {ALICE: much, BOB: much},
                Wish(ALICE, BOB, much),
                Wish(BOB, ALICE, much),
            ),
            self._trial(
                "two to one",
                {ALICE: much, BOB: much, CAROL: 0},
                Wish(ALICE, CAROL, much),
                Wish(BOB, CAROL, much),
            ),
            self._trial(
                "two pairs of strangers",
                {ALICE: much, BOB: 0, CAROL: much, DAVE: 0},
                Wish(ALICE, BOB, much),
                Wish(CAROL, DAVE, much),
                strangers=True,
            ),
        ]

    def overtaking(self) -> Trial:
        """Return three transfers to one account, each of another amount."""
        less, much, more = (self._amount + each for each in (-3, 0, 5))
        return self._trial(
            "two go by",
            {ALICE: less, BOB: much, DAVE: more, CAROL: 0},
            Wish(ALICE, CAROL, less),
            Wish(BOB, CAROL, much),
            Wish(DAVE, CAROL, more),
        )

    def in_one_process(self) -> Trial:
        """Return what is explored with all requests in one process."""
        return self.races()[0]

    def salvo(self) -> Trial:
        """Return the short attack."""
        much = self._amount
        there = [Wish(ALICE, BOB, much), Wish(BOB, ALICE, much)] * _PAIRS
        return self._trial("a short attack", {ALICE: much * 2, BOB: much * 2}, *there, salvo=True)

    def crash(self) -> tuple[Trial, str]:
        """Return two requests, and a statement that makes the first one stop half-way."""
        return self.races()[2], "LOCK TABLE transfer IN SHARE ROW EXCLUSIVE MODE"

    def _trial(
        self,
        title: str,
        starts: dict[int, int],
        *wishes: Wish,
        in_turn: bool = False,
        strangers: bool = False,
        salvo: bool = False,
    ) -> Trial:
        def judged(facts: Facts, answers: Sequence[str]) -> Fault | None:
            if fault := peers.anywhere(facts, answers):
                return fault
            word = _word(wishes, starts, facts, answers, in_turn=in_turn, salvo=salvo)
            return Fault(word, _seen(wishes, starts, facts, answers)) if word else None

        facts = {"elsewhere": _elsewhere(starts), "log": peers.listed(_ROW, "transfer")}
        for user in starts:
            facts[_NAMES[user]] = f'SELECT money FROM "user" WHERE id = {user}'  # noqa: S608
        before = [f'UPDATE "user" SET money = {m} WHERE id = {u}' for u, m in starts.items()]  # noqa: S608
        asks = tuple(wish.ask for wish in wishes)
        return Trial(
            title,
            asks,
            tuple(before),
            facts,
            judged,
            "money",
            strangers=strangers,
            no_deadlock=not (in_turn or salvo),
        )


_ROW: Final = "sender_id || '>' || receiver_id || ':' || amount"


def _elsewhere(racing: dict[int, int]) -> str:
    own = ", ".join(map(str, racing))
    others = peers.unchanged('"user"', "id")
    return f"SELECT ({_ELSEWHERE}) + ({others} AND id NOT IN ({own}))"


def _word(
    wishes: Sequence[Wish],
    starts: dict[int, int],
    facts: Facts,
    answers: Sequence[str],
    *,
    in_turn: bool,
    salvo: bool,
) -> str:
    log = peers.items(facts, "log")
    told = sorted(str(w) for w, a in zip(wishes, answers, strict=True) if a == PAID)
    money = {user: facts.number(_NAMES[user]) for user in starts}
    if in_turn and (word := _in_turn(wishes, starts, answers)):
        return "says_paid" if word == "no_check" and len(log) < len(told) else word
    if any(row not in map(str, wishes) for row in log):
        return "wrong_numbers"
    if len(log) < len(told):
        return "says_paid" if money == starts or not in_turn else "skips_log"
    if len(log) > len(told):
        return "doubles_log" if in_turn else "says_refused"
    due = _after(starts, log)
    if log and money == starts != due:
        return "logs_without_debit"
    # What the log grants was there, or more was granted than there was.
    overspent = any(each < 0 for each in due.values())
    if sum(money.values()) > sum(starts.values()):
        return "pays_twice" if overspent else "lost_update"
    if sum(money.values()) < sum(starts.values()):
        return "money_vanishes"
    if money != due:
        return "pays_twice" if overspent else "lost_update"
    if any(each < 0 for each in money.values()):
        return "below_zero"
    if not (in_turn or salvo) and len(log) < _most(wishes, starts):
        return "gives_up" if GIVEN_UP in answers else "starves"
    return ""


def _after(starts: dict[int, int], log: Sequence[str]) -> dict[int, int]:
    """Return the balances that a log leads to; each of its rows is one that was asked for."""
    due = dict(starts)
    for row in log:
        who, _, amount = row.partition(":")
        sender, _, receiver = who.partition(">")
        due[int(sender)] -= int(amount)
        due[int(receiver)] += int(amount)
    return due


def _in_turn(wishes: Sequence[Wish], starts: dict[int, int], answers: Sequence[str]) -> str:
    """Tell what is wrong with the answers of transfers one after the other, or ''."""
    left, granted = dict(starts), list[bool]()
    for wish in wishes:
        granted.append(left[wish.sender] >= wish.amount)
        if granted[-1]:
            left[wish.sender] -= wish.amount
            left[wish.receiver] += wish.amount
    pairs = list(zip(granted, answers, strict=True))
    if any(granted) and PAID not in answers:
        return "refuses_all"
    if any(not due and answer == PAID for due, answer in pairs):
        return "no_check"
    if any(not due and answer != REFUSED for due, answer in pairs):
        return "no_refusal"
    return "refuses_wrongly" if any(due and answer != PAID for due, answer in pairs) else ""


def _most(wishes: Sequence[Wish], starts: dict[int, int]) -> int:
    """How many can be paid at least, in whichever order they come."""
    if len({wish.sender for wish in wishes}) == len(wishes):
        return sum(starts[wish.sender] >= wish.amount for wish in wishes)
    return min(len(wishes), starts[wishes[0].sender] // wishes[0].amount)


def _seen(
    wishes: Sequence[Wish], starts: dict[int, int], facts: Facts, answers: Sequence[str]
) -> str:
    had = ", ".join(f"{_NAMES[u].capitalize()} {m}" for u, m in starts.items())
    has = ", ".join(f"{_NAMES[u].capitalize()} {facts[_NAMES[u]]}" for u in starts)
    asked = " and ".join(
        f"{w.amount} from {_NAMES[w.sender].capitalize()} to {_NAMES[w.receiver].capitalize()}"
        for w in wishes[:2]
    )
    rows = len(peers.items(facts, "log"))
    return (
        f"Before: {had}. Asked for: {asked}. The answers: {', '.join(answers[:2])}. "
        f"Now: {has}, and the log of transfers has {rows} row{'s' * (rows != 1)}."
    )
