"""One payout is not '1 payouts', wherever a number stands before a noun."""

import ast
import re
from collections.abc import Iterator

import pytest

from attack.bench.money import Ledgers, faults
from attack.bench.tally import Tally
from attack.checkers import broken_invariants
from attack.counting import counted
from shared_db.paths import CHECKOUT
from tests.harness.builders import trial

FOLDERS = ("attack", "shared_db", "racewalk/src")
NOUNS = re.compile(
    r" (accounts|classes|clients|connections|cores|instances|measurements|minutes|orders|payouts"
    r"|preemptions|repeats|requests|rows|runs|schedules|statements|steps|times|trials|workers)\b"
)
# Never one: a case of its own comes first, or there are always several.
PLURAL = {
    "{enough} payouts",
    "{stacks.scale} instances",
    "{self.measurements()} measurements",
    "{ledger.reset_all()} accounts",
    "{STEP_LIMIT} steps",
    "{schedules} orders",
    "{task.minutes} minutes",
    "{MOST} requests",
    "{len(_SLOTS)} runs",
    "{self.schedules} schedules",
}


def numbers_before_nouns(source: str) -> Iterator[str]:
    """Yield what an f-string puts before a noun in the plural, and the noun."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for value, text in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant):
                    noun = NOUNS.match(str(text.value))
                    if noun:
                        yield f"{{{ast.unparse(value.value)}}}{noun[0]}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_number_is_counted(folder: str) -> None:
    told = [
        (path.name, words)
        for path in sorted((CHECKOUT / folder).rglob("*.py"))
        for words in numbers_before_nouns(path.read_text("utf-8"))
        if words not in PLURAL
    ]
    assert told == []


def test_one_that_is_not_counted_is_found() -> None:
    assert list(numbers_before_nouns('f"{len(x)} payouts were"')) == ["{len(x)} payouts"]


def test_one_and_many() -> None:
    assert [counted(n, "trial") for n in (0, 1, 2)] == ["0 trials", "1 trial", "2 trials"]
    assert [counted(n, "class", "classes") for n in (1, 2)] == ["1 class", "2 classes"]


def test_one_payout_in_an_attack_and_in_a_bench() -> None:
    assert broken_invariants(trial("paid", balance=10, payouts=0, start=10)) == [
        "1 payout acknowledged, 0 logged"
    ]
    assert "1 payout acknowledged, 0 logged" in faults(
        Ledgers(0, 0, 1, 0, 0), Tally(clients=1, paid=1), 1
    )
