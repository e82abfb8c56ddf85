"""Every recorded cell in a real browser: its paths give the certificate's numbers, and what is
shown along random orders is what the live stacks show when they run the same orders."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from attack.commands.order import one_cell
from attack.explore.lanes import live
from attack.explore.recordings import ending, file_name, title_of
from attack.explore.views import view_of
from racewalk import Schedule
from racewalk.record.document import of_one_run
from racewalk.stepper import page as pages
from racewalk.stepper.recording import Recording, read
from shared_db.catalogue import strategies
from tests.browser.test_stepper import COUNTS
from tests.conftest import STACKS

pytestmark = pytest.mark.acceptance

COMPARED = ["no_lock", "row_lock", "stale_row_lock", "version_check", "serializable_ledger"]
ORDERS = 20
SEED = 20240229

# Every node of the graph, shown one after the other as a reader could come to it.
SHOW_ALL = """
() => {
  const [stepper] = overdraft.steppers;
  for (const node of stepper.graph.order) {
    stepper.goTo(node);
    if (stepper.walk.here !== node) throw new Error(`node ${node} is not shown`);
  }
  return stepper.graph.order.length;
}
"""
# An order, move by move: for each node what the page shows, and what it shows it by.
ALONG = """
(order) => {
  const [stepper] = overdraft.steppers;
  const texts = (selector) =>
    [...stepper.node.querySelectorAll(selector)].map((each) => each.textContent);
  const found = [];
  stepper.restart();
  const names = overdraft.parse(order);
  for (let length = 0; length <= names.length; length++) {
    stepper.follow(names.slice(0, length).join(""));
    stepper.node.querySelectorAll(".new").forEach((each) => each.remove());
    found.push({
      node: stepper.walk.here,
      facts: texts(".database > dl dd").map((each) => each.trim()),
      waits: texts(".waits li:not(.nothing)").length,
      versions: texts(".versions .value"),
      locks: texts(".locks li:not(.nothing)").length,
      python: texts(".python dd").map((each) => each.trim()),
    });
  }
  return { schedule: stepper.walk.schedule, ended: stepper.walk.ended, found };
}
"""


@pytest.fixture(autouse=True)
def account() -> None:
    """Need no account: the explorer has a database of its own."""


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recording]:
    """Return a recording of every cell, made now."""
    folder = tmp_path_factory.mktemp("recordings")
    command = [sys.executable, "-m", "attack", "explore", "--start", "10", "--record"]
    command.append(str(folder))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {path.stem: read(path) for path in sorted(folder.glob("*.json"))}


@pytest.fixture
def blank(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Return a page, and what is said or asked for on it."""
    context = chromium.new_context(offline=True)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url))
    yield page, said
    context.close()


def test_all_cells_are_recorded(recordings: dict[str, Recording]) -> None:
    for stack in STACKS:
        for strategy in strategies():
            assert any(name.startswith(f"{stack}-{strategy.slug}-") for name in recordings) or (
                strategy.slug == "leaked_session_lock"
            ), (stack, strategy.slug)


def test_every_cell_gives_the_numbers_of_its_certificate(
    recordings: dict[str, Recording], blank: tuple[Page, list[str]], tmp_path: Path
) -> None:
    page, said = blank
    walked = 0
    for name, recording in recordings.items():
        file = tmp_path / f"{name}.html"
        file.write_text(pages.page(recording, name), "utf-8")
        page.goto(file.as_uri())
        certificate, found = recording["certificate"], page.evaluate(COUNTS)
        numbers = {"all": certificate["schedules"], "bad": certificate["unsafe"]}
        assert {key: int(value) for key, value in found["count"].items()} == numbers, name
        assert found["walked"] == numbers, name
        split = {str(n): [int(each["all"]), int(each["bad"])] for n, each in found["split"]}
        assert split == certificate["by_preemptions"], name
        assert found["skipped"]["reached"] == found["skipped"]["all"], name
        assert page.evaluate(SHOW_ALL) == len(recording["nodes"]), name
        walked += numbers["all"]
    assert [each for each in said if not each.startswith(("data:", "file:"))] == []
    assert walked > 10_000


@pytest.mark.parametrize("stack", STACKS)
def test_random_orders_agree_with_the_live_stack_state_by_state(
    recordings: dict[str, Recording], blank: tuple[Page, list[str]], tmp_path: Path, stack: str
) -> None:
    """A hundred orders: what the page shows is what is seen when the applications run them."""
    page, _ = blank
    draw = random.Random(SEED)  # noqa: S311
    compared = 0
    for slug in COMPARED:
        cell = one_cell([stack], [each for each in strategies() if each.slug == slug])
        name = file_name(cell).removesuffix(".json")
        file = tmp_path / f"{name}.html"
        file.write_text(pages.page(recordings[name], name), "utf-8")
        page.goto(file.as_uri())
        with live(cell) as on:
            view, title = view_of(cell), title_of(cell, on.postgresql)
            for _ in range(ORDERS):
                order = drawn(recordings[name], draw)
                shot = on.camera.shot(*on.camera.run(Schedule.parse(order)))
                told = of_one_run(shot, view, title, partial(ending, cell))
                compare(recordings[name], page.evaluate(ALONG, order), told, order)
                compared += 1
    assert compared == 100


def drawn(recording: Recording, draw: random.Random) -> str:
    """Draw an order: at each node one of its moves, each as likely."""
    order, node = "", recording["nodes"][0]
    while node["moves"]:
        move = draw.choice(node["moves"])
        order += move["move"]
        node = recording["nodes"][move["to"]]
    return order


def compare(recording: Recording, shown: dict[str, Any], told: Recording, order: str) -> None:
    """Hold what the page shows along an order against a run of it."""
    assert shown["schedule"] == told["schedule"] == order
    assert shown["ended"]
    assert len(shown["found"]) == len(told["nodes"])
    for here, node in zip(shown["found"], told["nodes"], strict=True):
        recorded = recording["nodes"][here["node"]]
        state = told["states"][node["state"]]
        assert plain(recording, recording["states"][recorded["state"]]) == plain(told, state), order
        named = zip(told["facts"], state["facts"], strict=False)
        assert here["facts"] == [str(each) for _, each in named]
        assert here["waits"] == len(state["waits"])
        assert here["locks"] == len(state["locks"])
        assert here["versions"] == [version(told, each) for each in state["versions"]]
        held = [value for values in state["python"] for _, value in values]
        assert here["python"] == [word(each) for each in held]
        if node["end"] is not None:
            ends = (recording["outcomes"][recorded["end"]], told["outcomes"][node["end"]])
            assert ends[0] | {"count": 1} == ends[1] | {"count": 1}


def version(told: Recording, each: dict[str, Any]) -> str:
    """A version of a row, as the page words it."""
    table = told["tables"][each["table"]]
    values = zip(table["columns"], each["value"], strict=True)
    words = ", ".join(f"{name} = {word(value, 'unknown')}" for name, value in values)
    return f"{table['name']}: {words}"


def word(value: object, nothing: str = "not loaded") -> str:
    """A value, as the page words it."""
    if value is None:
        return nothing
    return json.dumps(value) if isinstance(value, bool) else str(value)


def plain(told: Recording, state: dict[str, Any]) -> dict[str, Any]:
    """A state with its texts and sources in place of their numbers."""
    text, source = told["texts"], told["sources"]

    def named(values: list[list[Any]]) -> list[Any]:
        return [[text[name], value] for name, value in values]

    return state | {
        "python": [named(values) for values in state["python"]],
        "locks": [each | {"words": text[each["words"]]} for each in state["locks"]],
        "at": [[[source[n]["file"], line] for n, line in frames] for frames in state["at"]],
        "ran": [
            [[source[n]["file"], line, named(values)] for n, line, values in lines]
            for lines in state["ran"]
        ],
    }
