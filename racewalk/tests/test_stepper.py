"""The stepper's Python: what is shown without scripts, how data gets into a page, what ships."""

import json
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from racewalk.stepper import fallback, order, page
from racewalk.stepper.recording import read
from support.recordings import recording

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def made() -> dict[str, Any]:
    """Return a recording of two requests, of which the smallest counterexample is known."""
    made = recording()
    made["certificate"]["smallest"] = "BBABAA"
    return made


def test_the_smallest_counterexample_is_told(made: dict[str, Any]) -> None:
    moves = order.telling(made)
    assert order.written(moves) == "BBABAA"
    told = order.story(made, moves)
    assert told.violations == ("A was last",)
    assert told.preemptions == 2
    assert [(line.request, line.kind) for line in told.lines] == [
        (1, "step"),
        (1, "step"),
        (0, "step"),
        (1, "step"),
        (0, "step"),
        (0, "step"),
    ]


def test_a_schedule_that_is_a_beginning_goes_on_without_a_preemption(made: dict[str, Any]) -> None:
    made["certificate"]["smallest"] = "BB"
    assert order.written(order.telling(made)) == "BBBAAA"


def test_of_a_safe_race_an_order_is_told_in_which_a_request_waits(made: dict[str, Any]) -> None:
    made["certificate"] |= {"smallest": None, "unsafe": 0}
    told = order.story(made, order.telling(made))
    assert told.preemptions == 1
    assert [line.kind for line in told.lines].count("waits") == 1
    assert [line.kind for line in told.lines].count("goes on") == 1


def test_of_a_race_that_is_wrong_otherwise_an_order_is_told_that_ends_so(
    made: dict[str, Any],
) -> None:
    """The orders in which A updates last are not unsafe here, and not as they should be."""
    made["certificate"] |= {"smallest": None, "unsafe": 0}
    made["outcomes"][1] |= {"unsafe": False, "bad": "starved", "count": 7}
    moves = order.telling(made)
    assert order.written(moves) == "BBBAAA"
    assert made["nodes"][moves[-1]["to"]]["end"] == 1
    shown = fallback.fallback(made, "one")
    assert shown.known == (
        "None of the 14 orders is unsafe. In 7 the end is not as it should be: starved."
    )
    assert shown.which == "This is the simplest of them, with 0 preemptions: BBBAAA."


@pytest.mark.parametrize(
    ("unsafe", "known"),
    [
        (0, "There is one order, and it is not unsafe."),
        (1, "There is one order, and it is unsafe."),
    ],
)
def test_of_one_order_no_plural_is_said(made: dict[str, Any], unsafe: int, known: str) -> None:
    made["certificate"] |= {"schedules": 1, "unsafe": unsafe, "smallest": "A" if unsafe else None}
    shown = fallback.fallback(made, "one")
    assert shown.known == known
    assert shown.which.startswith("This is it: ")


def test_of_one_that_is_unsafe_no_plural_is_said(made: dict[str, Any]) -> None:
    made["certificate"] |= {"unsafe": 1}
    assert fallback.fallback(made, "one").known == "1 of the 14 orders is unsafe."


def test_transactions_are_bars(made: dict[str, Any]) -> None:
    moves = order._named(made, "AABBA")
    brackets = [line.open for line in order.story(made, moves).lines]
    assert brackets == [
        ("opens", ""),
        ("within", ""),
        ("within", "opens"),
        ("within", "within"),
        ("closes", "within"),
        ("", "within"),
        ("", "closes"),
    ]


def test_picture_and_list_have_the_same_words(made: dict[str, Any]) -> None:
    made["certificate"] |= {"smallest": "AABBAB"}
    shown = fallback.fallback(made, "one")
    words = re.sub(r"\s+", " ", " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", shown.picture)))
    for sentence in shown.sentences:
        for part in re.split(r"^[A-Z](?:: | )|waits at |goes on: |answers: |; ", sentence):
            assert part.replace('"', "&#34;") in words, part
    assert "7 of the 14 orders are unsafe" in shown.summary
    assert len(shown.sentences) == 7 + 2 + 1


def test_two_pictures_of_a_page_share_no_id(made: dict[str, Any]) -> None:
    ids = re.findall(r'id="([^"]+)"', page.fragment(made, "a", 10) + page.fragment(made, "a", 20))
    assert len(ids) == len(set(ids)) == 4


class Tags(HTMLParser):
    """Collects the names of elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)


def test_nothing_recorded_becomes_markup(made: dict[str, Any]) -> None:
    plain = Tags(page.page(made, "x")).found
    evil = '</script><img src=x onerror="alert(1)"><!--\u2028'
    hostile = json.loads(json.dumps(made).replace("money = money - 10", "EVIL"))
    hostile = _replaced(hostile, evil)
    assert Tags(page.page(hostile, "x")).found == plain
    assert evil in json.loads(_data(page.data_script(hostile, "x")))["texts"]


def _replaced(value: Any, text: str) -> Any:
    """Replace a value, wherever it is, by text that wants to be markup."""
    if isinstance(value, dict):
        return {key: _replaced(each, text) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, text) for each in value]
    return text if value in ("EVIL", "A row <b>", "model.py", "if a < b:", "Model 1.0") else value


def _data(script: str) -> str:
    found = re.fullmatch(r'overdraft\.recording\((.*), "x"\);\n', script, re.S)
    assert found
    return found[1]


def test_the_page_has_every_script_once_and_asks_for_nothing(made: dict[str, Any]) -> None:
    assert sorted(page.SCRIPTS) == sorted(path.name for path in page.STATIC.glob("*.js"))
    text = page.page(made, "model-row")
    for script in page.SCRIPTS:
        assert text.count((page.STATIC / script).read_text("utf-8")) == 1
    assert re.findall(r'(?:src|href)="(?!#|data:)', text) == []
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text) == []


def test_switches_and_start_stand_in_the_element(made: dict[str, Any]) -> None:
    text = page.fragment(made, "model-row", 10, switches="hints -count")
    assert text.startswith(
        '<div data-stepper="model-row" data-start="10" data-switches="hints -count">'
    )


def test_what_is_no_recording_is_refused(made: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps(made))
    assert read(file) == made
    without = {part: value for part, value in made.items() if part != "nodes"}
    for text in ("", "[]", "1", "{", json.dumps(without), json.dumps(made | {"nodes": {}})):
        file.write_text(text)
        with pytest.raises(ValueError, match="is no recording"):
            read(file)
    file.write_text(json.dumps(made | {"format": 2}))
    with pytest.raises(ValueError, match="format 2; this reads format 1"):
        read(file)


def test_the_package_ships_what_is_no_python() -> None:
    root = PROJECT / "src" / "racewalk"
    data = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    globs = data["tool"]["setuptools"]["package-data"]["racewalk"]
    shipped = {path for pattern in globs for path in root.glob(pattern)}
    others = {
        path for path in root.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert others
    assert others == shipped


def test_scripts_put_no_data_into_markup() -> None:
    for script in page.STATIC.glob("*.js"):
        text = script.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
        assert not re.search(r"\bfetch\(|XMLHttpRequest|import\(|WebSocket", text)
