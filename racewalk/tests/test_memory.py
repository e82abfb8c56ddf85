"""What is remembered of an application, and what is caught: requests that hang on more."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import time_ns

import psycopg
import pytest

from racewalk.commute.initial import reader_of
from racewalk.errors import DivergenceError
from racewalk.memory.driver import Driver
from racewalk.memory.meetings import Met, meetings
from racewalk.memory.player import Mode, Player
from racewalk.memory.reply import Fresh
from racewalk.memory.target import RememberedTarget
from racewalk.memory.tree import Exchange, Tree
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule
from racewalk.search.brute_force import BruteForce
from racewalk.search.certificate import Certificate
from racewalk.search.explore import explore
from racewalk.targets.session import Script, Scripted
from racewalk.wire.framing import TERMINATE, encode
from racewalk.wire.states import LinkState
from support.account import FACTS, AccountTarget, judges
from support.calls import Calls
from support.labs import Database
from support.oracle import brute_force, one_per_class
from support.withdrawals import AMOUNT, SCRIPTS, START, transaction

Remembered = tuple[RememberedTarget, LiveRunner]
Remember = Callable[[Sequence[Scripted]], Remembered]


@pytest.fixture
def remember(database: Database, observer: Observer) -> Iterator[Remember]:
    """Make labs of scripts that are remembered, and close them in the end."""
    labs: list[LiveRunner] = []

    def make(scripts: Sequence[Scripted]) -> Remembered:
        inner = AccountTarget(observer, database.superuser, scripts, START)
        target = RememberedTarget(inner, now=observer.clock())
        lab = LiveRunner(
            target, observer, database.address, judges(START), patience=5.0, ears=target.ear
        )
        labs.append(lab)
        return target, lab

    yield make
    for lab in labs:
        lab.close()


@contextmanager
def memory(target: RememberedTarget) -> Iterator[None]:
    target.on = True
    yield
    target.on = False


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_schedule_is_the_same_when_the_application_is_remembered(
    remember: Remember, script: str
) -> None:
    target, lab = remember([SCRIPTS[script]] * 2)
    asked = brute_force(lab)
    with memory(target):
        remembered = brute_force(lab)
    assert asked.exhausted
    assert (remembered.hash, remembered.outcomes) == (asked.hash, asked.outcomes)
    assert remembered.by_preemptions == asked.by_preemptions
    assert target.remembered > asked.schedules // 2


@pytest.mark.parametrize("script", SCRIPTS)
def test_one_schedule_of_each_class_is_the_same(
    remember: Remember, observer: Observer, script: str
) -> None:
    target, lab = remember([SCRIPTS[script]] * 2)
    found: list[Certificate] = []
    for target.on in (False, True, True):
        reader = reader_of(observer, list(FACTS.values()))
        found.append(one_per_class(lab, 2, reader))
    assert len({(each.hash, each.schedules, each.unsafe) for each in found}) == 1
    assert target.remembered


def copies() -> Callable[[str], Answer]:
    """Return a call that copies what it has read into a table, on a connection that stays."""
    kept: list[psycopg.Connection] = []

    def call(address: str) -> Answer:
        if not kept:
            kept.append(psycopg.connect(address, autocommit=True, prepare_threshold=None))
        read = kept[0].execute("SELECT count(*) FROM scripted.payout").fetchone()
        with kept[0].cursor().copy("COPY scripted.payout (account_id, amount) FROM STDIN") as rows:
            rows.write_row((1, *(read or ())))
        return Answer("paid")

    return call


def test_what_is_copied_is_remembered_as_well(database: Database, observer: Observer) -> None:
    inner = AccountTarget(observer, database.superuser, [transaction], START)
    target = RememberedTarget(Calls(database.superuser, [copies(), copies()], inner.reset))
    with LiveRunner(target, observer, database.address, patience=5.0, ears=target.ear) as lab:
        asked = brute_force(lab)
        with memory(target):
            remembered = [brute_force(lab) for _ in range(4)][-1]
    assert (asked.exhausted, asked.schedules) == (True, 6)
    assert (remembered.hash, remembered.outcomes) == (asked.hash, asked.outcomes)
    assert target.remembered


# Applications that hang on something else than the replies


def after(calls: int) -> Scripted:
    """Return a withdrawal that takes another way once it was asked so often: a counter."""
    asked = count()

    def script(request: int) -> Script:
        if next(asked) > calls:
            yield "SELECT balance + 1 FROM account"
        return (yield from transaction(request))

    return script


def answers_otherwise(calls: int) -> Scripted:
    """Return a withdrawal that says something else once it was asked so often."""
    asked = count()

    def script(request: int) -> Script:
        answer = yield from transaction(request)
        return answer if next(asked) < calls else Answer("refused", "not today")

    return script


def until(flag: list[bool]) -> Scripted:
    """Return a withdrawal that takes another way once a flag is set, as a clock sets it."""

    def script(request: int) -> Script:
        answer = yield from transaction(request)
        if flag:
            yield "SELECT balance - 1 FROM account"
        return answer

    return script


@pytest.mark.parametrize("planted", [after(2), after(4), answers_otherwise(4)])
def test_a_counter_in_memory_is_caught(remember: Remember, planted: Scripted) -> None:
    target, lab = remember([planted, transaction])
    with memory(target):
        found = brute_force(lab)
    assert found.verdict.value == "inconclusive"
    assert found.diverged
    assert "request A: after the same replies of the database it" in str(found.inconclusive)
    assert "--no-memory" in str(found.inconclusive)


def sharing(marks: set[int]) -> Scripted:
    """Return a request that marks something beside the database amid its own, and looks for it."""

    def script(request: int) -> Script:
        yield "SELECT balance + 1 FROM account"
        amount = 70 if marks else 1
        yield "UPDATE account SET balance = balance - $1", (amount,)
        marks.add(request)
        yield "UPDATE account SET balance = balance + 0"
        marks.discard(request)
        yield "UPDATE account SET balance = balance - 0"
        return Answer("paid")

    return script


def sharing_what_it_saw(marks: set[int]) -> tuple[Scripted, Scripted]:
    """Return one that looks for a mark, and one that sets it if it saw a balance, then less."""

    def looks(_request: int) -> Script:
        yield "UPDATE account SET balance = balance - 1"
        yield "SELECT 1 FROM account"
        yield "UPDATE account SET balance = balance - $1", (70 if marks else 1,)
        return Answer("paid")

    def marked(request: int) -> Script:
        before = (yield "SELECT balance FROM account").number
        after = (yield "SELECT balance + 0 FROM account").number
        yield "SELECT 3 FROM account"
        if (before, after) == (START, START - 1):
            marks.add(request)
        yield "SELECT 4 FROM account"
        marks.discard(request)
        return Answer("paid")

    return looks, marked


def test_what_they_share_may_hang_on_what_they_were_told(remember: Remember) -> None:
    target, lab = remember(sharing_what_it_saw(set()))
    assert len({outcome.facts["balance"] for outcome in brute_force(lab).outcomes}) > 1
    with memory(target):
        found = explore(Met(lab, target), 2, BruteForce())
    assert "after the same replies of the database it sent" in str(found.inconclusive)


def test_what_requests_share_beside_the_database_is_caught(remember: Remember) -> None:
    """The first two schedules meet no mark; whoever is played from the third on leaves none."""
    target, lab = remember([sharing(set())] * 2)
    asked = one_per_class(lab, 2, None)
    assert {outcome.facts["balance"] for outcome in asked.outcomes} > {START - 2}
    with memory(target):
        found = one_per_class(Met(lab, target), 2, None)
    assert found.verdict.value == "inconclusive"
    assert "after the same replies of the database it sent" in str(found.inconclusive)
    assert "--no-memory" in str(found.inconclusive)


@pytest.mark.parametrize("script", SCRIPTS)
def test_whatever_requests_meet_in_is_run_by_the_application(
    remember: Remember, script: str
) -> None:
    target, lab = remember([SCRIPTS[script]] * 2)
    met, played = set[int](), set[int]()

    def seen(run: Run, _outcome: Outcome) -> None:
        (played if target.played else met).update(meetings(run))

    with memory(target):
        found = explore(Met(lab, target), 2, BruteForce(), seen=seen)
    assert found.exhausted
    assert target.remembered
    assert played
    assert played <= met


def test_the_statement_is_named_that_is_another_one(remember: Remember) -> None:
    target, lab = remember([transaction, after(4)])
    with memory(target):
        why = str(brute_force(lab).inconclusive)
    assert "request B" in why
    assert "'BEGIN' before" in why
    assert "'SELECT balance + 1 FROM account' now" in why


def test_a_clock_is_caught(remember: Remember) -> None:
    flag: list[bool] = []
    target, lab = remember([until(flag), transaction])
    runs = count()

    def tick(*_seen: object) -> None:
        if next(runs) == 30:
            flag.append(True)

    with memory(target):
        found = brute_force(lab, seen=tick)
    assert found.diverged
    assert "request A" in str(found.inconclusive)


def test_a_value_of_its_own_making_is_never_played(remember: Remember) -> None:
    def stamps(request: int) -> Script:
        yield f"SELECT {time_ns()}"
        return (yield from transaction(request))

    target, lab = remember([stamps, stamps])
    with memory(target):
        lab.run()
        lab.run()
        lab.run()
    assert target.remembered == 0


def test_a_time_that_is_sent_back_is_never_played(remember: Remember) -> None:
    def stamps(_request: int) -> Script:
        ((now,),) = (yield "SELECT now()").rows
        yield "SELECT balance FROM account WHERE now() > $1::timestamptz", (str(now),)
        return Answer("paid")

    target, lab = remember([stamps, transaction])
    with memory(target):
        for _ in range(5):
            lab.run()
    assert target.remembered == 0


def test_a_time_that_is_only_read_is_played(remember: Remember) -> None:
    def reads(_request: int) -> Script:
        yield "SELECT now(), balance FROM account"
        yield f"UPDATE account SET balance = balance - {AMOUNT}"  # noqa: S608 - a number
        return Answer("paid")

    target, lab = remember([reads, transaction])
    with memory(target):
        for _ in range(5):
            lab.run()
    assert target.remembered == 3


def test_one_schedule_of_so_many_is_run_by_the_application(remember: Remember) -> None:
    asked = count()

    def script(request: int) -> Script:
        next(asked)
        return (yield from transaction(request))

    target, lab = remember([script, transaction])
    with memory(target):
        for _ in range(48):
            lab.run()
    assert next(asked) == 3  # the first two, and the twenty-fifth


def test_what_is_not_remembered_is_asked_for_amid_a_schedule(remember: Remember) -> None:
    """B has read 100 twice and is told 20 for the first time once A was first."""
    target, lab = remember([transaction, transaction])
    with memory(target):
        early = [lab.run(Schedule.parse("ABAB"))[1] for _ in range(3)]
        late = lab.run(Schedule.parse("AAAAABBB"))[1]
    assert early[0] == early[2]
    assert target.remembered == 1
    assert late.answers == ("paid", "refused")


# Pure


class Wire:
    """A connection of which the test is both ends."""

    def __init__(self) -> None:
        self.said, self.told = list[bytes](), list[bytes]()
        self.say, self.tell = self.said.append, self.told.append
        self.quiet = self.rests = True
        self.state = LinkState.IDLE


def hear(player: Player, wire: Wire, *course: bytes) -> None:
    """Have an application and the server speak in turn."""
    for turn, data in enumerate(course):
        (player.told if turn % 2 else player.said)(wire, data)  # type: ignore[arg-type]


def learnt(*course: bytes) -> tuple[Player, Wire]:
    """Return a player that has heard this twice."""
    player, wire = Player(0), Wire()
    player.listen(wire)  # type: ignore[arg-type]
    for _ in range(2):
        player.begin(None, played=False)
        hear(player, wire, *course)
        player.end(Answer("paid"))
    wire.said.clear()
    wire.told.clear()
    return player, wire


def test_whoever_speaks_on_without_waiting_catches_up_in_any_pieces() -> None:
    for pieces in ([b"abcd"], [b"a", b"bc", b"d"], [b"ab", b"cd"], [b"abcde"]):
        player, wire = learnt(b"ab", b"1", b"cd", b"2")
        assert player.begin(None, played=True)
        for reply in (b"1", b"3"):
            player.told(wire, reply)  # type: ignore[arg-type]
            player.rested(wire)  # type: ignore[arg-type]
        assert (wire.said, wire.told, player.mode) == ([b"ab", b"cd"], [], Mode.BEHIND)
        for piece in pieces:
            player.said(wire, piece)  # type: ignore[arg-type]
        assert (wire.told, player.mode) == ([b"1", b"3"], Mode.LIVE)
        assert wire.said[2:] == ([b"e"] if pieces == [b"abcde"] else [])


@pytest.mark.parametrize(
    "course", [(b"abcd", b"1"), (b"a", b"0", b"bcd", b"1"), (b"ab", b"1", b"cdx", b"2")]
)
def test_whoever_is_heard_in_other_pieces_is_not_compared(course: tuple[bytes, ...]) -> None:
    known = (b"ab", b"1", b"cd", b"2") if len(course[0]) > 1 else (b"abcd", b"1")
    player, wire = learnt(*known)
    player.begin(None, played=False)
    hear(player, wire, *course)
    player.end(Answer("paid"))
    assert b"".join(wire.said) == b"".join(course[::2])


def test_whoever_says_something_else_is_told_so() -> None:
    player, wire = learnt(b"ab", b"1", b"cd", b"2")
    player.begin(None, played=False)
    with pytest.raises(DivergenceError, match="request A: after the same replies"):
        hear(player, wire, b"ab", b"1", b"cx")
    player.begin(None, played=True)
    with pytest.raises(DivergenceError, match="it was remembered, and the application sent"):
        player.said(wire, b"ab")  # type: ignore[arg-type]


def test_whoever_ends_a_connection_that_has_grown_old_says_nothing_else() -> None:
    for course in ((b"ab", b"1", TERMINATE), (TERMINATE,)):
        player, wire = learnt(b"ab", b"1")
        player.begin(None, played=False)
        hear(player, wire, *course)
        player.end(Answer("paid"))
        assert wire.said == [b"ab", TERMINATE][-len(course[::2]) :]
        assert not player.ended
        assert player.begin(None, played=True), "what is known of it is as true as before"


def test_whoever_ends_one_amid_what_is_remembered_is_noted() -> None:
    for replies in ((), (b"3",)):
        player, wire = learnt(b"ab", b"1")
        player.begin(None, played=True)
        for reply in replies:
            player.told(wire, reply)  # type: ignore[arg-type]
            player.rested(wire)  # type: ignore[arg-type]
        with pytest.raises(DivergenceError):
            player.said(wire, TERMINATE)  # type: ignore[arg-type]
        assert player.ended


def test_another_connection_forgets_all() -> None:
    player, _ = learnt(b"ab", b"1")
    assert player.begin(None, played=True)
    player.leave()
    player.listen(Wire())  # type: ignore[arg-type]
    assert not player.begin(None, played=True)


def row(*values: bytes | None) -> bytes:
    """Return a DataRow."""
    fields = (b"\xff" * 4 if v is None else len(v).to_bytes(4, "big") + v for v in values)
    return encode("D", len(values).to_bytes(2, "big") + b"".join(fields))


OLD, NEW, NEWER, AGAIN = (
    b"2026-01-01 00:00:00+00",
    b"2026-01-02 00:00:00.5+00",
    b"2026-01-03 02:00:00+02",
    b"2026-01-02 01:00:00.500+01",
)
SINCE = 1767312000.0  # 2026-01-02 00:00 UTC
UNTIL = SINCE + 86_400


def test_a_fresh_time_is_told_by_its_order() -> None:
    one, other = Fresh(SINCE), Fresh(SINCE + 0.25)
    assert one.told(row(NEW), UNTIL) == other.told(row(NEWER), UNTIL)
    assert one.told(row(NEWER), UNTIL) != other.told(
        row(NEW), UNTIL
    )  # later than the first, and earlier
    assert one.told(row(NEW), UNTIL) == one.told(row(AGAIN), UNTIL)


def test_other_times_are_told_as_they_are() -> None:
    fresh = Fresh(SINCE)
    for reply in (row(OLD, None, b"7"), row(b"2026-01-02 10:00:00"), row(b"at " + NEW), b"Z"):
        assert fresh.told(reply, UNTIL) == reply
    assert fresh.told(row(NEWER), SINCE + 1) == row(NEWER)  # it lies ahead
    assert Fresh(None).told(row(NEW), UNTIL) == row(NEW)


def parse(name: bytes, text: bytes) -> bytes:
    """Return a Parse."""
    return encode("P", name + b"\0" + text + b"\0\0\0")


def test_a_driver_that_names_at_once_does_not_count() -> None:
    driver = Driver()
    assert driver.renames(parse(b"s1", b"SELECT 1"))
    assert not driver.renames(encode("B", b"\0s1\0\0\0\0\0\0\0"))
    assert driver.renames(encode("C", b"Ss1\0"))
    assert driver.renames(encode("Q", b"BEGIN; /* all */ DEALLOCATE ALL\0"))
    assert not driver.counts


def test_a_driver_that_names_what_it_has_sent_before_counts() -> None:
    driver = Driver()
    assert not driver.renames(parse(b"", b"SELECT 1"))
    assert driver.renames(parse(b"s1", b"SELECT 1"))
    assert driver.counts


def test_what_was_seen_once_is_not_trusted_and_may_vary() -> None:
    tree = Tree()
    tree.learn([Exchange(b"a", b"1")], Answer("paid"))
    assert not tree.start.trusted
    tree.learn([Exchange(b"b", b"1")], Answer("paid"))
    tree.learn([Exchange(b"b", b"1")], Answer("paid"))
    assert not tree.start.trusted


def test_what_was_trusted_may_not_vary() -> None:
    tree = Tree()
    for _ in range(2):
        tree.learn([Exchange(b"a", b"1")], Answer("paid"))
    assert tree.start.trusted
    with pytest.raises(DivergenceError, match="answered 'refused full' now"):
        tree.learn([Exchange(b"a", b"1")], Answer("refused", "full"))
