"""The attack on the composed lab: the same verdicts as on local stacks, and no other target."""

import os
import sys

import pytest

from shared_db.paths import CHECKOUT
from tests.compose.lab import PROJECT, STACKS, ComposedLab
from tests.compose.shell import attempt, run

pytestmark = pytest.mark.compose

EXPECTED = {
    "no_lock": "exploited",
    "transaction_only": "exploited",
    "row_lock": "held",
    "conditional_update": "held",
}
_LASTS_AT_MOST_S = 3600.0  # the whole contract, on a machine that others use as well


def test_the_verdicts_are_those_of_the_catalogue(single: ComposedLab) -> None:
    code, cells, output = single.fire("--strategy", ",".join(EXPECTED), "--trials", "5")
    assert code == 0, output
    verdicts = {(cell["strategy"], cell["stack"]): cell["verdict"] for cell in cells}
    assert verdicts == {
        (slug, stack): verdict for slug, verdict in EXPECTED.items() for stack in STACKS
    }
    assert "http://flask:8000" in output, "the harness has to run inside the network"


def test_a_lock_inside_one_process_holds_with_one_worker(single: ComposedLab) -> None:
    code, cells, output = single.fire("--strategy", "process_lock", "--trials", "5")
    assert code == 0, output
    assert {(cell["case"], cell["verdict"]) for cell in cells} == {
        ("1 worker", "held"),
        ("2 workers", "exploited"),
        ("atomic", "exploited"),
    }


def test_the_history_comes_back(single: ComposedLab) -> None:
    before = set((CHECKOUT / "runs").glob("*/history.jsonl"))
    single.fire("--strategy", "row_lock", "--stack", "flask", "--trials", "2")
    (new,) = set((CHECKOUT / "runs").glob("*/history.jsonl")) - before
    assert len(new.read_text().splitlines()) == 2
    assert (new.parent / "sources" / "django" / "row_lock.py").exists()


def test_what_a_killed_attack_left_behind_is_removed_by_the_next(single: ComposedLab) -> None:
    process = single.start("fire", "--strategy", "row_lock", "--trials", "1000")
    assert process.stdout
    assert "Attacking" in process.stdout.readline()
    name = f"overdraft-harness-{process.pid}"
    while attempt("docker", "inspect", name)[0] != 0:
        assert process.poll() is None
    process.kill()
    process.wait()  # for the command alone: what it left behind still holds the pipe, and attacks
    code, _, output = single.fire("--strategy", "row_lock", "--stack", "flask", "--trials", "1")
    assert code == 0, output
    assert attempt("docker", "inspect", name)[0] != 0


def test_reset_gives_the_money_back(single: ComposedLab) -> None:
    single.query('UPDATE "user" SET money = 77')
    assert "10 accounts hold 10 money again" in single.attack("reset")
    assert single.query('SELECT DISTINCT money FROM "user"') == "10"


def test_the_harness_sends_to_the_lab_alone(single: ComposedLab) -> None:
    (flask,) = single.containers("flask")
    address = flask["NetworkSettings"]["Networks"][f"{PROJECT}_lab"]["IPAddress"]
    fire = ("fire", "--stack", "flask", "--strategy", "row_lock", "--trials", "1")
    for url in ("http://postgres:5432", f"http://{address}:8000", "http://192.0.2.1"):
        code, output = single.run_harness(*fire, OVERDRAFT_FLASK_URL=url)
        assert code == 2, output
        assert f"{url} is not on this machine" in output


def test_both_stacks_keep_the_contract(single: ComposedLab) -> None:
    urls = {f"OVERDRAFT_{stack.upper()}_URL": url for stack, url in single.urls.items()}
    run(
        *(sys.executable, "-m", "pytest", "tests/contract", "-m", "not acceptance"),
        environment={**os.environ, **urls, "DATABASE_URL": single.database_url()},
        timeout_s=_LASTS_AT_MOST_S,
    )
