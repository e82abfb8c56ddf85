"""racewalk run, step, replay and init, as somebody types them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import psutil
import pytest

from racewalk.server.embedded import EmbeddedServer
from support.scenarios import APPS, racewalk, shop

UNSAFE, SAFE = "sold once", "sold once, locked"


@pytest.fixture
def file(tmp_path: Path, server: EmbeddedServer) -> Path:
    """Write the scenario of the shop."""
    path = tmp_path / "racewalk.toml"
    path.write_text(shop(server.url()))
    return path


def databases(server: EmbeddedServer) -> set[str]:
    import psycopg

    with psycopg.connect(server.url()) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_run_writes_all_that_it_was_asked_for_and_leaves_nothing(
    file: Path, server: EmbeddedServer
) -> None:
    before = databases(server)
    folder = file.parent
    ran = racewalk(
        "run",
        file,
        "--json",
        folder / "o.json",
        "--junit",
        folder / "o.xml",
        "--html",
        folder / "pages",
        "--record",
        folder / "recorded",
    )
    assert ran.code == 0, ran.err
    races = json.loads((folder / "o.json").read_text())["races"]
    broken, repaired = races
    assert set(broken) == {
        "name",
        "verdict",
        "reason",
        "expected",
        "requests",
        "schedules",
        "unsafe",
        "classes",
        "unsafe_classes",
        "runs",
        "remembered",
        "exhausted",
        "preemptions",
        "seconds",
        "hash",
        "by_preemptions",
        "failed",
        "errors",
        "serial",
        "ignored",
        "approximated",
        "counterexample",
    }
    assert (broken["verdict"], broken["unsafe"] > 0, broken["serial"]) == ("unsafe", True, False)
    counterexample = broken["counterexample"]
    assert counterexample["broken"] == ["never below zero", "serial"]
    assert counterexample["facts"] == {"never below zero": False}
    assert {step["request"] for step in counterexample["steps"]} == {0, 1}
    assert (repaired["verdict"], repaired["counterexample"]) == ("safe", None)
    assert sum(count for count, _ in broken["by_preemptions"].values()) == broken["schedules"]

    suite = ET.fromstring((folder / "o.xml").read_text())[0]  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "0", "0")
    page = (folder / "pages" / "sold-once.html").read_text()
    recording = json.loads((folder / "recorded" / "sold-once.json").read_text())
    assert recording["certificate"]["schedules"] == broken["schedules"]
    assert recording["facts"] == ["never below zero"]
    assert [table["name"] for table in recording["tables"]] == ["stock"]
    assert "overdraft.recording(" in page
    assert "n = 1" in page
    assert "Every race is as expected. (exit 0)" in ran.out
    assert "here stock (item 7): n: 1 → -1" in ran.out
    assert "UPDATE stock SET n = n - 1" in ran.out  # the picture, though unsafe is expected
    assert databases(server) == before


@pytest.mark.acceptance
def test_an_unexpected_verdict_is_a_failure_in_junit_too(file: Path) -> None:
    text = file.read_text().replace('expected = "unsafe"', 'expected = "safe"')
    file.write_text(text)
    report = file.parent / "o.xml"
    ran = racewalk("run", file, "--race", UNSAFE, "--junit", report)
    assert ran.code == 1, ran.err
    failure = ET.fromstring(report.read_text())[0][0][0]  # noqa: S314 - our own
    assert failure.tag == "failure"
    assert "UPDATE stock" in str(failure.text)


@pytest.mark.acceptance
def test_one_process_for_both(file: Path) -> None:
    file.write_text(file.read_text().replace('wsgi = "', 'shared = true\nwsgi = "'))
    ran = racewalk("run", file, "--json", "-")
    assert ran.code == 0, ran.err
    assert [race["verdict"] for race in ran.races.values()] == ["unsafe", "safe"]
    assert ran.races[SAFE]["classes"] is None


@pytest.mark.acceptance
def test_a_bound_is_not_safe(file: Path) -> None:
    ran = racewalk("run", file, "--race", SAFE, "--preemptions", "0", "--json", "-")
    assert ran.code == 3, ran.err
    assert ran.races[SAFE]["verdict"] == "safe up to 0 preemptions"
    every = racewalk(
        "run", file, "--race", SAFE, "--preemptions", "0", "--json", "-", "--brute-force"
    )
    assert every.code == 3
    assert every.races[SAFE]["verdict"] == "safe up to 0 preemptions"
    assert every.races[SAFE]["schedules"] == 2


@pytest.mark.acceptance
def test_more_of_the_first_request(file: Path) -> None:
    ran = racewalk("run", file, "--race", SAFE, "--requests", "3", "--json", "-")
    assert ran.code == 0, ran.err
    assert ran.races[SAFE]["requests"] == 3


@pytest.mark.acceptance
def test_a_schedule_again(file: Path) -> None:
    ran = racewalk("run", file, "--race", UNSAFE, "--json", "-")
    schedule = ran.races[UNSAFE]["counterexample"]["schedule"]
    again = racewalk("replay", file, "--race", UNSAFE, "--schedule", schedule)
    assert again.code == 1, again.err
    assert "Broken: never below zero, serial." in again.out
    kept = file.parent / ".racewalk" / "sold-once.json"
    assert kept.with_suffix(".svg").exists()
    from_file = racewalk("replay", kept)
    assert from_file.code == 0, from_file.err
    assert "Every step and the outcome are those of the file." in from_file.out
    assert racewalk("replay", file, "--race", UNSAFE).code == 2
    assert racewalk("replay", file, "--race", UNSAFE, "--schedule", "AXB").code == 2
    assert racewalk("replay", file, "--schedule", "AAA").code == 2


@pytest.mark.acceptance
def test_somebody_is_the_scheduler(file: Path) -> None:
    ran = racewalk("step", file, "--race", UNSAFE, stdin="aub\nzq")
    assert ran.code == 0, ran.err
    assert "[a] A can go on" in ran.out
    assert "back to the start" in ran.out
    assert "'z' cannot be done here: a, b, u, q" in ran.out
    assert ran.out.rstrip().endswith(f"--race '{UNSAFE}' --schedule B")
    whole = racewalk("step", file, "--race", UNSAFE, stdin="abababababababab\nq")
    assert "Broken: never below zero" in whole.out


def test_init_finds_what_there_is_and_its_file_can_be_read(tmp_path: Path) -> None:
    from racewalk.scenario.file import load

    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "main.py").write_text(
        'import os\nfrom fastapi import FastAPI\nURL = os.environ["SHOP_DATABASE_URL"]\n'
        'DRIVER = "postgresql+asyncpg://"\napp = FastAPI()\n'
    )
    assert racewalk("init", tmp_path).code == 0
    found = load(tmp_path / "racewalk.toml", {}).content.app
    assert (found.asgi, found.database_env) == ("shop.main:app", "SHOP_DATABASE_URL")
    assert found.database_scheme == "postgresql+asyncpg"
    again = racewalk("init", tmp_path)
    assert again.code == 2
    assert "is there already" in again.err
    (tmp_path / "empty").mkdir()
    assert "holds no Django, Flask or FastAPI" in racewalk("init", tmp_path / "empty").err


@pytest.mark.parametrize("example", ["flask_shop", "django_shop", "fastapi_shop"])
def test_init_reads_each_example(tmp_path: Path, example: str) -> None:
    import shutil

    from racewalk.scenario.file import load

    source = APPS.parents[1] / "examples" / example
    written = load(source / "racewalk.toml").content.app
    shutil.copytree(source, tmp_path / "copy", ignore=shutil.ignore_patterns("*.toml", ".racewalk"))
    assert racewalk("init", tmp_path / "copy").code == 0
    found = load(tmp_path / "copy" / "racewalk.toml", {}).content.app
    assert (found.wsgi, found.asgi) == (written.wsgi, written.asgi)


@pytest.mark.acceptance
def test_ctrl_c_keeps_what_was_found_and_resume_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop("").replace('"/buy" }]', '"/buy" }, { post = "/buy" }]'))
    command = [sys.executable, "-m", "racewalk.cli", "run", str(file), "--lanes", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    kept = tmp_path / ".racewalk" / "kept"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:  # until some schedules are kept
        if any(each.stat().st_size > 10_000 for each in kept.glob("*.runs")):
            break
        time.sleep(0.02)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "--resume goes on" in out
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    ran = racewalk("run", file, "--resume", "--json", "-", "--lanes", "1")
    assert ran.code == 0, ran.err
    assert "taken over from an earlier run (statement by" in " ".join(ran.err.split())
    assert f"{SAFE}: nothing is kept of it as it is asked now: it begins anew" in ran.err
    fresh = racewalk("run", file, "--json", "-", "--lanes", "1")
    assert [race["hash"] for race in ran.races.values()] == [
        race["hash"] for race in fresh.races.values()
    ]


@pytest.mark.acceptance
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_running_however_it_ends(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop(""))
    command = [sys.executable, "-m", "racewalk.cli", "run", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lane = tmp_path / ".racewalk" / "lane-0" / "application-0.log"
    deadline = time.monotonic() + 60
    while not lane.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) > 3
    os.kill(process.pid, number)
    process.wait(30)
    _, alive = psutil.wait_procs(family, timeout=15)
    assert not alive


NOTED = """
[[race]]
name = "noted"
requests = [{ post = "/buy-noted" }, { post = "/buy-noted" }]
ignore = ["note.token"]
masks = { coupon = "CPN-[0-9]+" }
expected = "unsafe"
"""


def test_a_page_shows_nothing_that_the_race_masks_or_ignores(file: Path) -> None:
    file.write_text(file.read_text() + NOTED)
    pages = file.parent / "pages"
    ran = racewalk("run", file, "--race", "noted", "--html", pages, "--lanes", "1")
    assert ran.code == 0, (ran.out, ran.err)
    assert "noted: recorded, " in ran.out
    assert "; of stock: n; note: code" in " ".join(ran.out.split())
    page = (pages / "noted.html").read_text()
    assert "<coupon>" in page or "\\u003ccoupon>" in page or "&lt;coupon" in page
    assert not re.search(r"CPN-\d|[0-9a-f]{8}-[0-9a-f]{4}-4", page)


def test_a_verdict_is_told_as_soon_as_it_is_decided(file: Path) -> None:
    command = [sys.executable, "-u", "-m", "racewalk.cli", "run", str(file), "--lanes", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        phases = [next(lines) for _ in range(3)]
        first = next(lines)
        done = list((file.parent / ".racewalk" / "kept").glob("*.found"))
        rest = process.stdout.read()
    assert phases[0] == "Making the database ...\n"
    assert phases[1].startswith(("Running the set-up, 1 of 1", "Starting the application to make"))
    assert phases[2] == "Starting the application ...\n"
    assert first.startswith(f"{UNSAFE}: unsafe, as expected")
    assert [each.name.startswith("sold-once-locked") for each in done] == [False]
    assert f"{SAFE}: safe, as expected" in rest
    assert process.returncode == 0
    assert "│" in rest  # a picture, also of what was expected
    assert "Broken: never below zero, serial." in rest
    assert "racewalk replay" in rest
    again = racewalk("run", file, "--lanes", "1", "--resume")
    assert again.out.count("taken over from an earlier run") == 2
    asked = racewalk("run", file, "--lanes", "1", "--resume", "--no-memory")
    assert "taken over" not in asked.out
    assert asked.out.count("it begins anew") == 2


@pytest.mark.acceptance
def test_a_counterexample_stays_until_it_is_seen_that_there_is_none(file: Path) -> None:
    one = ("run", file, "--race", UNSAFE)
    assert racewalk(*one).code == 0
    kept, text = file.parent / ".racewalk" / "sold-once.json", file.read_text()
    file.write_text(text.replace("drivers:app", "drivers:nothing"))
    ran = racewalk(*one)
    assert ran.code == 3
    assert kept.exists()
    assert (
        f"of an earlier run, kept since this one came to no end: racewalk replay {kept}" in ran.out
    )
    file.write_text(text.replace('"/buy" }', '"/buy-locked" }'))
    again = racewalk("replay", kept)
    assert again.code == 3
    assert f"{file} has changed since {kept} was written" in again.out
    assert len(again.err.strip().splitlines()) == 1
    assert "{" not in again.err
    assert again.err.rstrip().endswith("racewalk run writes it anew")
    assert racewalk(*one).code == 1  # it is safe now
    assert not kept.exists()
