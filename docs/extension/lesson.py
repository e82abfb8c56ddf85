"""A lesson as a text: its front matter, its sections, and what is wrong with it.

Pure functions of texts, without Sphinx: the build and the tests both hold lessons to them.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LESSONS = Path(__file__).parents[1] / "lessons"

SECTIONS = (
    "Look",
    "Predict",
    "Step",
    "Run",
    "Explain",
    "In real life",
    "Cost",
    "Change",
    "Key points",
    "For the instructor",
)
FIELDS: dict[str, type] = {
    "strategy": str,
    "question": str,
    "teaching": int,
    "exercises": int,
    "prerequisites": list,
    "objectives": list,
    "key_points": list,
    "misconceptions": list,
}
"""Of the front matter. `teaching` and `exercises` are minutes."""
LABELS = ("**Stuck:**", "**Say:**", "**Cut:**")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_CHOICE = re.compile(r"^- (right|M\d+):", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """One lesson: front matter, title, and the text of each section by its heading."""

    front: dict[str, Any]
    title: str
    sections: dict[str, str]


@cache
def order() -> tuple[str, ...]:
    """Return the slugs in the order to teach them: the first is lesson 01."""
    return tuple(tomllib.loads((LESSONS / "order.toml").read_text("utf-8"))["order"])


def file_of(slug: str) -> Path:
    """Return the lesson's file.

    Raises:
        ValueError: the order does not name such a strategy.
    """
    return LESSONS / f"{order().index(slug) + 1:02}.md"


def parse(text: str) -> Lesson:
    """Return the lesson that a text is; what it lacks is empty."""
    found = _FRONT.match(text)
    front, body = (yaml.safe_load(found[1]), found[2]) if found else ({}, text)
    head, *parts = re.split(r"^## +", body, flags=re.MULTILINE)
    title = re.search(r"^# +(.+)$", head, re.MULTILINE)
    sections = {part.partition("\n")[0].strip(): part.partition("\n")[2] for part in parts}
    return Lesson(front if isinstance(front, dict) else {}, title[1] if title else "", sections)


def problems(lesson: Lesson, slug: str, known: set[str]) -> list[str]:
    """Return what is wrong with the lesson of a strategy, a line each; `known` misconceptions."""
    found = [*_of_fields(lesson.front, slug), *_of_sections(lesson, slug)]
    return found or list(_of_misconceptions(lesson, known))


def _of_fields(front: dict[str, Any], slug: str) -> Iterator[str]:
    for field, kind in FIELDS.items():
        if not isinstance(front.get(field), kind):
            yield f"the front matter has no {field} that is a {kind.__name__}"
    if front.get("strategy") != slug:
        yield f"it is the lesson of {front.get('strategy')}, where the order has {slug}"
    for needed in front.get("prerequisites") or []:
        if needed not in order()[: order().index(slug)]:
            yield f"no lesson before it is that of {needed}"
    if len(front.get("objectives") or []) != 2:
        yield "a lesson has two objectives"
    if not 1 <= len(front.get("key_points") or []) <= 3:
        yield "a lesson has one to three key points"


def _of_sections(lesson: Lesson, slug: str) -> Iterator[str]:
    if tuple(lesson.sections) != SECTIONS:
        yield f"its sections are not {', '.join(SECTIONS)}"
        return
    if slug in lesson.title or not lesson.title:
        yield "its title is missing, or tells the strategy's name before the vote"
    needed = {
        "Look": rf"\{{strategy-code\}} {slug}\b",
        "Predict": r"\{question\}",
        "Step": rf"\{{stepper\}} (flask|django)-{slug}\b",
        "Run": r"^```sh\n",
        "In real life": r"\]\(https://",
        "Cost": r"choosing\.md",
        "Key points": r"\{key-points\}",
        "For the instructor": r"\{instructor\}",
    }
    for section, pattern in needed.items():
        if not re.search(pattern, lesson.sections[section], re.MULTILINE):
            yield f"its section {section} has nothing like {pattern}"
    for section in SECTIONS:
        if not lesson.sections[section].strip():
            yield f"its section {section} is empty"
    if slug in lesson.sections["Predict"]:
        yield "its question tells the strategy's name before the vote"
    for label in LABELS:
        if label not in lesson.sections["For the instructor"]:
            yield f"its box for the instructor has no {label}"


def _of_misconceptions(lesson: Lesson, known: set[str]) -> Iterator[str]:
    said = _CHOICE.findall(lesson.sections["Predict"])
    wrong = sorted(each for each in said if each != "right")
    if said.count("right") != 1 or len(wrong) < 2:
        yield "its question has not one right choice and two wrong ones or more"
    if unknown := sorted({*wrong, *lesson.front["misconceptions"]} - known):
        yield f"nobody knows the misconceptions {', '.join(unknown)}"
    if {*wrong} != {*lesson.front["misconceptions"]}:
        yield "its front matter names other misconceptions than its question"
