"""What the applications' pages tell: guesses, the request to copy, where a lesson is to be read."""

import pytest

from shared_db import by_hand, catalogue, guesses, pages
from shared_db.accounts import CLASS
from shared_db.by_hand import Door
from shared_db.catalogue import Strategy
from shared_db.errors import LabError
from shared_db.lesson import lesson_of
from shared_db.paths import STATIC
from shared_db.runtime import runtime
from shared_db.site import lesson_place

DOOR = Door("127.0.0.1:8001", "csrf_token", "secret", ("session", "csrf"))
EVERY = pytest.mark.parametrize("strategy", catalogue.strategies(), ids=lambda each: each.slug)


@EVERY
def test_a_question_has_one_right_choice_and_beliefs_for_the_others(strategy: Strategy) -> None:
    lesson = lesson_of(strategy.slug)
    assert [each.letter for each in lesson.choices] == list("abcd")
    assert sum(each.is_right for each in lesson.choices) == 1
    assert all(bool(each.belief) == bool(each.truth) for each in lesson.choices)
    for told in (lesson.question, lesson.explanation, *(each.text for each in lesson.choices)):
        assert told.strip()
        assert "```" not in told


def test_only_what_is_not_explored_has_no_story() -> None:
    missing = {
        (strategy.slug, stack)
        for strategy in catalogue.strategies()
        for stack in runtime().ports
        if stack not in lesson_of(strategy.slug).stories
    }
    assert missing == {("leaked_session_lock", "flask")}


@EVERY
def test_a_story_tells_what_the_catalogue_expects(strategy: Strategy) -> None:
    """Where an order goes wrong the picture is of one; else the certificate says of all."""
    for stack, story in lesson_of(strategy.slug).stories.items():
        case = next(each for each in reversed(strategy.cases) if stack in each.stacks)
        wrong = case.expected_on(stack) != "held"
        assert ("None of the" in story.known) is not wrong or "not as it should be" in story.known
        assert ("simplest of them" in story.which) is wrong
        assert (STATIC / story.picture).read_text("utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("cookie", "said"),
    [
        (None, {}),
        ("", {}),
        ("1a", {1: "a"}),
        ("12d.1a", {1: "a", 12: "d"}),
        ("1a.1b", {1: "b"}),
        ("01a.1e.0a.99a.a.1.1A.1aa. 1a", {}),
        ("\u0661a", {}),
        ("1a" * 5000, {}),
    ],
)
def test_a_cookie_says_only_what_a_page_has_asked(cookie: str | None, said: dict[int, str]) -> None:
    assert guesses.read(cookie) == said


def test_what_is_written_is_read_again() -> None:
    all_of_them = {strategy.number: "d" for strategy in catalogue.strategies()}
    assert guesses.read(guesses.written(all_of_them)) == all_of_them


def test_the_log_names_a_strategy_that_was_guessed() -> None:
    assert pages.name_in({}, "row_lock") == "page 3"
    assert pages.name_in({3: "a"}, "row_lock") == "row_lock"
    assert pages.name_in({}, "one of another program") == "one of another program"
    assert pages.name_in({}, None) == ""


@pytest.mark.parametrize(
    ("username", "told"),
    [
        ("bob", "--data-urlencode username=bob --data-urlencode password=bob "),
        ("eve", "--data-urlencode username=eve --data-urlencode password=YOUR-PASSWORD "),
        ("$(x) '", "--data-urlencode 'username=$(x) '\"'\"'' --data-urlencode password="),
    ],
)
def test_the_commands_tell_a_password_that_is_public(username: str, told: str) -> None:
    assert told in by_hand.curl(catalogue.strategies()[0], DOOR, username, 10)


def test_in_a_class_they_tell_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CLASS, "1")
    told = by_hand.curl(catalogue.strategies()[0], DOOR, "alice", 10)
    assert "password=YOUR-PASSWORD " in told


@EVERY
def test_a_request_is_complete_but_for_its_cookies(strategy: Strategy) -> None:
    head, _, body = by_hand.raw(strategy, DOOR, 10).partition("\n\n")
    assert head.startswith(f"POST {strategy.path} HTTP/1.1\nHost: 127.0.0.1:8001\n")
    assert "\nCookie: session=YOURS; csrf=YOURS\n" in head
    assert f"\nContent-Length: {len(body)}" in head
    assert body.startswith("amount=10&csrf_token=secret")
    assert ("&key=" in body) is strategy.keyed


@EVERY
@pytest.mark.parametrize("stack", list(runtime().ports))
def test_two_requests_ask_for_what_shows_the_fault(strategy: Strategy, stack: str) -> None:
    told = pages.insight(strategy, {}, stack, lesson_of, DOOR, "alice")
    assert told.amount == (5 if strategy.slug in ("skip_locked", "leaked_session_lock") else 10)
    assert f"--data amount={told.amount} " in told.curl
    assert f"amount={told.amount}&" in told.raw


def test_a_lesson_is_where_the_site_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lesson_place(1).file == "docs/_build/html/lessons/01.html"
    assert lesson_place(1).url == ""
    monkeypatch.setenv("LESSONS_URL", "http://127.0.0.1:8003/")
    runtime.cache_clear()
    try:
        assert lesson_place(12).url == "http://127.0.0.1:8003/lessons/12.html"
    finally:
        runtime.cache_clear()


def test_what_is_no_address_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSONS_URL", "javascript:alert(1)")
    runtime.cache_clear()
    try:
        with pytest.raises(LabError, match="LESSONS_URL"):
            runtime()
    finally:
        monkeypatch.undo()
        runtime.cache_clear()
