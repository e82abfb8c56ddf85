"""A lesson's concept question as the applications' pages show it: one source for both."""

import re
from typing import Any

from markdown_it import MarkdownIt

from docs.extension.beliefs import misconceptions
from docs.extension.lesson import Lesson

LETTERS = "abcdefgh"
_QUESTION = re.compile(r"^```\{question\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CHOICE = re.compile(r"^- (right|M\d+): +(.*(?:\n  .*)*)\n", re.MULTILINE)
# A link within the site leads nowhere from an application's page.
_MARKDOWN = MarkdownIt("commonmark").disable("link")


def question(lesson: Lesson) -> dict[str, Any]:
    """Return a lesson's question, choices and explanation, their texts as HTML.

    Raises:
        ValueError: the lesson has no question, or not just one right choice.
    """
    found = _QUESTION.search(lesson.sections["Predict"])
    parts = _CHOICE.split(found[1]) if found else []
    choices = list(zip(parts[1::3], parts[2::3], strict=True))
    if not found or [says for says, _ in choices].count("right") != 1:
        raise ValueError(f"the lesson “{lesson.title}” has no question with one right choice")
    asked, told = parts[0], parts[-1]
    return {
        "question": _MARKDOWN.render(asked),
        "choices": [_choice(letter, *each) for letter, each in zip(LETTERS, choices, strict=False)],
        "explanation": _MARKDOWN.render(told),
    }


def _choice(letter: str, says: str, text: str) -> dict[str, str]:
    known = misconceptions().get(says)
    return {
        "letter": letter,
        "text": _MARKDOWN.renderInline(" ".join(text.split())),
        "belief": known.belief if known else "",
        "truth": known.truth if known else "",
    }
