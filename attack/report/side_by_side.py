"""Two texts with a mark at the lines that differ: beside each other, or one below the other."""

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
    """Yield the lines of two texts, those that belong together in one row, as sdiff does."""
    for lefts, rights in _blocks(left, right):
        for pair in zip_longest(lefts, rights):
            yield _row(*pair)


def one_below_the_other(left: Sequence[str], right: Sequence[str]) -> Iterator[Row]:
    """Yield what both texts have once; where they differ, the left's lines, then the right's."""
    for lefts, rights in _blocks(left, right):
        if lefts == rights:
            yield from (Row(line, " ", line) for line in lefts)
        else:
            yield from (Row(line, "<", "") for line in lefts)
            yield from (Row("", ">", line) for line in rights)


def _blocks(
    left: Sequence[str], right: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield lines that both texts have, and lines that stand for each other, in order."""
    matcher = SequenceMatcher(a=left, b=right, autojunk=False)
    for _, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        yield left[left_from:left_to], right[right_from:right_to]


def _row(left: str | None, right: str | None) -> Row:
    if left is None:
        return Row("", ">", right or "")
    if right is None:
        return Row(left, "<", "")
    return Row(left, " " if left == right else "|", right)
