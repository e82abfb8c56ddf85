"""What a judge may say, and a race of which there is nothing to judge: neither is ever safe."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from racewalk.schedule.outcome import Facts, Judge
from racewalk.schedule.record import Answer
from racewalk.targets.session import Script
from support.labs import MakeLab
from support.oracle import brute_force
from support.withdrawals import row_lock


def says(what: Any) -> Judge:
    """Return a judge that says this of every end."""
    return lambda _facts, _answers: what


def fails(facts: Facts, _answers: Sequence[Answer]) -> bool:
    """Ask for a fact that is not there."""
    return bool(facts["mony"])


@pytest.mark.parametrize("said", ["f", "no", None, 0, 1, ""])
def test_what_is_neither_true_nor_false_judges_nothing(make_lab: MakeLab, said: object) -> None:
    lab = make_lab([row_lock] * 2)
    lab.judges = {"all paid": says(said)}
    certificate = brute_force(lab)
    assert certificate.verdict == "inconclusive"
    assert f"'all paid' has to say True or False, and said {said!r}" in str(
        certificate.inconclusive
    )


def test_a_judge_that_fails_judges_nothing(make_lab: MakeLab) -> None:
    lab = make_lab([row_lock] * 2)
    lab.judges = {"all paid": fails}
    certificate = brute_force(lab)
    assert certificate.verdict == "inconclusive"
    assert "the judge 'all paid' fails with KeyError: 'mony'" in str(certificate.inconclusive)


@pytest.mark.parametrize(("said", "verdict"), [(True, "safe"), (False, "unsafe")])
def test_a_judge_decides(make_lab: MakeLab, said: bool, verdict: str) -> None:
    lab = make_lab([row_lock] * 2)
    lab.judges = {"all paid": says(said)}
    assert brute_force(lab).verdict == verdict


def test_a_fact_that_is_a_decimal_is_in_the_hash(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = make_lab([row_lock] * 2)
    read = lab.target.reset

    def reset() -> Facts:
        return Facts((*read().pairs, ("sum", Decimal("1.50"))))

    monkeypatch.setattr(lab.target, "reset", reset)
    assert brute_force(lab).hash


def silent(_request: int) -> Script:
    """Answer without a question to the database."""
    yield from ()
    return Answer("refused")


def test_requests_that_send_nothing_are_not_safe(make_lab: MakeLab) -> None:
    certificate = brute_force(make_lab([silent] * 2))
    assert certificate.verdict == "inconclusive"
    assert "no request sent a statement" in str(certificate.inconclusive)
