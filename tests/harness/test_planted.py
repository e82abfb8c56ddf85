"""The whole harness against a stub whose behaviour is known."""

from pathlib import Path

import pytest

from attack import targets
from attack.checkers import Verdict, judge_cell, max_overlap
from attack.fire import Attacker, Cell, Plan
from attack.ledger import Ledger
from attack.store import Store
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from tests.conftest import Lab
from tests.harness import stub


def attack(lab: Lab, ledger: Ledger, url: str, technique: str, folder: Path, trials: int) -> Cell:
    """Attack a stub in place of a stack and return the cell."""
    plan = Plan(
        stacks=("flask",),
        strategies=strategies()[:1],
        techniques=(technique,),
        requests=16,
        threads=16,
        trials=trials,
        start=80,
        amount=10,
    )
    attacker = Attacker(targets.load(), {("flask", 1): url}, ledger, Store(folder))
    try:
        (cell,) = attacker.run(plan, workers=1, on_trial=lambda: None)
    finally:
        attacker.close()
    return cell


@pytest.mark.parametrize("technique", ["burst", "last_byte"])
@pytest.mark.parametrize(
    ("withdraw", "verdict"),
    [
        (stub.racing, "exploited"),
        (stub.safe, "held"),
        (stub.refusing, "starved"),
        (stub.lying, "exploited"),
    ],
)
def test_verdict(
    lab: Lab,
    ledger: Ledger,
    tmp_path: Path,
    technique: str,
    withdraw: stub.Withdraw,
    verdict: Verdict,
) -> None:
    with stub.serve(lab.database_url, withdraw) as url:
        cell = attack(lab, ledger, url, technique, tmp_path, trials=3)
    assert judge_cell(cell.trials) == verdict


def test_what_never_overlapped_is_unknown(lab: Lab, ledger: Ledger, tmp_path: Path) -> None:
    with stub.serve(lab.database_url, stub.racing, serial=True) as url:
        cell = attack(lab, ledger, url, "last_byte", tmp_path, trials=2)
    assert [max_overlap(trial) for trial in cell.trials] == [1, 1]
    assert judge_cell(cell.trials) == "unknown"


def test_an_unanswered_request_makes_its_trial_unknown(
    lab: Lab, ledger: Ledger, tmp_path: Path
) -> None:
    with stub.serve(lab.database_url, stub.crashing) as url:
        cell = attack(lab, ledger, url, "burst", tmp_path, trials=1)
    assert {request.fate for request in cell.trials[0].requests} == {"unknown", "refused"}
    assert judge_cell(cell.trials) == "unknown"


def test_a_foreign_address_among_others_stops_it_before_anything_is_sent(
    lab: Lab, ledger: Ledger, tmp_path: Path
) -> None:
    instances = {("flask", 2): lab.urls["flask"], ("django", 2): "http://192.0.2.1:8002"}
    with pytest.raises(LabError, match=r"192\.0\.2\.1:8002 is not on this machine"):
        Attacker(targets.load(), instances, ledger, Store(tmp_path))
