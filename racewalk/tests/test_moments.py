"""`serial` and moments of the present day: two ends differ where a moment differs by a minute."""

import json
from typing import Any

import pytest

from racewalk.server.embedded import EmbeddedServer
from support.scenarios import APPS, empty, racewalk

TABLES = """
CREATE TABLE meeting (id int PRIMARY KEY, at timestamptz);
CREATE TABLE reminder (id int PRIMARY KEY, at timestamptz);
CREATE TABLE seat (id int PRIMARY KEY, held_until timestamp);
INSERT INTO meeting VALUES (1, NULL);
INSERT INTO reminder VALUES (1, NULL);
INSERT INTO seat VALUES (1, NULL);
"""
TODAY = "date_trunc('day', now()) + interval "


def both(moment: str, *, locked: bool = False) -> list[str]:
    """Return a request that writes one moment to two tables, each by itself or in one lock."""
    write = "UPDATE meeting SET at = MOMENT WHERE id = 1".replace("MOMENT", moment)
    writes = [write, write.replace("meeting", "reminder")]
    return ["BEGIN", *writes, "COMMIT"] if locked else writes


LOST = {
    "an hour of today": (both(f"{TODAY}'15:00'"), both(f"{TODAY}'16:00'")),
    "a deadline": (
        both("now() + interval '10 minutes'"),
        both("now() + interval '25 minutes'"),
    ),
    "a moment ago": (both("now() - interval '5 minutes'"), both("now() + interval '5 minutes'")),
    "a minute and seconds": (
        both("now() + interval '2 hours 20 seconds'"),
        both("now() + interval '2 hours 1 minute 20 seconds'"),
    ),
    "the last hold counts": (
        [
            "UPDATE seat SET held_until = now() + interval '30 minutes' WHERE id = 1",
            "UPDATE meeting SET at = (SELECT held_until FROM seat) WHERE id = 1",
        ],
        [
            "UPDATE seat SET held_until = now() + interval '60 minutes' WHERE id = 1",
            "UPDATE meeting SET at = (SELECT held_until FROM seat) WHERE id = 1",
            "UPDATE meeting SET at = now() + interval '1 minute' WHERE at > now()",
        ],
    ),
}
KEPT = {
    "the same moment twice": (both("now()"), both("now()")),
    "the same distance twice": (
        both("now() + interval '10 minutes'"),
        both("now() + interval '10 minutes'"),
    ),
    "two hours, one transaction": (
        both(f"{TODAY}'15:00'", locked=True),
        both(f"{TODAY}'16:00'", locked=True),
    ),
    "two deadlines, one transaction": (
        both("now() + interval '10 minutes'", locked=True),
        both("now() + interval '25 minutes'", locked=True),
    ),
}


@pytest.fixture(scope="module")
def races(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Explore each pair with `serial` as the only invariant; return what `--json` holds of it."""
    folder = tmp_path_factory.mktemp("moments")
    (folder / "tables.sql").write_text(TABLES)
    scenario = f"""
[app]
wsgi = "script:app"
directory = "{APPS}"

[database]
url = "{empty(server, "moments")}"
setup = ["{folder / "tables.sql"}"]
"""
    for name, requests in (LOST | KEPT).items():
        one, two = (json.dumps("\n".join(statements)) for statements in requests)
        scenario += f"""
[[race]]
name = "{name}"
requests = [{{ post = "/", body = {one} }}, {{ post = "/", body = {two} }}]
serial = true
"""
    (folder / "racewalk.toml").write_text(scenario)
    return racewalk("run", "--json", "-", "--lanes", "1", cwd=folder).races


@pytest.mark.parametrize("name", LOST)
def test_a_mixture_of_two_moments_is_unsafe(races: dict[str, Any], name: str) -> None:
    assert races[name]["verdict"] == "unsafe", races[name]


@pytest.mark.parametrize("name", KEPT)
def test_an_end_that_some_order_has_is_safe(races: dict[str, Any], name: str) -> None:
    assert (races[name]["verdict"], races[name]["exhausted"]) == ("safe", True), races[name]


def test_the_columns_whose_times_are_compared_to_the_minute_are_named(
    races: dict[str, Any],
) -> None:
    assert races["the same distance twice"]["approximated"] == {
        "meeting.at": "times to the minute",
        "reminder.at": "times to the minute",
    }
