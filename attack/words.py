"""Words that are said in more than one place."""

from typing import Final

from attack.checkers import Verdict

NAMES: Final = {"flask": "Flask", "django": "Django"}
"""What people call the stacks."""

PLAIN: Final[dict[Verdict, str]] = {
    "exploited": "pays twice",
    "held": "holds",
    "starved": "starves",
    "unknown": "unknown",
}
"""The verdicts as tables tell them to people; programs read the verdict itself."""

AS_EXPECTED, NOT_AS_EXPECTED, NOT_DECIDED = "=", "✗", "?"
"""Marks beside a verdict. 'pays twice =' is no success: it is what the catalogue says of it."""


def mark(expected: bool) -> str:
    """Return the mark of a verdict that is what the catalogue expects, or of one that is not."""
    return AS_EXPECTED if expected else NOT_AS_EXPECTED
