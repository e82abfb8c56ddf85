"""Files that are damaged, or were made to do damage: each is one clear line, and soon.

Attempts on a scenario and on what is kept beside it, with what becomes of each.
"""

import json
import pickle
import time
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from racewalk.cli import main
from racewalk.failures import FailuresIn
from racewalk.lanes.kept import Kept
from racewalk.scenario.file import load
from racewalk.schedule.schedule import Schedule

HEAD: Final = '[app]\nwsgi = "shop:app"\n'
RACE: Final = '[[race]]\nname = "r"\nrequests = [{ post = "/a" }, { post = "/a" }]\n'
DEEP: Final = "maximum recursion depth"
WITHIN_S: Final = 2.0
LONGEST_LINE: Final = 1000


def request(more: str) -> str:
    """Return a scenario whose second request has something more."""
    return HEAD + RACE.replace('"/a" }]', f'"/a", {more} }}]')


def path(written: str) -> str:
    """Return a scenario whose second request has this path."""
    return HEAD + RACE.replace('"/a" }]', f'"{written}" }}]')


SCENARIOS: Final[dict[str, tuple[str | bytes, str]]] = {
    "empty": ("", "[app] is missing"),
    "null bytes": (b"\0" * 100, "is no TOML"),
    "no UTF-8": (b"\xff\xfe" + HEAD.encode(), "is no text in UTF-8"),
    "UTF-16": ((HEAD + RACE).encode("utf-16"), "is no text in UTF-8"),
    "half a character": ((HEAD + RACE + '# "é').encode()[:-1], "is no text in UTF-8"),
    "truncated": ((HEAD + RACE)[:50], "is no TOML"),
    "a cut text": ('[app]\nwsgi = "shop:', "is no TOML"),
    "a million lines": (HEAD + RACE + "# x\n" * 1_000_000, "cannot be read: File too large"),
    "100,000 requests": (HEAD + "x = [" + "{ a = 1 }," * 150_000, "File too large"),
    "nested lists": (HEAD + "x = " + "[" * 100_000, "is nested too deep"),
    "nested tables": ("[" + "a." * 3000 + "b]\n", "is nested too deep"),
    "tables in tables": ("x = " + "{a=" * 5000 + "1" + "}" * 5000, "is nested too deep"),
    "a deep key": (request("json." + ".".join("a" * 2000) + " = 1"), "is nested too deep"),
    "a huge number": (request("alone = " + "9" * 5000), "is no TOML: Exceeds the limit"),
    "a number of 65 bits": (request(f"alone = {2**65}"), f"{2**65} is no status"),
    "a negative status": (request("alone = -1"), "alone: -1 is no status: expected 100 to 599"),
    "no status": (request("alone = 1000"), "alone: 1000 is no status"),
    "other digits": (request("alone = ٣٠٢"), "is no TOML: Invalid value"),
    "not a number": (request("alone = nan"), "alone: expected a whole number, got a number"),
    "a text for a number": (request('alone = "302"'), "expected a whole number, got a text"),
    "a date in JSON": (request("json = [1979-05-27]"), "json: JSON has no dates"),
    "no number in JSON": (request("json = { a = nan }"), "json: JSON has no dates"),
    "app as a list": ("app = []\n" + RACE, "app: expected a table in { }, got a list in [ ]"),
    "race as a table": (HEAD + "[race]\nname = 'r'\n", "race: expected a list in [ ]"),
    "race as a number": ("race = 1\n" + HEAD, "race: expected a list in [ ], got a whole number"),
    "a key twice": (HEAD + 'wsgi = "a:b"\n' + RACE, "is no TOML: Cannot overwrite a value"),
    "a name of two lines": (HEAD + RACE.replace('"r"', '"a\\nb"'), "characters that do not show"),
    "no name": (HEAD + RACE.replace('"r"', '" "'), "race[0]: its name is empty"),
    "a null byte in a name": (HEAD + RACE.replace('"r"', '"a\\u0000"'), "has a null byte"),
    "a long name": (HEAD + RACE.replace('"r"', f'"{"r" * 300}"'), "its name has 300 bytes"),
    "a long name in Chinese": (HEAD + RACE.replace('"r"', f'"{"竞" * 100}"'), "its name has 300"),
    "a key of two lines": (HEAD + '"a\\nb" = 1\n' + RACE, "app: unknown key 'a\\nb'"),
    "a long key": (HEAD + "x" * 100_000 + " = 1\n" + RACE, "app: unknown key 'xxx"),
    "a null byte in a path": (path("/a\\u0000"), "post: '/a\\x00' has a null byte"),
    "a second request in a path": (path("/a HTTP/1.1\\r\\nX: y"), "is no path"),
    "a blank in a path": (path("/a b"), "is no path: write other characters"),
    "no ASCII in a path": (path("/€"), "is no path: write other characters"),
    "two lines in a header": (request('headers = { X = "a\\r\\nb" }'), "is no value of a header"),
    "a euro in a header": (request('headers = { X = "€" }'), "is no value of a header"),
    "no name of a header": (request('headers = { "X y:" = "a" }'), "is no name of a header"),
    "a null byte in a folder": (HEAD + 'directory = "a\\u0000"\n' + RACE, "has a null byte"),
    "a long folder": (HEAD + f'directory = "{"x" * 5000}"\n' + RACE, "File name too long"),
    "a null byte in a variable": (HEAD + 'env = { A = "\\u0000" }\n' + RACE, "has a null byte"),
    "no name of a variable": (HEAD + 'env = { "A=B" = "1" }\n' + RACE, "is no name of a variable"),
    "an open quote": ('[app]\ncommand = "x \' {port}"\n' + RACE, 'command: "x \' {port}": no clos'),
    "an open quote in the set-up": (
        HEAD + '[database]\nsetup = ["x \'"]\n' + RACE,
        'database.setup: "x \'": no closing quotation',
    ),
    "a null byte in SQL": (HEAD + RACE + 'before = "\\u0000"\n', "before: '\\x00' has a null byte"),
    "a mask too large": (HEAD + RACE + "masks = { m = 'a{99999999999}' }\n", "'m' has no pattern"),
    "a deep mask": (HEAD + RACE + f"masks = {{ m = '{'(' * 5000}{')' * 5000}' }}\n", DEEP),
    "other digits in a verdict": (
        HEAD + RACE + "expected = 'safe up to ٣ preemptions'\n",
        "no verd",
    ),
    "a huge verdict": (
        HEAD + RACE + f"expected = 'safe up to {'9' * 5000} preemptions'\n",
        "no verd",
    ),
}


@pytest.mark.parametrize("attempt", SCENARIOS)
def test_a_scenario(tmp_path: Path, attempt: str) -> None:
    text, words = SCENARIOS[attempt]
    file = tmp_path / "racewalk.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    refused(words, "run", str(file))


def refused(words: str, *arguments: str) -> None:
    """Hold a command to one line with these words, with exit code 2, in a while."""
    began = time.monotonic()
    ran = CliRunner().invoke(main, arguments)
    assert (ran.exit_code, type(ran.exception)) == (2, SystemExit), ran.exception
    assert words in ran.output
    assert len(ran.output) < LONGEST_LINE
    assert ran.output.count("\n") == 1
    assert time.monotonic() - began < WITHIN_S


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(HEAD + RACE, "utf-8-sig")
    assert load(file).content.race[0].name == "r"


def test_a_name_with_a_null_byte(tmp_path: Path) -> None:
    refused("cannot be read: embedded null byte", "replay", saved(tmp_path, {}, file="a\0b"))


SEEN: Final[dict[str, Any]] = {"steps": [], "choices": [], "outcome": {}}
WHOLE: Final[dict[str, Any]] = {"format": "racewalk schedule 1", "schedule": "AABB", "seen": SEEN}


def saved(folder: Path, changed: dict[str, Any], **where: Any) -> str:
    """Return the path of a kept schedule with something changed."""
    scenario = {"file": str(folder / "racewalk.toml"), "race": "r", "requests": 0} | where
    path = folder / "kept.json"
    path.write_text(json.dumps(WHOLE | {"scenario": scenario} | changed))
    return str(path)


KEPT: Final[dict[str, bytes | dict[str, Any]]] = {
    "empty": b"",
    "truncated": json.dumps(WHOLE).encode()[:-9],
    "no UTF-8": b"\xff" + json.dumps(WHOLE).encode(),
    "null bytes": b"\0" * 1000,
    "nested": b"[" * 1_000_000,
    "a huge number": b'{"format": ' + b"9" * 10_000 + b"}",
    "no object": b"[]",
    "null": b"null",
    "not a number": b"NaN",
    "another version": {"format": "racewalk schedule 2"},
    "another format": {"format": ["racewalk schedule 1"]},
    "no schedule": {"schedule": "A1B"},
    "a number for a schedule": {"schedule": 5},
    "nothing seen": {"seen": {}},
    "steps as a table": {"seen": SEEN | {"steps": {}}},
    "numbers for steps": {"seen": SEEN | {"steps": [1, 2]}},
    "a list for an outcome": {"seen": SEEN | {"outcome": []}},
    "a scenario as a list": {"scenario": []},
    "a scenario as a number": {"scenario": 7},
    "no race": {"scenario": {"file": "x", "requests": 0}},
    "a list for a race": {"scenario": {"file": "x", "race": ["r"], "requests": 0}},
    "a number for a file": {"scenario": {"file": 1, "race": "r", "requests": 0}},
    "a billion requests": {"scenario": {"file": "x", "race": "r", "requests": 10**9}},
    "other digits": {"scenario": {"file": "x", "race": "r", "requests": "٢"}},
    "half a request": {"scenario": {"file": "x", "race": "r", "requests": 1.5}},
    "minus two requests": {"scenario": {"file": "x", "race": "r", "requests": -2}},
}


@pytest.mark.parametrize("attempt", KEPT)
def test_a_kept_schedule(tmp_path: Path, attempt: str) -> None:
    given = KEPT[attempt]
    path = saved(tmp_path, given if isinstance(given, dict) else {})
    if isinstance(given, bytes):
        Path(path).write_bytes(given)
    refused("is no saved schedule", "replay", path)
    FailuresIn(tmp_path).save("test", Schedule.parse("AB"))
    (kept,) = set(tmp_path.glob("*.json")) - {Path(path)}
    kept.write_bytes(Path(path).read_bytes())
    found = FailuresIn(tmp_path).fetch("test")
    assert found in (None, Schedule.parse("AABB"))


RUNS: Final = {
    "empty": b"",
    "text": b"hello\n",
    "null bytes": b"\0" * 100,
    "cut short": pickle.dumps(["AB"] * 3)[:-4],
    "another thing": pickle.dumps(5),
    "three of another kind": pickle.dumps((1, 2, 3)),
    "no such module": b"cnowhere\nnothing\n.",
    "no such class": b"cracewalk.schedule.record\nNothing\n.",
    "a memo that is not there": b"\x80\x04h\x07.",
    "a frame too long": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x00",
    "a text that is none": b"\x80\x04\x8c\x02\xff\xfe.",
    "an integer that is none": b"Ixyz\n.",
}


@pytest.mark.parametrize("attempt", RUNS)
def test_kept_runs(tmp_path: Path, attempt: str) -> None:
    file = tmp_path / "race.runs"
    file.write_bytes(RUNS[attempt])
    with Kept(file) as kept:
        assert kept.known(Schedule.parse("AB")) is None
