"""attack grade and attack exercise: what is refused before anything starts, codes, and the JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from attack.cli import main
from attack.commands.grade import flowing, tell
from attack.grade import workbook
from attack.grade.exercises import exercise
from attack.grade.grader import grade
from attack.grade.lane import Lane
from attack.grade.reasons import INCONCLUSIVE
from attack.grade.shown import Graded
from attack.grade.task import Task
from attack.report.console import console

FIELDS = {
    "exercise",
    "stack",
    "solved",
    "reason",
    "said",
    "held",
    "counterexample",
    "seconds",
}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "99", "--stack", "flask"], "there is no exercise 99; there is 1 to 12"),
        (["grade", "0", "--stack", "flask"], "0 is not in the range"),
        (["grade", "one", "--stack", "flask"], "'one' is not a valid integer"),
        (["grade", "1"], "Missing option '--stack'"),
        (["grade", "1", "--stack", "pyramid"], "'pyramid' is not one of 'flask', 'django'"),
        (["grade", "1", "--stack", "flask", "--file", "/nowhere"], "'/nowhere' does not exist"),
        (["grade", "1", "--stack", "flask", "--file", "/"], "is a directory"),
        (["exercise", "13"], "there is no exercise 13"),
        (["exercise", "1", "--hint", "4"], "4 is not in the range"),
    ],
)
def test_bad_input_gets_one_line(arguments: list[str], words: str) -> None:
    found = CliRunner().invoke(main, arguments)

    assert found.exit_code == 2
    assert words in found.output
    assert len(found.output.strip().splitlines()) == 1


def test_the_json_has_what_was_promised(lane: Lane) -> None:
    task = exercise(1)
    told = grade(Task(task, "flask", task.repair("flask")), lane).to_json()

    assert set(told) == FIELDS
    assert (told["exercise"], told["stack"], told["solved"]) == (1, "flask", False)
    assert told["reason"] == "pays_twice"
    example = told["counterexample"]
    assert {"A", "B"} == {step["request"] for step in example["steps"]}
    assert Path(example["picture"]).read_text("utf-8").startswith("<svg")
    assert example["stepper"] == "lessons/01.html"
    assert json.loads(json.dumps(told)) == told


def test_a_file_of_the_lab_s_own_is_graded_like_any(lane: Lane) -> None:
    strategies = Path("django_app/strategies")

    solved = grade(Task(exercise(1), "django", strategies / "row_lock.py"), lane)
    stale = grade(Task(exercise(1), "django", strategies / "stale_row_lock.py"), lane)

    assert (solved.solved, solved.reason) == (True, None), solved.said
    assert (stale.solved, stale.reason) == (False, "pays_twice"), stale.said


def test_the_same_seed_gives_the_same_numbers(lane: Lane) -> None:
    task = exercise(1)
    first, second, other = (
        grade(Task(task, "flask", task.wrong("flask")[2], seed=seed), lane).said
        for seed in (1, 1, 2)
    )

    assert first == second != other


@pytest.mark.parametrize(
    ("graded", "code"),
    [
        (Graded(1, "flask", True, None, "", None, 1.0), 0),
        (Graded(1, "flask", False, "pays_twice", "", None, 1.0), 1),
        (Graded(1, "flask", False, INCONCLUSIVE, "", None, 1.0), 3),
    ],
)
def test_the_exit_code_tells_it_too(graded: Graded, code: int) -> None:
    assert graded.exit_code == code


def test_after_a_solution_stands_what_held_it(capsys: pytest.CaptureFixture[str]) -> None:
    task = exercise(1)
    held = ("In 3 of the 8 orders that were run, a request waited at [UPDATE].",)
    tell(task, Graded(1, "flask", True, None, "Solved.", None, 9.0, held=held), console())

    shown = " ".join(capsys.readouterr().out.split())
    assert held[0] in shown
    assert " ".join(task.holds.split())[:60] in shown
    assert all(other.what in shown.replace("\n", " ") for other in task.others)
    assert shown.endswith("Next: make exercise N=2")


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (0, "Hint 1 of 3: make exercise N=1 HINT=1"),
        (2, "Hint 3 of 3: make exercise N=1 HINT=3"),
        (3, "Begin anew: make exercise RESET=1"),
    ],
)
def test_the_last_lines_are_the_next_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, taken: int, words: str
) -> None:
    monkeypatch.setattr(workbook, "hints_taken", lambda _exercise: taken)
    tell(exercise(1), Graded(1, "flask", False, "pays_twice", "It was.", None, 1.0), console())

    last = capsys.readouterr().out.splitlines()[-2:]
    assert last == [words, "Grade again: make grade N=1 STACK=flask"]


def test_a_story_flows_in_a_terminal_of_any_width() -> None:
    text = "# A title\n\nOne line,\nand another.\n\n- an item\n  goes on\n- the next\n"

    assert flowing(text) == "# A title\n\nOne line, and another.\n\n- an item goes on\n- the next\n"
