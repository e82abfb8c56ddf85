"""The whole harness against a stub whose behaviour is known."""

from pathlib import Path

import pytest

from attack import targets
from attack.checkers import Verdict, judge_cell, judge_trial, max_overlap
from attack.fire import Attacker
from attack.ledger import Ledger
from attack.plan import Cell, Plan
from attack.report.fire_json import cell_to_json
from attack.stacks.where import Kind
from attack.store import Store
from attack.verdicts import conclude
from shared_db.accounts import STARTING_MONEY, USERS
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from tests.conftest import Lab
from tests.harness import stub


def plan(technique: str, trials: int) -> Plan:
    """Return the plan of an attack on a stub: 16 requests, and money for 8."""
    return Plan(
        stacks=("flask",),
        strategies=strategies()[:1],
        techniques=(technique,),
        requests=16,
        threads=16,
        trials=trials,
        start=80,
        amount=10,
    )


def attack(lab: Lab, ledger: Ledger, url: str, technique: str, folder: Path, trials: int) -> Cell:
    """Attack a stub in place of a stack and return the cell."""
    attacker = Attacker(targets.load(), {Kind("flask", 1): url}, ledger, Store(folder))
    try:
        (cell,) = attacker.run(plan(technique, trials), workers=1, on_trial=lambda: None)
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
        (stub.halving, "exploited"),
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


def test_nobody_elses_money_may_change(lab: Lab, ledger: Ledger, tmp_path: Path) -> None:
    try:
        with stub.serve(lab.database_url, stub.touching_another) as url:
            cell = attack(lab, ledger, url, "burst", tmp_path, trials=1)
    finally:
        ledger.reset("alice", STARTING_MONEY)
    assert judge_cell(cell.trials) == "exploited"
    assert cell_to_json(cell)["reason"] == "in 1 of 1 trial: money of others changed: alice"


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


LOST, ELSEWHERE = "/login?next=/withdraw1", "/elsewhere"


@pytest.mark.parametrize(
    ("withdraw", "fates"),
    [
        (stub.answering(302, "/"), {("unknown", 302)}),
        (stub.answering(302, ELSEWHERE), {("unknown", 302)}),
        (stub.answering(302, LOST), {("lost", 302)}),
        (stub.answering(302, "http://127.0.0.1" + LOST), {("lost", 302)}),
        (stub.answering(200), {("unknown", 200)}),
        (stub.answering(403), {("unknown", 403)}),
        (stub.answering(404), {("unknown", 404)}),
        (stub.answering(500), {("unknown", 500)}),
        (stub.answering(503), {("unknown", 503)}),
        (stub.breaking_off(4, 302, LOST), {("paid", 302), ("lost", 302)}),
        (stub.breaking_off(12, 302, LOST), {("paid", 302), ("refused", 200), ("lost", 302)}),
        (stub.breaking_off(4, 500), {("paid", 302), ("unknown", 500)}),
    ],
)
def test_what_no_withdrawal_answered_decides_nothing(
    lab: Lab,
    ledger: Ledger,
    tmp_path: Path,
    withdraw: stub.Withdraw,
    fates: set[tuple[str, int]],
) -> None:
    with stub.serve(lab.database_url, withdraw) as url:
        cell = attack(lab, ledger, url, "last_byte", tmp_path, trials=2)
    for trial in cell.trials:
        assert {(each.fate, each.status) for each in trial.requests} == fates
    assert judge_cell(cell.trials) == "unknown"


@pytest.mark.parametrize(
    ("withdraw", "serial", "words"),
    [
        (stub.answering(500), False, "32 of 32 answered 500"),
        (stub.breaking_off(12, 500), False, "8 of 32 answered 500"),
        (stub.answering(302, LOST), False, "32 of 32 were sent to the login page (session lost)"),
        (
            stub.answering(302, ELSEWHERE),
            False,
            "32 of 32 answered 302 to /elsewhere, not by a withdrawal",
        ),
        (stub.safe, True, "nobody overlapped in 2 of 2 trials"),
    ],
)
def test_what_is_unknown_says_why(
    lab: Lab, ledger: Ledger, tmp_path: Path, withdraw: stub.Withdraw, serial: bool, words: str
) -> None:
    with stub.serve(lab.database_url, withdraw, serial=serial) as url:
        cell = attack(lab, ledger, url, "last_byte", tmp_path, trials=2)
    (finding,) = conclude(cell.plan, [cell]).findings
    assert (finding.came, finding.reason) == ("inconclusive", words)
    record = cell_to_json(cell)
    assert (record["verdict"], record["reason"]) == ("unknown", words)


def test_whoever_is_logged_out_in_one_trial_logs_in_for_the_next(
    lab: Lab, ledger: Ledger, tmp_path: Path
) -> None:
    with stub.serve(lab.database_url, stub.safe, log_out_after=20) as url:
        cell = attack(lab, ledger, url, "last_byte", tmp_path, trials=3)
    assert [judge_trial(trial) for trial in cell.trials] == ["held", "unknown", "held"]
    assert {request.fate for request in cell.trials[1].requests} >= {"lost"}


def test_an_account_with_another_password_is_passed_over(
    lab: Lab, ledger: Ledger, tmp_path: Path
) -> None:
    with stub.serve(lab.database_url, stub.safe, unknown={"heidi", "grace"}) as url:
        cell = attack(lab, ledger, url, "burst", tmp_path, trials=1)
    assert judge_cell(cell.trials) == "held"


def test_where_no_account_can_log_in_one_line_says_so(
    lab: Lab, ledger: Ledger, tmp_path: Path
) -> None:
    everybody = {user.username for user in USERS}
    with (
        stub.serve(lab.database_url, stub.safe, unknown=everybody) as url,
        pytest.raises(LabError, match=r"alice cannot log in .* no account is left"),
    ):
        attack(lab, ledger, url, "burst", tmp_path, trials=1)


def test_a_foreign_address_among_others_stops_it_before_anything_is_sent(
    lab: Lab, ledger: Ledger, tmp_path: Path
) -> None:
    instances = {Kind("flask", 2): lab.urls["flask"], Kind("django", 2): "http://192.0.2.1:8002"}
    with pytest.raises(LabError, match=r"192\.0\.2\.1:8002 is not on this machine"):
        Attacker(targets.load(), instances, ledger, Store(tmp_path))
