"""Answers of another lab are never counted: the first of them ends a measurement, in one line."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from attack import targets
from attack.bench.accounts import Accounts
from attack.bench.load import Load
from attack.bench.sessions import Sessions
from attack.stacks.health import ForeignAnswerError
from tests.bench.test_generator import order
from tests.conftest import Lab
from tests.harness import stub
from tests.harness.test_foreign import OURS, THEIRS


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(
    ("answered_by", "words"), [(lambda _: THEIRS, "another lab"), (lambda _: "", "no lab")]
)
def test_it_ends_the_measurement(
    lab: Lab, made: Accounts, workers: int, answered_by: Callable[[str], str], words: str
) -> None:
    sessions = Sessions(targets.load())  # which asks for no lab: the port changes hands afterwards
    with (
        stub.serve(lab.database_url, stub.racing, lab_id=answered_by) as url,
        Load(workers) as load,
    ):
        sent = order(made, sessions, url, 4)
        assert load.send(sent).paid > 0
        with pytest.raises(ForeignAnswerError, match=f"^{url} was answered by {words}, where"):
            load.send(replace(sent, lab_id=OURS))
    sessions.close()


def test_the_labs_own_answers_count(lab: Lab, made: Accounts, load: Load) -> None:
    sessions = Sessions(targets.load())
    with stub.serve(lab.database_url, stub.safe, lab_id=lambda _: OURS) as url:
        tally = load.send(replace(order(made, sessions, url, 2), lab_id=OURS))
    sessions.close()
    assert tally.succeeded > 0
    assert tally.foreign == ""
