"""The menu: its words do what they say for the one student whose key it was, and nothing else."""

import pytest

from attack.grade.exercises import exercise
from classroom import exercises
from classroom.menu import HELP, LARGEST_FILE, Menu
from classroom.questions import LETTERS, RIGHT, questions
from classroom.queue import Queue
from shared_db.errors import LabError
from shared_db.lesson import lesson_of
from tests.classroom.test_words import attacked


def menu(queue: Queue, student: str = "s01", file: bytes = b"") -> Menu:
    """Return a student's menu; no desk is open, so nobody waits for what they ask."""
    return Menu(student, queue, lambda: file, lambda: False)


def test_an_attack_is_queued_for_oneself(queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    menu(queue, "s02").say(["attack", "4", "django"])
    (job,) = queue.jobs()
    assert (job.student, job.kind) == ("s02", "attack")
    assert job.asked == {"strategy": "conditional_update", "stack": "django"}
    assert "you are next" in capsys.readouterr().out


def test_a_strategy_can_be_named(queue: Queue) -> None:
    menu(queue).say(["attack", "row_lock", "flask"])
    assert queue.jobs()[0].asked["strategy"] == "row_lock"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["attack"], "needs 2 words"),
        (["attack", "3"], "needs 2 words"),
        (["attack", "3", "flask", "s02"], "needs 2 words"),
        (["attack", "0", "flask"], "no page '0'"),
        (["attack", "25", "flask"], "no page '25'"),
        (["attack", "../../etc/passwd", "flask"], "no page"),
        (["attack", "3", "rails"], "flask or django"),
        (["question", "0"], "no question"),
        (["question", "999"], "no question"),
        (["question", "²"], "no question"),
        (["vote", "6", "z"], "has the answers a to d"),
        (["vote", "6", ""], "has the answers a to d"),
        (["vote", "6"], "needs 2 words"),
        (["results", "s02"], "needs 0 words"),
        (["help", "me"], "help needs 0 words after it, as in: help"),
        (["sh"], "there is no 'sh' here"),
        (["say"], "there is no 'say' here"),
        (["__class__"], "there is no"),
        ([""], "there is no ''"),
        (["grade", "99", "flask"], "no exercise '99'"),
        (["grade", "../1", "flask"], "no exercise"),
        (["exercise", "..", "flask"], "no exercise"),
    ],
)
def test_other_words_are_refused_in_one_line(queue: Queue, said: list[str], told: str) -> None:
    with pytest.raises(LabError) as refused:
        menu(queue).say(said)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert queue.jobs() == []
    assert queue.votes() == []


def test_a_second_attack_waits_for_the_first(queue: Queue) -> None:
    menu(queue).say(["attack", "1", "flask"])
    with pytest.raises(LabError, match="not done yet"):
        menu(queue).say(["attack", "2", "flask"])
    menu(queue, "s02").say(["attack", "2", "flask"])


def test_results_are_ones_own(queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    attacked(queue, "s02")
    menu(queue, "s01").say(["results"])
    assert "no_lock" not in capsys.readouterr().out
    menu(queue, "s02").say(["results"])
    assert "no_lock on flask: pays twice" in capsys.readouterr().out


def test_what_a_file_made_the_grader_say_steers_no_terminal(
    queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    attacked(queue, "s01", reason="\x1b[2Jcleared\x07")
    menu(queue).say(["results"])
    printed = capsys.readouterr().out
    assert "cleared" in printed
    assert "\x1b" not in printed
    assert "\x07" not in printed


def test_a_question_does_not_tell_what_is_right(
    queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    menu(queue).say(["question", "6"])
    menu(queue).say(["vote", "6", "B"])
    printed = capsys.readouterr().out
    asked = questions()[6]
    assert asked.text in printed
    assert all(text in printed for _, text in asked.choices)
    assert "right" not in printed
    assert "M3" not in printed
    (vote,) = queue.votes()
    assert (vote.question, vote.last) == (asked.slug, asked.choices[1][0])


def test_the_help_names_every_word(queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    menu(queue, "s07").say(["help"])
    printed = capsys.readouterr().out
    assert "ssh -F s07/config" in printed
    for word in ("attack", "exercise", "grade", "question", "vote", "results"):
        assert any(line.split()[:1] == [word] for line in HELP.splitlines()), word


@pytest.mark.parametrize("number", exercises.tasks())
def test_an_exercise_is_shown_and_handed_in(
    queue: Queue, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    menu(queue).say(["exercise", number, "flask"])
    told = capsys.readouterr().out
    task = exercise(int(number))
    assert task.repair("flask").read_text("utf-8").strip() in told
    assert task.solution("flask").read_text("utf-8") not in told
    menu(queue, file=b"x = 1\n").say(["grade", number, "flask"])
    (job,) = queue.jobs()
    assert job.asked == {"exercise": number, "stack": "flask"}
    assert queue.file_of(job.id) == b"x = 1\n"


@pytest.mark.parametrize(
    ("file", "told"), [(b" \n", "is empty"), (b"#" * (LARGEST_FILE + 1), "longer than 64 KiB")]
)
def test_files_that_are_no_repair(queue: Queue, file: bytes, told: str) -> None:
    with pytest.raises(LabError, match=told):
        menu(queue, file=file).say(["grade", "1", "flask"])
    assert queue.jobs() == []


def test_letters_are_those_of_the_applications_pages() -> None:
    for asked in questions().values():
        shown = [(choice.letter, choice.is_right) for choice in lesson_of(asked.slug).choices]
        assert shown == [
            (letter, says == RIGHT)
            for letter, (says, _) in zip(LETTERS, asked.choices, strict=False)
        ], asked.slug
