"""Requests that fail in a race: counted beside the verdict, and unsafe where they may not."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from racewalk import ScenarioError
from racewalk.integrations.calls import answer_of
from racewalk.scenario.file import load
from racewalk.scenario.races import race_of
from racewalk.schedule.record import ABSENT, Answer
from racewalk.server.embedded import EmbeddedServer
from support.scenarios import racewalk, shop

RACE = """
[[race]]
name = "{name}"
requests = [{{ post = "{path}" }}, {{ post = "{path}" }}]
{refusals}
"""
RACES = {
    "not said": ("/keyed", ""),
    "below 500": ("/keyed", 'refusals = "below 500"'),
    "another status": ("/keyed-busy", "refusals = [409, 500]"),
    "that status": ("/keyed-busy", "refusals = [503]"),
    "refused": ("/keyed-refused", 'refusals = "below 500"'),
    "none may be refused": ("/keyed-refused", "refusals = []"),
}
SAFE, UNSAFE = ("not said", "that status", "refused"), ("below 500", "another status")
FAILED, OK, REFUSED = Answer("failed", "500"), Answer("302", "/"), Answer("409")


def write(folder: Path, url: str) -> Path:
    head = shop(url).partition("[[race]]")[0]
    races = (RACE.format(name=n, path=p, refusals=r) for n, (p, r) in RACES.items())
    file = folder / "racewalk.toml"
    file.write_text(head + "".join(races))
    return file


@pytest.mark.acceptance
def test_a_failure_is_counted_and_unsafe_where_it_may_not_be(
    tmp_path: Path, server: EmbeddedServer
) -> None:
    file, xml, out = write(tmp_path, server.url()), tmp_path / "o.xml", tmp_path / "o.json"
    ran = racewalk("run", file, "--junit", xml, "--json", out)
    assert ran.code == 1, ran.out + ran.err
    races = {race["name"]: race for race in json.loads(out.read_text())["races"]}
    assert {name for name, race in races.items() if race["verdict"] == "safe"} == set(SAFE)
    assert all(race["exhausted"] for race in races.values())
    counts = {(race["failed"], race["schedules"]) for race in races.values() if race["failed"]}
    ((failed, schedules),) = counts
    assert 0 < failed < schedules
    assert (races["refused"]["failed"], races["none may be refused"]["failed"]) == (0, 0)
    for name in (*UNSAFE, "none may be refused"):
        assert races[name]["unsafe"] == failed
        assert races[name]["counterexample"]["broken"] == ["refusals"]
    assert races["not said"]["errors"]["500"] == failed

    beside = {
        name: f"{races[name]['verdict']}, {failed} of {schedules} answer {status}"
        for name, status in zip(("not said", "that status", *UNSAFE), (500, 503) * 2, strict=True)
    }
    for name, told in beside.items():
        assert re.search(rf"^ *{name} +{told}  ", ran.out, re.M), (name, ran.out)
    assert "Broken: refusals." in ran.out
    assert "failed (500)" in ran.out
    cases = {case.get("name"): case for case in ET.fromstring(xml.read_text())[0]}  # noqa: S314
    assert f"in {failed} of them a request failed" in str(cases["not said"].findtext("system-out"))
    assert cases["refused"].find("system-out") is None


def test_a_failure_is_safe_and_counted_or_unsafe_or_there_is_none(
    tmp_path: Path, server: EmbeddedServer
) -> None:
    file = write(tmp_path, server.url())
    chosen = ("--race", "not said", "--race", "below 500", "--race", "refused")
    ran = racewalk("run", file, *chosen, "--json", "-")
    assert ran.code == 1, ran.err
    told = {name: (race["verdict"], race["exhausted"]) for name, race in ran.races.items()}
    assert told == {
        "not said": ("safe", True),
        "below 500": ("unsafe", True),
        "refused": ("safe", True),
    }
    failed = {name: (race["failed"], race["unsafe"]) for name, race in ran.races.items()}
    count = failed["not said"][0]
    assert 0 < count < ran.races["not said"]["schedules"]
    assert failed == {"not said": (count, 0), "below 500": (count, count), "refused": (0, 0)}


@pytest.mark.acceptance
def test_the_counts_are_those_of_brute_force(tmp_path: Path, server: EmbeddedServer) -> None:
    file = write(tmp_path, server.url())
    chosen = ("run", file, "--race", "not said", "--race", "below 500", "--json", "-")
    reduced, every = racewalk(*chosen).races, racewalk(*chosen, "--brute-force").races
    for name, race in reduced.items():
        alike = ("verdict", "failed", "schedules", "unsafe", "errors", "by_preemptions")
        assert {key: race[key] for key in alike} == {key: every[name][key] for key in alike}


@pytest.mark.parametrize(
    ("refusals", "answers", "holds"),
    [
        ('"below 500"', (OK, REFUSED), True),
        ('"below 500"', (OK, FAILED), False),
        ('"below 500"', (ABSENT, OK), True),
        ('"below 400"', (OK, REFUSED), False),
        ('"below 600"', (FAILED, FAILED), True),
        ("[409]", (REFUSED, OK), True),
        ("[404]", (REFUSED, OK), False),
        ("[]", (OK, OK), True),
        ("[]", (OK, FAILED), False),
        ("[500]", (OK, FAILED), True),
        ("[]", (), True),
    ],
)
def test_which_answers_may_be(
    tmp_path: Path, refusals: str, answers: tuple[Answer, ...], holds: bool
) -> None:
    assert judged(tmp_path, refusals)({}, answers) is holds  # type: ignore[operator]


@pytest.mark.parametrize(
    ("refusals", "told"),
    [
        ('"below"', "'below' is neither"),
        ('"below 700"', "'below 700' is neither"),
        ('"below \u0665\u0660\u0660"', "is neither"),
        ('"500"', "'500' is neither"),
        ('""', "'' is neither"),
        ("[200]", "200 is no status from 400 to 599"),
        ("[409, 600]", "600 is no status"),
        ("[-1]", "-1 is no status"),
        ("500", "expected a text in quotes or a list in [ ], got a whole number"),
        ("[true]", "expected a whole number, got true or false"),
        ('["409"]', "expected a whole number, got a text in quotes"),
        ('[]\ninvariants = { refusals = "SELECT true" }', "is the name of what `refusals` asks"),
    ],
)
def test_what_is_no_refusal_is_one_line(tmp_path: Path, refusals: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        judged(tmp_path, refusals)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("status", "said"), [(200, Answer("200")), (404, Answer("404"))])
def test_an_answer_of_a_call_is_its_status(status: int, said: Answer) -> None:
    assert answer_of(Response(status)) == said


@pytest.mark.parametrize("status", [500, 503])
def test_a_call_that_is_answered_500_failed(status: int) -> None:
    assert answer_of(Response(status)) == Answer("failed", str(status))


class Response:
    """What a test client returns."""

    def __init__(self, status: int) -> None:
        self.status_code = status


def judged(folder: Path, refusals: str) -> object:
    """Return the judge of a race with these refusals."""
    file = folder / "racewalk.toml"
    race = RACE.format(name="r", path="/a", refusals=f"refusals = {refusals}")
    file.write_text(f'[app]\nwsgi = "shop:app"\n{race}')
    scenario = load(file)
    return race_of(scenario, scenario.content.race[0]).judges["refusals"]
