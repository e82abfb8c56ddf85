"""The attack in full: what it must show of strategies that fail and of strategies that hold."""

import json
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from attack import cli
from attack.techniques import TECHNIQUES
from shared_db.catalogue import strategies
from shared_db.paths import CHECKOUT
from tests.conftest import STACKS, Lab

pytestmark = pytest.mark.acceptance

TRIALS = 20
FIRST_FOUR = ("no_lock", "transaction_only", "row_lock", "conditional_update")


def fire(folder: Path, *arguments: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Run `attack fire` and return its cells by strategy, stack and technique."""
    file = folder / "fire.json"
    with pytest.raises(SystemExit) as ended:
        cli.main(["fire", "--json", str(file), "--trials", str(TRIALS), *arguments])
    assert ended.value.code == 0, "a verdict is not what the catalogue expects"
    cells = json.loads(file.read_text())["cells"]
    return {(cell["strategy"], cell["stack"], cell["technique"]): cell for cell in cells}


@pytest.fixture(scope="module")
def cells(
    lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the 16 cells of the first four strategies under both techniques."""
    techniques = ("--technique", "burst,last_byte")
    return fire(tmp_path_factory.mktemp("fire"), "--strategy", ",".join(FIRST_FOUR), *techniques)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("slug", ["no_lock", "transaction_only"])
def test_last_byte_exploits_it_in_every_trial(
    cells: dict[tuple[str, str, str], dict[str, Any]], slug: str, stack: str
) -> None:
    assert cells[slug, stack, "last_byte"]["exploited_trials"] == TRIALS


@pytest.mark.parametrize("stack", STACKS)
def test_no_lock_pays_nearly_everyone(
    cells: dict[tuple[str, str, str], dict[str, Any]], stack: str
) -> None:
    assert mean(cells["no_lock", stack, "last_byte"]["payouts"]) >= 28


@pytest.mark.parametrize("technique", ["burst", "last_byte"])
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("slug", ["row_lock", "conditional_update"])
def test_a_defence_pays_what_the_money_allows(
    cells: dict[tuple[str, str, str], dict[str, Any]], slug: str, stack: str, technique: str
) -> None:
    cell = cells[slug, stack, technique]
    assert cell["right"] == 16
    assert cell["payouts"] == [16] * TRIALS
    assert cell["balance"] == [0] * TRIALS
    assert cell["max_overlap"] >= 2


def test_with_money_for_one_last_byte_pays_more_than_burst(lab: Lab, tmp_path: Path) -> None:
    # One payout in these is as likely as ten: the mean of 20 trials says little.
    many = ("--technique", "burst,last_byte", "--trials", "60")
    cells = fire(tmp_path, "--strategy", "no_lock", "--start", "10", *many)
    for stack in STACKS:
        paid = {name: mean(cells["no_lock", stack, name]["payouts"]) for name in TECHNIQUES}
        assert cells["no_lock", stack, "last_byte"]["right"] == 1
        assert paid["last_byte"] > paid["burst"]


def test_the_catalogue_names_the_first_four() -> None:
    assert tuple(each.slug for each in strategies()[:4]) == FIRST_FOUR


LINES = (CHECKOUT / "README.md").read_text("utf-8").splitlines()
COMMANDS = [line.split()[1:] for line in LINES if line.startswith("    .venv/bin/attack fire ")]
# What one salvo shows for certain, whatever else the machine does.
CERTAIN = "skip_locked,leaked_session_lock,row_lock"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_of_the_readme_comes_out_as_the_catalogue_expects(
    lab: Lab, tmp_path: Path, command: list[str]
) -> None:
    cells = fire(tmp_path, *command[1:], "--strategy", CERTAIN, "--trials", "1")
    assert len(cells) == 2 * len(CERTAIN.split(","))


@pytest.mark.parametrize("start", ["10", "160", "320"])
def test_what_is_expected_goes_by_the_money(lab: Lab, tmp_path: Path, start: str) -> None:
    cells = fire(tmp_path, "--start", start, "--strategy", CERTAIN, "--trials", "1")
    assert {cell["verdict"] for cell in cells.values()} >= {"held"}


def test_a_narrow_race_shows_in_twenty_salvos(lab: Lab, tmp_path: Path) -> None:
    narrow = "unguarded_decrement,one_statement_ledger"
    cells = fire(tmp_path, "--start", "10", "--strategy", narrow)
    assert all(cell["exploited_trials"] for cell in cells.values())
