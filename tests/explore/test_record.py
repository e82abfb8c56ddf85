"""Recordings of the lab's cells: what Python holds, which line sent what, and the live commands."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from attack import targets
from attack.explore.cells import Cell, plan
from attack.explore.lanes import setting
from attack.explore.races import race_of
from attack.explore.recordings import ending, file_name, title_of, written
from attack.explore.views import view_of
from racewalk import Explorer, Schedule
from racewalk.record.camera import Watched
from racewalk.record.document import of_one_run, to_bytes
from racewalk.record.recorder import Recorder
from shared_db.catalogue import strategies
from shared_db.embedded import EmbeddedServer
from shared_db.paths import CHECKOUT
from support.paths import counted
from tests.explore.explorations import cell

STACKS = ("flask", "django")
FIRST_FOUR = [each.slug for each in strategies()][:4]
KIB = 1024


@pytest.fixture(scope="module")
def recorder(server: EmbeddedServer) -> Iterator[Recorder]:
    """Start a lane that records."""
    where = setting(server, 0)
    with (
        Explorer(where.database, where.folder) as explorer,
        Recorder(explorer, where.database, where.folder) as recorder,
    ):
        yield recorder


def watch(recorder: Recorder, where: Cell, schedule: str) -> Watched:
    """Run one schedule of a cell."""
    with recorder.camera(race_of(targets.load(), where), view_of(where)) as camera:
        return camera.shot(*camera.run(Schedule.parse(schedule)))


def record(recorder: Recorder, where: Cell) -> dict[str, Any]:
    """Record a cell, as its file tells it."""
    found = recorder.record(race_of(targets.load(), where), view_of(where))
    assert found.certificate.inconclusive is None
    return written(where, found, "18")


def waits_and_reads(seen: Watched) -> int:
    """Return after which choice the request that waited for the lock has read the row."""
    for number, lines in enumerate(seen.lines, 1):
        if any(line.kind == "goes on" and line.reads == "money = 0" for line in lines):
            return number
    raise AssertionError("nobody waited and read 0")


@pytest.mark.parametrize("stack", STACKS)
def test_sql_says_0_and_the_object_says_10(recorder: Recorder, stack: str) -> None:
    seen = watch(recorder, cell("stale_row_lock", stack), "AAABBB")
    after = seen.states[waits_and_reads(seen)]
    (waiter,) = [r for r, stands in enumerate(after.stands) if stands == "held"]
    decides = next(ran for ran in after.python[waiter].ran if ("user.money", 10) in ran.values)
    assert decides.place.function == "withdraw"
    assert decides.place.file == f"{stack}_app/strategies/stale_row_lock.py"


@pytest.mark.parametrize("stack", STACKS)
def test_under_a_row_lock_that_is_read_by_the_object_says_0_too(
    recorder: Recorder, stack: str
) -> None:
    seen = watch(recorder, cell("row_lock", stack), "AAABBB")
    after = seen.states[waits_and_reads(seen)]
    (waiter,) = [r for r, stands in enumerate(after.stands) if stands == "held"]
    ran = [each for each in after.python[waiter].ran if each.values]
    assert ran[-1].values[0] in (("user.money", 0), ("user.money", None))
    assert ("user.money", 0) in [value for each in ran for value in each.values]


@pytest.mark.parametrize("stack", STACKS)
def test_every_statement_of_withdraw_has_its_line(recorder: Recorder, stack: str) -> None:
    seen = watch(recorder, cell("no_lock", stack), "")
    lines = [line for lines in seen.lines for line in lines if line.by == 0]
    (insert, *_) = [line for line in lines if line.text.startswith("INSERT")]
    assert insert.source[-1].file == f"{stack}_app/strategies/no_lock.py"
    text = (CHECKOUT / insert.source[-1].file).read_text("utf-8").splitlines()
    assert any(word in text[insert.source[-1].line - 1] for word in ("commit()", "create("))


@pytest.mark.parametrize("stack", STACKS)
def test_a_recorded_path_is_what_its_schedule_shows(recorder: Recorder, stack: str) -> None:
    where = cell("row_lock", stack)
    graph = record(recorder, where)
    schedule = "ABABAB" if stack == "flask" else "ABAB"
    seen = watch(recorder, where, schedule)
    path = of_one_run(seen, view_of(where), title_of(where, "18"), lambda o: ending(where, o))
    here = 0
    for node in path["nodes"]:
        assert spelt(path, path["states"][node["state"]]) == spelt(
            graph, graph["states"][graph["nodes"][here]["state"]]
        )
        for move in node["moves"]:
            moves = {each["move"]: each["to"] for each in graph["nodes"][here]["moves"]}
            here = moves[move["move"]]
    end = graph["outcomes"][graph["nodes"][here]["end"]]
    assert end["said"] == list(seen.outcome.answers)


def spelt(recording: dict[str, Any], value: Any, field: str = "") -> Any:
    """Return a part of a state with what the numbers stand for in place of them."""
    texts, sources = recording["texts"], recording["sources"]
    if field == "at":
        return [[(sources[n]["file"], line) for n, line in stack] for stack in value]
    if field == "python":
        return [[(texts[n], held) for n, held in values] for values in value]
    if field == "ran":
        return [
            [(sources[n]["file"], line, [(texts[t], v) for t, v in held]) for n, line, held in ran]
            for ran in value
        ]
    if field == "locks":
        return [(lock["by"], texts[lock["words"]], lock["granted"]) for lock in value]
    if isinstance(value, dict) and not field:
        return {name: spelt(recording, part, name) for name, part in value.items()}
    return value


def test_recorded_twice_it_is_the_same(recorder: Recorder) -> None:
    where = cell("transaction_only", "django")
    assert record(recorder, where) == record(recorder, where)


@pytest.mark.parametrize("stack", ["django", pytest.param("flask", marks=pytest.mark.acceptance)])
def test_in_one_process_the_first_is_sent_first(recorder: Recorder, stack: str) -> None:
    told = record(recorder, cell("process_lock", stack, "1 worker"))
    assert [move["move"] for move in told["nodes"][0]["moves"]] == ["^A"]
    (after_a,) = [move["to"] for move in told["nodes"][0]["moves"]]
    assert {move["move"] for move in told["nodes"][after_a]["moves"]} == {"A", "^B"}


def test_each_cell_has_a_file_of_its_own() -> None:
    cells = [each for n in (2, 3) for each in plan(STACKS, strategies(), n, None)]
    names = {file_name(each) for each in cells}
    assert len(names) == len(cells)
    assert file_name(cell("row_lock", "django")) == "django-row_lock-10.json"


@pytest.mark.exhaustive
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("slug", FIRST_FOUR)
def test_three_requests_are_recorded_whole_and_small(
    recorder: Recorder, stack: str, slug: str
) -> None:
    """All paths are those that the certificate counts: millions, by way of some thousand nodes."""
    chosen = [each for each in strategies() if each.slug == slug]
    (where,) = plan([stack], chosen, 3, None, 10, "one")
    told = record(recorder, where)
    by_preemptions, ends = counted(told)
    certificate = told["certificate"]
    assert by_preemptions == certificate["by_preemptions"]
    assert ends.total() == certificate["schedules"]
    assert [ends[n] for n, _ in enumerate(told["outcomes"])] == [
        outcome["count"] for outcome in told["outcomes"]
    ]
    packed = len(gzip.compress(to_bytes(told), mtime=0))
    assert packed < 100 * KIB


def attack(*words: str, keys: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    command = [sys.executable, "-m", "attack", *words]
    return subprocess.run(command, input=keys, capture_output=True, text=True, cwd=CHECKOUT)


def test_one_steps_through_real_requests_without_a_terminal() -> None:
    done = attack(
        *("step", "--strategy", "no_lock", "--stack", "django"), keys="abx\nu\nb\naabb\nq\n"
    )
    assert done.returncode == 0, done.stderr
    assert "[a] A can go on" in done.stdout
    assert "'x' cannot be done here: a, b, u, q" in done.stdout
    assert "back to A" in done.stdout
    assert "django_app/strategies/no_lock.py" in done.stdout
    assert "A paid, B paid" in done.stdout
    assert "10 lost" in done.stdout


def test_an_order_is_run_for_real_and_told(tmp_path: Path) -> None:
    told = tmp_path / "run.json"
    where = ("--strategy", "no_lock", "--stack", "django", "--schedule", "AABB")
    done = attack("explore", *where, "--json", str(told))
    assert done.returncode == 0, done.stderr
    run = json.loads(told.read_text())
    assert run["schedule"].startswith("AABB")
    assert len(run["nodes"]) == len(run["schedule"]) + 1
    assert "committed: balance 10" in done.stdout


def test_an_order_that_cannot_be_is_one_line() -> None:
    where = ("--strategy", "row_lock", "--stack", "django", "--schedule", "A" * 40)
    done = attack("explore", *where)
    assert done.returncode == 2
    assert "A cannot go on" in done.stderr
    assert len(done.stderr.splitlines()) == 1
