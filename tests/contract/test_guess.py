"""A page tells nothing before a guess, and all of it afterwards."""

import httpx
import pytest

from shared_db import catalogue, guesses, rules
from shared_db.catalogue import Strategy
from shared_db.cut import functions
from shared_db.lesson import Choice, lesson_of
from shared_db.paths import CHECKOUT, STATIC
from tests.contract.browser import GUESS_FORM, Browser, Page
from tests.contract.conftest import Customer

EVERY = pytest.mark.parametrize("strategy", catalogue.strategies(), ids=lambda each: each.slug)
FIRST = catalogue.strategies()[0]


def wrong(strategy: Strategy) -> Choice:
    """Return the first wrong choice of a strategy's question."""
    return next(each for each in lesson_of(strategy.slug).choices if not each.is_right)


def code(page: Page) -> list[str]:
    """Return the texts of the Python that a page shows."""
    return [node.text() for node in page.html.css("pre.python code")]


def file_of(stack: str, strategy: Strategy) -> str:
    """Return where a strategy is written."""
    return f"{stack}_app/strategies/{strategy.slug}.py"


@EVERY
def test_nothing_is_told_before_a_guess(customer: Customer, stack: str, strategy: Strategy) -> None:
    page = customer.browser.get(strategy.path)
    said = page.main.replace(page.text("pre"), "")
    for told in (strategy.slug, strategy.title, strategy.how):
        assert told not in page.text("title")
        assert told not in said
    assert page.html.css(".kind, img, script") == []
    text = (CHECKOUT / file_of(stack, strategy)).read_text("utf-8")
    (shown,) = code(page)
    assert shown.strip() == functions(text).strip()
    assert page.html.css("details[open]") == []
    letters = [node.attributes["value"] for node in page.html.css("#guess input[type=radio]")]
    assert letters == [each.letter for each in lesson_of(strategy.slug).choices]


@EVERY
def test_a_wrong_guess_is_told_what_many_believe_and_what_is_so(
    customer: Customer, strategy: Strategy
) -> None:
    chosen, lesson = wrong(strategy), lesson_of(strategy.slug)
    answer = customer.browser.guess(strategy.path, chosen.letter)
    assert (answer.status, answer.location) == (302, f"{strategy.path}#guess")
    told = customer.browser.get(strategy.path).text("#guess")
    assert f"You guessed {chosen.letter}. Right is {lesson.right.letter}." in told
    assert chosen.belief in told
    assert chosen.truth in told
    assert told.endswith(f"{strategy.kind} {strategy.how}")


@EVERY
def test_a_right_guess_is_told_so(customer: Customer, strategy: Strategy) -> None:
    letter = lesson_of(strategy.slug).right.letter
    customer.browser.guess(strategy.path, letter)
    told = customer.browser.get(strategy.path).text("#guess")
    assert f"You guessed {letter}, and it is right." in told
    assert "What many believe" not in told


@EVERY
def test_afterwards_the_page_shows_all_that_there_is(
    customer: Customer, stack: str, strategy: Strategy
) -> None:
    customer.browser.guess(strategy.path, "a")
    page = customer.browser.get(strategy.path)
    assert strategy.title in page.main
    assert code(page)[1] == (CHECKOUT / file_of(stack, strategy)).read_text("utf-8")
    assert file_of(stack, strategy) in page.main
    for command in ("make attack STRATEGY=", "make explore STRATEGY=", "make compare S="):
        assert f"{command}{strategy.slug}" in page.main
    following = catalogue.by_number(strategy.number + 1)
    links = [node.attributes["href"] for node in page.html.css("main li a")]
    assert links == ["/", *([following.path] if following else [])]


@EVERY
def test_the_picture_is_there_and_its_words_are_those_of_the_recording(
    customer: Customer, stack: str, strategy: Strategy
) -> None:
    customer.browser.guess(strategy.path, "a")
    page = customer.browser.get(strategy.path)
    story = lesson_of(strategy.slug).stories.get(stack)
    pictures = page.html.css("#order img")
    if story is None:
        assert "the explorer leaves this one out" in page.text("#order")
        assert pictures == []
        return
    answer = customer.browser.get(pictures[0].attributes["src"] or "").response
    assert answer.headers["content-type"].partition(";")[0] == "image/svg+xml"
    assert answer.content == (STATIC / story.picture).read_bytes()
    told = page.text("#order")
    for words in (story.known, story.cell, story.hash):
        assert words in told
    sentences = [" ".join(node.text().split()) for node in page.html.css("#order li")]
    assert sentences == [" ".join(each.split()) for each in story.sentences]


def test_a_guess_on_one_stack_is_one_on_both(urls: dict[str, str]) -> None:
    browser = Browser(urls["flask"])
    browser.log_in("alice", "alice")
    browser.guess(FIRST.path, "a")
    browser.base_url = urls["django"]
    browser.log_in("alice", "alice")
    assert FIRST.how in browser.get(FIRST.path).main
    browser.guess("/withdraw2", "b")
    browser.base_url = urls["flask"]
    assert browser.cookies[guesses.COOKIE] == "1a.2b"
    assert FIRST.how in browser.get("/").main


def test_a_guess_can_be_changed_and_is_kept_from_scripts(customer: Customer) -> None:
    fields = customer.browser.get(FIRST.path).fields(GUESS_FORM)
    for letter in "ac":
        answer = customer.browser.post(FIRST.guess_path, fields | {"guess": letter})
        (line,) = [
            each
            for each in answer.response.headers.get_list("set-cookie")
            if each.startswith(guesses.COOKIE)
        ]
        assert line.startswith(f"{guesses.COOKIE}=1{letter};")
        assert "httponly" in line.lower()
        assert "samesite=lax" in line.lower()


@pytest.mark.parametrize("letter", ["", "z", "aa", "A", "<b>", "\0"])
def test_what_is_no_choice_is_refused(customer: Customer, letter: str) -> None:
    answer = customer.browser.guess(FIRST.path, letter)
    assert answer.status == 400
    assert rules.BAD_REQUEST in answer.main
    assert guesses.COOKIE not in answer.response.cookies


def test_without_a_token_nothing_is_kept(customer: Customer) -> None:
    answer = customer.browser.post(FIRST.guess_path, {"guess": "a"})
    assert answer.status == 403
    assert rules.CSRF_FAILED in answer.main


@pytest.mark.parametrize("path", ["/withdraw99/guess", "/withdraw01/guess", "/withdraw1/guess/"])
def test_a_page_that_is_none_asks_nothing(customer: Customer, path: str) -> None:
    fields = customer.browser.get(FIRST.path).fields(GUESS_FORM) | {"guess": "a"}
    assert customer.browser.post(path, fields).status == 404


def test_a_guess_is_sent_and_not_opened(customer: Customer) -> None:
    assert customer.browser.get(FIRST.guess_path).status == 405


def test_a_visitor_logs_in_first(visitor: Browser) -> None:
    token = visitor.get("/login").fields()
    answer = visitor.post(FIRST.guess_path, token | {"guess": "a"})
    assert (answer.status, answer.location.partition("?")[0]) == (302, "/login")


@pytest.mark.parametrize("value", ["", "garbage", "1z", "99a", "1a" * 2000, "%00", "1a.1b.."])
def test_a_broken_cookie_is_none(customer: Customer, value: str) -> None:
    own = "; ".join(f"{name}={each}" for name, each in customer.browser.cookies.items())
    customer.browser.client.cookies = httpx.Cookies()
    headers = {"Cookie": f"{own}; {guesses.COOKIE}={value}"}
    page = customer.browser.request("GET", "/", headers=headers)
    assert page.status == 200
    assert len(page.html.css("#strategies .kind")) == (1 if value.startswith("1a.") else 0)
