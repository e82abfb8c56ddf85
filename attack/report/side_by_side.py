"""Two texts side by side, with a mark between the lines, as sdiff prints them."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple


class Row(NamedTuple):
    """A line of each text; mark: ' ' the same, '|' changed, '<' left only, '>' right only."""

    left: str
    mark: str
    right: str


def side_by_side(left: Sequence[str], right: Sequence[str]) -> Iterator[Row]:
    """Yield the lines of two texts, those that belong together in one row."""
    matcher = SequenceMatcher(a=left, b=right, autojunk=False)
    for _, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        for pair in zip_longest(left[left_from:left_to], right[right_from:right_to]):
            yield _row(*pair)


def _row(left: str | None, right: str | None) -> Row:
    if left is None:
        return Row("", ">", right or "")
    if right is None:
        return Row(left, "<", "")
    return Row(left, " " if left == right else "|", right)
