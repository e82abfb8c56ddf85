"""The stepper in a real browser, on a small race whose every order is known: what it counts, says,
shows and offers, by mouse and by keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from racewalk.stepper.recording import read
from shared_db.paths import CHECKOUT
from support.recordings import recording
from tests.browser.stepper import OpenStepper, schedule, text

pytestmark = pytest.mark.acceptance

COUNTS = """
() => {
  const { graph } = overdraft.steppers[0];
  const split = [...graph.byPreemptions()].sort((one, other) => one[0] - other[0]);
  return { count: graph.count(0), walked: walk(graph, 0), split, skipped: skipped(graph) };
  // Every path, one by one: what the graph's own counting must come to.
  function walk(graph, node) {
    const moves = graph.moves(node);
    if (!moves.length) return { all: 1, bad: graph.outcome(node).unsafe ? 1 : 0 };
    return moves.map(({ to }) => walk(graph, to))
      .reduce((sum, { all, bad }) => ({ all: sum.all + all, bad: sum.bad + bad }));
  }
  // The ends that one comes to where what commutes is skipped, and all ends.
  function skipped(graph) {
    const seen = new Set([0]);
    for (const node of seen)
      for (const move of graph.moves(node)) {
        const several = graph.movesOf(node, move.by).length > 1;
        const moves = several ? [move] : overdraft.strideOf(graph, node, move).moves;
        seen.add(moves.at(-1).to);
      }
    const ends = (nodes) => nodes.filter((node) => !graph.moves(node).length).sort();
    return { reached: ends([...seen]), all: ends(graph.order), nodes: seen.size };
  }
}
"""

FOCUSED = "document.activeElement.textContent || document.activeElement.type"
BAD_ADDRESSES = ["#summary", "#A=B=", "#ZZ", "#%E0%A4%A", "#AAAAAAAAAAAA", "#<b>"]


@pytest.fixture(autouse=True)
def account() -> None:
    """Need no account: the page is a file."""


def told(page: Page) -> str:
    """What is told of the database, without the marks of what has just changed."""
    page.locator(".new").evaluate_all("all => all.forEach(each => each.remove())")
    return re.sub(r"\s", "", page.locator(".database").text_content() or "")


@pytest.mark.parametrize(("requests", "unsafe"), [(2, 7), (3, 242)])
def test_all_paths_are_counted(open_stepper: OpenStepper, requests: int, unsafe: int) -> None:
    made = recording(requests)
    found = open_stepper(made).evaluate(COUNTS)
    orders = made["certificate"]["schedules"]
    assert made["certificate"]["unsafe"] == unsafe
    assert {name: int(value) for name, value in found["count"].items()} == found["walked"]
    assert found["walked"] == {"all": orders, "bad": unsafe}
    assert sum(int(each["all"]) for _, each in found["split"]) == orders
    assert found["split"][0][0] == 0
    assert int(found["split"][0][1]["all"]) == {2: 2, 3: 6}[requests]


@pytest.mark.parametrize("requests", [2, 3])
def test_every_end_is_reached_where_what_commutes_is_skipped(
    open_stepper: OpenStepper, requests: int
) -> None:
    found = open_stepper(recording(requests)).evaluate(COUNTS)["skipped"]
    assert found["reached"] == found["all"]
    assert found["nodes"] < len(recording(requests)["nodes"])


def test_every_end_is_reached_where_one_request_opens_the_other(open_stepper: OpenStepper) -> None:
    made = read(CHECKOUT / "docs/recordings/flask-process_lock-1-worker-10.json")
    found = open_stepper(made).evaluate(COUNTS)["skipped"]
    assert found["reached"] == found["all"]


def test_the_buttons_say_what_goes_to_the_database(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording())
    buttons = page.locator(".moves button")
    assert buttons.all_inner_texts() == ["A: BEGIN", "B: BEGIN"]
    assert text(page, ".possible") == "Orders still possible: 14"
    buttons.first.click()
    buttons.first.click()
    assert text(page, ".possible") == "Orders still possible: 3, of them 0 pay twice"
    buttons.nth(1).click()
    buttons.nth(1).click()
    assert buttons.all_inner_texts() == ["A: COMMIT", "B waits for A"]
    assert re.sub(r"\s+", " ", text(page, ".waits")) == "B waits for A new"
    assert text(page, ".said").startswith("B cannot go on at UPDATE")
    assert page.locator(".listing .lit").count() == 1
    buttons.first.click()
    assert buttons.all_inner_texts() == ["A is done: paid", "B: COMMIT"]
    buttons.nth(1).click()
    assert text(page, ".end").startswith(
        "A safe order. A: paid, B: refused. 10 of 10 was paid out."
    )
    assert schedule(page) == "AABBAB"


def test_hints_tell_what_is_possible_behind_each_button(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), "#AB")
    page.get_by_label("hints").check()
    hints = page.locator(".moves .hint").all_inner_texts()
    assert hints == ["then 0 of 2 pay twice", "then 2 of 2 pay twice"]


def test_the_number_of_unsafe_orders_can_be_kept_back(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), "#AB")
    page.get_by_label("count the unsafe orders").uncheck()
    assert text(page, ".possible") == "Orders still possible: 4"
    page.keyboard.press("a")
    assert "twice" not in text(page, ".said")


def test_by_keys_alone(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording())
    for key, expected in [
        ("a", "A"),
        ("b", "AB"),
        ("z", "A"),
        ("Shift+A", "AAA"),
        ("a", "AAA"),
        ("Shift+B", "AAABBB"),
        ("z", "AAA"),
        ("r", ""),
        ("z", ""),
        ("Control+a", ""),
    ]:
        page.keyboard.press(key)
        assert schedule(page) == expected, key
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    page.get_by_label("keys", exact=True).uncheck()
    page.keyboard.press("a")
    assert schedule(page) == ""


def test_shift_runs_until_it_waits(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), "#AA")
    page.keyboard.press("Shift+B")
    assert schedule(page) == "AABB"
    page.get_by_role("button", name="Run A until it waits or ends").click()
    assert schedule(page) == "AABBA"


def test_every_control_is_reached_by_tab_and_keeps_the_focus(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording())
    page.get_by_text("Map of all orders").click()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
        if "A: BEGIN" in seen[-1] and len(seen[-1]) < 20:
            page.keyboard.press("Enter")
            assert schedule(page) == "A"
            assert "A: UPDATE" in page.evaluate("document.activeElement.textContent")
    for words in ["Give up", "Undo", "Restart", "Keys", "B: BEGIN", "checkbox", "Map of all"]:
        assert any(words in each for each in seen), words


def test_the_address_is_the_order(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording())
    for key in "abbaba":
        page.keyboard.press(key)
    walked = schedule(page)
    assert len(walked) == 6
    assert page.url.endswith(f"#{walked}")
    state = told(page)
    again = open_stepper(recording(), f"#{walked}")
    assert (schedule(again), told(again)) == (walked, state)
    again.evaluate("location.hash = 'BB'")
    again.wait_for_function("overdraft.steppers[0].walk.schedule === 'BB'")
    assert again.locator("a.order").get_attribute("href") == "#BB"


@pytest.mark.parametrize("order", BAD_ADDRESSES)
def test_an_address_that_is_no_order_does_no_harm(open_stepper: OpenStepper, order: str) -> None:
    page = open_stepper(recording(), order)
    assert set(schedule(page)) <= {"A"}
    page.keyboard.press("b")
    assert schedule(page).endswith("B")


def test_who_wakes_first_can_be_chosen(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(3), "#AABBCC")
    buttons = page.locator(".mover.by-0 .moves button")
    assert buttons.all_inner_texts() == [
        "A: COMMIT, then B goes on first",
        "A: COMMIT, then C goes on first",
    ]
    page.keyboard.press("a")
    assert "several ways" in text(page, ".said")
    buttons.nth(1).click()
    assert schedule(page) == "AABBCCA~C"
    assert open_stepper(recording(3), "#AABBCCA~CCB").evaluate("overdraft.steppers[0].walk.ended")


def test_skipping_goes_to_the_move_that_matters(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording())
    page.get_by_label("skip what commutes").check()
    assert page.locator(".moves button").first.inner_text().startswith("A: UPDATE")
    page.keyboard.press("a")
    assert schedule(page).startswith("AA")
    page.keyboard.press("z")
    assert schedule(page) == ""


def test_a_goal_is_met_or_given_up(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), "#AAABBB")
    assert text(page, ".result") == "Not found yet; you tried 1 of 14."
    page.evaluate("location.hash = 'BBBAAA'")
    page.wait_for_function("overdraft.steppers[0].walk.schedule === 'BBBAAA'")
    assert text(page, ".result").startswith("Found: BBBAAA")
    assert "7 of the 14 pay twice; you tried 2." in text(page, ".result")
    page.locator("select").select_option(label="one in which both are refused")
    page.get_by_role("button", name="Give up").click()
    result = text(page, ".result")
    assert result.startswith("None of the 14 refuses both; you tried 2.")
    assert "Explored on 2026-01-02" in result
    assert "certificate 0123456789ab" in result
    assert page.locator(".result code").get_attribute("title") == "0123456789abcdef" * 4
    assert page.get_by_role("button", name="Give up").is_hidden()


def test_an_example_with_a_single_preemption(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording())
    page.locator("select").select_option(label="one that pays twice with a single preemption")
    page.get_by_role("button", name="Give up").click()
    page.locator(".result .order").click()
    assert page.evaluate("overdraft.steppers[0].walk.preemptions") == 1
    assert page.locator(".end.bad").is_visible()


def test_the_map_goes_there(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), "#AAB")
    page.get_by_text("Map of all orders").click()
    nodes = page.locator(".sheet .fate")
    # A browser tells later that a part was opened.
    expect(nodes).to_have_count(len(recording()["nodes"]))
    assert page.locator(".sheet .edge.walked").count() == 3
    kinds = {
        kind: page.locator(f".sheet .fate.{kind}").first.locator("path").last.get_attribute("d")
        for kind in ("can", "must", "never")
    }
    assert len(set(kinds.values())) == 3
    page.locator(".sheet .fate.must.last").click()
    assert page.locator(".end.bad").is_visible()
    page.locator(".sheet .fate").first.click()
    assert schedule(page) == ""
    page.locator(".sheet [tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert len(schedule(page)) == 2


def test_a_recording_of_another_format_or_none_is_told(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording() | {"format": 7})
    assert "its format is 7, not 1" in text(page, ".missing")


def test_what_is_not_paid_twice_is_not_said_to_be(open_stepper: OpenStepper) -> None:
    """Where it is right that both are paid, an unsafe order is one that goes wrong."""
    made = recording()
    made["outcomes"][0]["facts"] = [0, 20, 2]
    page = open_stepper(made, "#AB")
    assert text(page, ".possible") == "Orders still possible: 4, of them 2 go wrong"
    assert page.locator("select option").first.inner_text() == "an order that goes wrong"
