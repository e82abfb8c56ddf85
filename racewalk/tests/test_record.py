"""Recordings of scripts: the whole graph is there, once seen is seen, and twice gives the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from racewalk.commute.initial import reader_of
from racewalk.record.camera import Camera, Watched
from racewalk.record.document import Title, document, of_one_run, to_bytes
from racewalk.record.eye import Eye
from racewalk.record.recorder import Recording, record
from racewalk.record.state import Lock, State, Version
from racewalk.record.view import Table, View
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.schedule.schedule import Schedule
from racewalk.search.budget import Budget
from racewalk.targets.session import Script, Scripted
from support import withdrawals
from support.account import FACTS
from support.labs import Database, MakeLab
from support.paths import counted

VIEW = View(
    "balance",
    (
        Table("scripted.account", ("balance",), "id", "SELECT 1"),
        Table("scripted.payout", ("amount",), "account_id", "SELECT 1"),
    ),
)
MakeCamera = Callable[..., Camera]
START, FIRST = Version(0, None, (100,), "committed"), 0


@pytest.fixture
def make_camera(database: Database, make_lab: MakeLab) -> Iterator[MakeCamera]:
    """Make cameras on scripts that race."""
    observers: list[Observer] = []

    def make(*scripts: Scripted, kind: type[Camera] = Camera) -> Camera:
        lab = make_lab(scripts)
        one, keeper = Observer(database.superuser), Observer(database.superuser)
        observers.extend((one, keeper))
        return kind(lab, Eye(one, keeper, FACTS, VIEW, None, lab.masks), VIEW.column)

    yield make
    for each in observers:
        each.close()


def recorded(camera: Camera, observer: Observer, requests: int = 2) -> Recording:
    """Record a race of scripts."""
    with camera:
        return record(camera, requests, reader_of(observer))


def written(recording: Recording) -> dict[str, Any]:
    """Return a recording as JSON."""
    assert recording.graph
    title = Title({}, {}, "2026-01-01", [], list(FACTS))
    return document(recording.certificate, recording.graph, VIEW, title, lambda _end: {})


SCRIPTS = [
    (withdrawals.autocommit, withdrawals.autocommit),
    (withdrawals.transaction, withdrawals.transaction),
    (withdrawals.row_lock, withdrawals.row_lock),
    (withdrawals.row_lock, withdrawals.row_lock, withdrawals.row_lock),
]


@pytest.mark.parametrize("scripts", SCRIPTS, ids=lambda each: f"{len(each)} {each[0].__name__}")
def test_all_paths_give_the_numbers_of_the_certificate(
    scripts: Sequence[Scripted], make_camera: MakeCamera, observer: Observer
) -> None:
    found = recorded(make_camera(*scripts), observer, len(scripts))
    assert found.certificate.inconclusive is None
    told = written(found)
    by_preemptions, ends = counted(told)
    assert by_preemptions == told["certificate"]["by_preemptions"]
    assert sum(pair[0] for pair in by_preemptions.values()) == found.certificate.schedules
    assert sum(pair[1] for pair in by_preemptions.values()) == found.certificate.unsafe
    assert [ends[number] for number in range(len(told["outcomes"]))] == [
        outcome["count"] for outcome in told["outcomes"]
    ]


def test_twice_it_is_the_same_to_the_byte(make_camera: MakeCamera, observer: Observer) -> None:
    scripts = withdrawals.row_lock, withdrawals.transaction
    first, second = (recorded(make_camera(*scripts), observer) for _ in range(2))
    assert to_bytes(written(first)) == to_bytes(written(second))


def test_a_walk_that_lasts_too_long_ends(
    make_camera: MakeCamera, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter((0.0, 61.0))
    monkeypatch.setattr("racewalk.record.recorder.monotonic", lambda: next(moments))
    with make_camera(withdrawals.row_lock, withdrawals.row_lock) as camera:
        found = record(camera, 2, reader_of(observer), Budget(60))
    assert found.graph is None
    assert found.certificate.inconclusive == "the budget of 60 s is spent"


class Forgetful(Camera):
    """Sees something else at the node that is reached by AB and by BA, the second time."""

    shots = 0

    def shot(self, run: Run, outcome: Outcome) -> Watched:
        """Plant another fact after two choices of another request each."""
        seen = super().shot(run, outcome)
        first_two = {choice.chosen for choice in run.choices[:2]}
        if len(first_two) == 1 or run.choices[0].chosen == 0:
            return seen
        states = list(seen.states)
        states[2] = replace(states[2], facts=(*states[2].facts[:-1], 99))
        return replace(seen, states=tuple(states))


def test_a_node_that_looks_different_the_second_time_ends_it(
    make_camera: MakeCamera, observer: Observer
) -> None:
    camera = make_camera(withdrawals.autocommit, withdrawals.autocommit, kind=Forgetful)
    found = recorded(camera, observer)
    assert found.graph is None
    assert found.certificate.diverged
    told = str(found.certificate.inconclusive)
    assert "should lead to one state, and do not: facts: " in told
    assert {"AB", "BA"} <= set(told.split())
    assert "99" in told
    assert "\n" not in told


def shot(camera: Camera, schedule: str) -> Watched:
    """Run one schedule."""
    with camera:
        return camera.shot(*camera.run(Schedule.parse(schedule)))


def seen_when(states: Sequence[State], request: int, stands: str) -> State:
    """Return the first state at which a request stands so."""
    return next(state for state in states if state.stands[request] == stands)


def test_a_version_is_seen_before_it_is_committed_and_by_whom(make_camera: MakeCamera) -> None:
    seen = shot(make_camera(withdrawals.transaction, withdrawals.transaction), "AAA")
    before, after = seen.states[2], seen.states[3]
    assert before.versions == (START,)
    assert after.versions == (
        replace(START, ended=(0, "open")),
        Version(0, 0, (20,), "open"),
    )
    assert after.facts == before.facts  # nobody else sees it
    assert seen.states[-1].versions is not None
    assert {each.made for each in seen.states[-1].versions} == {"committed"}


def changes_its_mind(_request: int) -> Script:
    """Write, pay, and roll back."""
    yield "BEGIN"
    yield "UPDATE account SET balance = 1 WHERE id = 1"
    yield "ROLLBACK"
    return Answer("refused")


def test_a_version_that_was_rolled_back_stays_undone(make_camera: MakeCamera) -> None:
    seen = shot(make_camera(changes_its_mind, withdrawals.transaction), "AAA")
    assert seen.states[3].versions == (START, Version(0, 0, (1,), "undone"))
    assert seen.states[3].facts == seen.states[0].facts


def test_who_waits_for_whom_is_said_in_words(make_camera: MakeCamera) -> None:
    seen = shot(make_camera(withdrawals.row_lock, withdrawals.row_lock), "AABB")
    waiting = seen_when(seen.states, 1, "waits")
    assert waiting.waits == ((1, 0),)
    assert Lock(0, "locks a row of scripted.account (FOR UPDATE)", True) in waiting.locks
    assert Lock(1, "waits for A to commit", False) in waiting.locks
    (wait,) = [line for lines in seen.lines for line in lines if line.kind == "wait"]
    assert wait.note == "waits for A to commit"
    assert waiting.open == (True, True)
    kinds = [line.kind for lines in seen.lines for line in lines if line.by == 1]
    assert kinds.index("wait") < kinds.index("goes on") < kinds.index("answer")


def holds_an_advisory_lock(_request: int) -> Script:
    """Take a session's lock of two numbers, and give it back."""
    yield "SELECT pg_advisory_lock(7, 2)"
    yield "SELECT pg_advisory_unlock(7, 2)"
    return Answer("done")


def test_an_advisory_lock_is_told_by_its_numbers(make_camera: MakeCamera) -> None:
    seen = shot(make_camera(holds_an_advisory_lock, holds_an_advisory_lock), "AB")
    assert seen.states[1].locks == (Lock(0, "holds the advisory lock 7, 2", True),)
    assert Lock(1, "waits for the advisory lock 7, 2 of A", False) in seen.states[2].locks


def test_one_run_is_written_as_the_graph_tells_its_path(
    make_camera: MakeCamera, observer: Observer
) -> None:
    scripts = withdrawals.row_lock, withdrawals.row_lock
    graph = written(recorded(make_camera(*scripts), observer))
    title = Title({}, {}, "2026-01-01", [], list(FACTS))
    path = of_one_run(shot(make_camera(*scripts), "AABAB"), VIEW, title, lambda _end: {})
    here = 0
    for node in path["nodes"]:
        there = graph["nodes"][here]
        assert spelt(path, node) == spelt(graph, there)
        for move in node["moves"]:
            known = next(each for each in there["moves"] if each["move"] == move["move"])
            assert [line["kind"] for line in move["lines"]] == [x["kind"] for x in known["lines"]]
            here = known["to"]
    assert not graph["nodes"][here]["moves"]


def spelt(recording: dict[str, Any], node: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a node shows, with texts in place of their numbers."""
    texts = recording["texts"]
    state = dict(recording["states"][node["state"]])
    state["locks"] = [(each["by"], texts[each["words"]]) for each in state["locks"]]
    return state, [None if text is None else texts[text] for text in node["next"]]
