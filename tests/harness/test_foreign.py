"""Answers of another lab are never judged: the first of them ends the attack, with one line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from attack import fire, targets
from attack.client import Prepared, Session
from attack.fire import Attacker
from attack.ledger import Ledger
from attack.plan import Cell
from attack.recovery import wait_for_recovery
from attack.stacks.health import ForeignAnswerError, require_own
from attack.stacks.where import Kind
from attack.store import Store
from shared_db.lab_id import LAB_HEADER
from tests.conftest import Lab
from tests.harness import stub
from tests.harness.test_planted import plan

OURS, THEIRS = "0123456789abcdef", "fedcba9876543210"


@pytest.mark.parametrize("technique", ["burst", "last_byte"])
@pytest.mark.parametrize(
    ("answered_by", "words"),
    [
        (lambda path: THEIRS, "another lab"),
        (lambda path: "", "no lab"),
        # As when the port changes hands between two trials, or in the middle of a salvo.
        (lambda path: THEIRS if path.startswith("/withdraw") else OURS, "another lab"),
    ],
)
def test_it_ends_the_attack(
    lab: Lab,
    ledger: Ledger,
    tmp_path: Path,
    technique: str,
    answered_by: Callable[[str], str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target, store = replace(targets.load(), lab_id=OURS), Store(tmp_path)
    prepare, tried = Attacker._prepare_once, list[Cell]()

    def counted(attacker: Attacker, cell: Cell) -> tuple[Session, list[Prepared]]:
        tried.append(cell)
        return prepare(attacker, cell)

    monkeypatch.setattr(Attacker, "_prepare_once", counted)
    monkeypatch.setattr(fire, "wait_for_recovery", lambda *_: pytest.fail("it was waited for"))
    with stub.serve(lab.database_url, stub.racing, lab_id=answered_by) as url:
        attacker = Attacker(target, {Kind("flask", 1): url}, ledger, store)
        with pytest.raises(ForeignAnswerError) as ended:
            list(attacker.run(plan(technique, trials=2), workers=1, on_trial=lambda: None))
        attacker.close()
    assert str(ended.value).startswith(f"{url} was answered by {words}, ")
    assert "\n" not in str(ended.value)
    assert not store.path.exists(), "a trial was recorded"
    assert len(tried) == 1, "it was tried again"


def test_its_health_is_not_that_of_ours(lab: Lab, ledger: Ledger) -> None:
    with pytest.raises(ForeignAnswerError):
        wait_for_recovery("flask", lab.urls["flask"], ledger, "alice", THEIRS)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_proxy_that_answers_itself_is_no_other_lab(status: int) -> None:
    require_own(OURS, "http://127.0.0.1:8001", status, {})
    with pytest.raises(ForeignAnswerError):
        require_own(OURS, "http://127.0.0.1:8001", status, {LAB_HEADER.lower(): THEIRS})


def test_a_target_without_an_id_is_asked_for_none() -> None:
    require_own("", "http://127.0.0.1:8001", 200, {})
