"""Every strategy has its lesson, and every lesson has what a lesson needs."""

import ast
import dataclasses
import re

import pytest

from docs.extension import lesson
from docs.extension.beliefs import misconceptions
from docs.extension.lesson import SECTIONS, file_of, order, parse, problems
from shared_db.catalogue import strategies
from shared_db.cut import functions
from shared_db.paths import CHECKOUT

MISCONCEPTIONS = {*misconceptions()}
WHOLE = parse(file_of("no_lock").read_text("utf-8"))


def test_the_order_has_every_row_of_the_catalogue_once() -> None:
    assert sorted(order()) == sorted(each.slug for each in strategies())


def test_there_are_as_many_pages_as_lessons() -> None:
    pages = {file.name for file in lesson.LESSONS.glob("[0-9]*.md")}
    assert pages == {file_of(slug).name for slug in order()}


@pytest.mark.parametrize("slug", order())
def test_a_lesson_lacks_nothing(slug: str) -> None:
    assert problems(parse(file_of(slug).read_text("utf-8")), slug, MISCONCEPTIONS) == []


@pytest.mark.parametrize("field", lesson.FIELDS)
def test_a_lesson_without_a_field_is_told(field: str) -> None:
    front = {key: value for key, value in WHOLE.front.items() if key != field}
    found = problems(dataclasses.replace(WHOLE, front=front), "no_lock", MISCONCEPTIONS)
    assert any(field in each for each in found)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_lesson_without_a_section_is_told(section: str) -> None:
    sections = {name: text for name, text in WHOLE.sections.items() if name != section}
    lacking = dataclasses.replace(WHOLE, sections=sections)
    assert problems(lacking, "no_lock", MISCONCEPTIONS)
    emptied = dataclasses.replace(WHOLE, sections=WHOLE.sections | {section: "\n"})
    assert any(section in each for each in problems(emptied, "no_lock", MISCONCEPTIONS))


@pytest.mark.parametrize(
    ("section", "before", "after"),
    [
        ("Predict", "- M3:", "- M99:"),
        ("Predict", "- right:", "- M4:"),
        ("Predict", "Alice's", "With no_lock, Alice's"),
        ("Look", "no_lock", "row_lock"),
        ("Step", "no_lock", "row_lock"),
        ("Run", "```sh", "```text"),
        ("In real life", "https://", "http://"),
        ("For the instructor", "**Say:**", "Say"),
    ],
)
def test_a_lesson_that_is_spoilt_is_told(section: str, before: str, after: str) -> None:
    assert before in WHOLE.sections[section]
    text = WHOLE.sections[section].replace(before, after)
    spoilt = dataclasses.replace(WHOLE, sections=WHOLE.sections | {section: text})
    assert problems(spoilt, "no_lock", MISCONCEPTIONS)


@pytest.mark.parametrize("needed", ["no_lock", "row_lock", "nothing"])
def test_a_lesson_that_needs_a_later_one_or_none_is_told(needed: str) -> None:
    front = WHOLE.front | {"prerequisites": [needed]}
    assert problems(dataclasses.replace(WHOLE, front=front), "no_lock", MISCONCEPTIONS)


def test_a_lesson_of_another_strategy_is_told() -> None:
    assert problems(WHOLE, "row_lock", MISCONCEPTIONS)


@pytest.mark.parametrize("slug", order())
@pytest.mark.parametrize("stack", ["flask", "django"])
def test_code_is_shown_without_what_gives_it_away(stack: str, slug: str) -> None:
    source = (CHECKOUT / f"{stack}_app/strategies/{slug}.py").read_text("utf-8")
    shown = functions(source)
    assert "def withdraw(" in shown
    assert not re.search(r"^(from|import) ", shown, re.MULTILINE)
    parts = [node for node in ast.walk(ast.parse(shown)) if isinstance(node, ast.FunctionDef)]
    assert [ast.get_docstring(part) for part in parts] == [None] * len(parts)
