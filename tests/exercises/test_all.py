"""Every repair is graded, right, wrong and meant to fool; the table is written."""

from collections.abc import Iterator

import pytest

from attack.grade.grader import Task, grade
from attack.grade.lane import Lane
from attack.grade.shown import Graded
from shared_db.paths import lab_folder
from tests.exercises.cases import Case, all_cases

pytestmark = pytest.mark.exhaustive


@pytest.fixture(scope="module")
def table() -> Iterator[list[tuple[Case, Graded]]]:
    """Collect what was found, and write it as a table."""
    rows = list[tuple[Case, Graded]]()
    yield rows
    lines = ["| exercise | stack | file | reason | seconds |", "|---|---|---|---|---|"]
    lines += [
        f"| {case.exercise.number} | {case.stack} | {case.file.name} | "
        f"{graded.reason or 'solved'} | {graded.seconds:.1f} |"
        for case, graded in rows
    ]
    (lab_folder("grade") / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_reason_is_the_named_one(
    lane: Lane, case: Case, table: list[tuple[Case, Graded]]
) -> None:
    graded = grade(Task(case.exercise, case.stack, case.file), lane)
    table.append((case, graded))

    assert graded.reason in case.reasons, graded.said
    assert graded.solved is (case.reason is None)
