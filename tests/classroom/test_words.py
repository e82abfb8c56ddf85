"""What students and the teacher are told, from rows of the queue alone."""

from typing import Any

from classroom import results, words
from classroom.questions import questions
from classroom.queue import Job, Queue

REFUSED = {"solved": False, "reason": "", "said": "It is as it is.", "counterexample": None}
SALVO = "32 requests for 10 each on 160"
EXPLOITED = {
    "place": "no_lock on flask",
    "words": "pays twice",
    "verdict": "exploited",
    "reason": "",
    "requests": 32,
    "start": 160,
    "amount": 10,
    "right": 16,
    "payouts": [32, 31],
    "balance": [-10, 0],
    "conflicts": 0,
    "others": [],
}


def done(queue: Queue, student: str, kind: Any, asked: dict[str, str], told: dict[str, Any]) -> Job:
    """Have a job done with this outcome."""
    queue.ask(student, kind, asked, b"")
    job = queue.take(kind)
    assert job is not None
    queue.finish(job.id, told)
    return queue.job(job.id)


def attacked(queue: Queue, student: str, slug: str = "no_lock", **told: Any) -> Job:
    """Have an attack done."""
    rows = {"rows": [EXPLOITED | told]}
    return done(queue, student, "attack", {"strategy": slug, "stack": "flask"}, rows)


def graded(queue: Queue, student: str, exercise: str, **told: Any) -> Job:
    """Have a grading done."""
    asked = {"exercise": exercise, "stack": "flask"}
    return done(queue, student, "grade", asked, REFUSED | told)


def test_an_attack_is_told_with_its_money(queue: Queue) -> None:
    told = list(words.lines(attacked(queue, "s01")))
    assert told == [
        "attack no_lock on flask:",
        f"  no_lock on flask: pays twice. {SALVO}: paid 32, 31, right were 16.",
    ]


def test_what_touched_others_is_told(queue: Queue) -> None:
    told = list(words.lines(attacked(queue, "s01", others=["alice"], conflicts=2)))
    assert "    Given up with 503: 2 requests." in told
    assert "    Money of others changed: alice. Tell the teacher." in told


def test_a_refusal_is_told_with_an_order_that_shows_it(queue: Queue) -> None:
    steps = [
        {"request": "A", "text": "SELECT money", "facts": ["reads 10"]},
        {"request": "B", "text": "UPDATE\n  account", "facts": []},
    ]
    example = {"trial": "two at once", "steps": steps}
    job = graded(queue, "s01", "1", reason="pays_twice", said="Both\nwere.", counterexample=example)
    assert list(words.lines(job)) == [
        "grade exercise 1 on flask: not yet (pays_twice).",
        "  Both were.",
        "  two at once:",
        "    A  SELECT money; reads 10",
        "    B  UPDATE account",
    ]


def test_after_a_solution_stands_what_held_it(queue: Queue) -> None:
    held = ["In 3 of the 8 orders that were run, a request waited."]
    told = list(words.lines(graded(queue, "s01", "1", solved=True, reason=None, held=held)))
    assert told[0] == "grade exercise 1 on flask: solved. It is as it is."
    assert told[1] == f"  What held it: {held[0]}"
    assert told[2].startswith("  One way that works: ")
    assert any(line.startswith("  Others tried: ") for line in told)


def test_places(queue: Queue) -> None:
    asked = {"strategy": "no_lock", "stack": "flask"}
    first = queue.ask("s01", "attack", asked)
    second = queue.ask("s02", "attack", asked)
    assert words.standing(first, queue.before(first)).endswith("waits, you are next")
    assert words.standing(second, queue.before(second)).endswith("waits, 1 before you")
    queue.take("attack")
    assert words.standing(queue.job(first.id), 0).endswith("it runs now")


def test_results_of_a_class(queue: Queue) -> None:
    attacked(queue, "s01")
    attacked(queue, "s01")
    attacked(queue, "s01", "row_lock", verdict="held")
    graded(queue, "s01", "3", reason="starved")
    graded(queue, "s02", "1", reason="starved")
    graded(queue, "s02", "1", solved=True, reason=None)
    queue.ask("s02", "attack", {"strategy": "no_lock", "stack": "django"})
    one, two, three = results.of_students(("s01", "s02", "s03"), queue.jobs())
    assert (one.found, one.repaired, one.last_reason) == (("no_lock",), (), "starved")
    assert (two.found, two.repaired, two.last_reason) == ((), ("1 flask",), "")
    assert (one.waiting, two.waiting, three.waiting) == (0, 1, 0)
    assert (three.found, three.repaired, three.last_reason) == ((), (), "")


def test_votes_by_misconception(queue: Queue) -> None:
    for student, first, last in (
        ("s01", "M3", "right"),
        ("s02", "M13", "M13"),
        ("s03", "M3", "M3"),
    ):
        queue.vote(student, "row_lock", first)
        queue.vote(student, "row_lock", last)
    queue.vote("s09", "row_lock", "M10")  # not of this class
    here = ("s01", "s02", "s03")
    assert results.by_misconception(queue.votes(), here) == {"M3": (2, 1), "M13": (1, 1)}
    (tally,) = results.tallies(list(questions().values()), queue.votes(), here)
    assert tally.voted == 3
    assert {says: (first, last) for says, _, first, last in tally.choices} == {
        "M13": (1, 1),
        "right": (0, 1),
        "M3": (2, 1),
        "M10": (0, 0),
    }


def test_every_lesson_has_its_question() -> None:
    assert len(questions()) >= 24
    for each in questions().values():
        says = [said for said, _ in each.choices]
        assert says.count("right") == 1
        assert len(says) >= 3
        assert all(text for _, text in each.choices)
        assert "```" not in each.text
