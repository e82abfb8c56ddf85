"""Which value was stale in a counterexample: who read it, who changed it, who wrote without it.

Everything named here stands in the counterexample. If no stale read is found in it, nothing is
said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from attack.grade.trial import PAID
from racewalk import Run, Step
from racewalk.story import in_brief
from racewalk.words import name

Lines = Sequence[int | None]
"""For each step of a run the line of the repair that sent it; None where there is none."""
_MARK: Final = re.compile(r" /\* line (\d+) \*/\s*$")
_READS: Final = re.compile(r"\bfrom\s+\"?(\w+)", re.IGNORECASE)
_WRITES: Final = re.compile(r"^\s*(?:update|insert\s+into)\s+\"?(\w+)", re.IGNORECASE)
_ROW: Final = re.compile(r"\bid = (\d+)")
_NUMBER: Final = re.compile(r"= (-?\d+)$")
_CHANGED: Final = re.compile(r"(?:UPDATE|INSERT 0) [1-9]")


@dataclass(frozen=True)
class _Deed:
    """A step that reads or writes: its table, the row if it is known, and a value in words.

    `ended` and `committed` are the choices after which it and its transaction ended.
    """

    request: int
    reads: bool
    table: str
    row: str
    words: str
    line: int | None
    ended: int
    committed: int

    @property
    def number(self) -> int | None:
        """The value that was read or written, where it is one number."""
        found = _NUMBER.search(self.words)
        return int(found[1]) if found else None

    def meets(self, other: _Deed) -> bool:
        """Whether both are of one row, as far as rows are known."""
        same = not (self.row and other.row) or self.row == other.row
        return self.table == other.table and same


def lines_of(run: Run, marked: Run) -> Lines:
    """Return the line of each step, from a run of the same order whose statements are marked."""
    plain, again = (
        [(s.request, _MARK.sub("", s.sql), s.tags, s.completed) for s in each.steps]
        for each in (run, marked)
    )
    if plain != again:
        return [None] * len(run.steps)
    return [int(found[1]) if (found := _MARK.search(s.sql)) else None for s in marked.steps]


def stale_read(run: Run, column: str, amounts: Mapping[int, int], lines: Lines) -> str:
    """Return in a few sentences which read was stale, or ''.

    Args:
        run: the counterexample.
        column: whose values are named; '' names none.
        amounts: by request, by how much it may change a value.
        lines: see `lines_of`.
    """
    deeds = list(_deeds(run, column, lines))
    for write in reversed([deed for deed in deeds if not deed.reads]):
        reads = [
            deed
            for deed in deeds
            if deed.reads
            and deed.request == write.request
            and deed.meets(write)
            and deed.ended < write.ended
        ]
        if not reads:
            continue
        read = _used(reads, write, amounts.get(write.request))
        changes = [
            deed
            for deed in deeds
            if not deed.reads
            and deed.request != write.request
            and deed.meets(write)
            and deed.ended < write.ended
            and (deed.ended > read.ended or read.ended < deed.committed <= write.ended)
        ]
        if changes:
            return _sentence(read, changes[-1], write, reads[-1])
    return ""


def _used(reads: Sequence[_Deed], write: _Deed, amount: int | None) -> _Deed:
    """Return the read that a number was computed from, or else the last."""
    number = write.number
    if number is not None and amount:
        for read in reversed(reads):
            if read.number is not None and abs(read.number - number) == amount:
                return read
    return reads[-1]


def _sentence(read: _Deed, change: _Deed, write: _Deed, last: _Deed) -> str:
    me, other = name(write.request), name(change.request)
    where = _at(read) or " before your function was called"
    did = "wrote" if change.ended > read.ended else "committed"
    begin = (
        f"Request {me} read {read.words}{where}. "
        f"Then request {other} {did} {change.words}{_at(change)}. "
    )
    if last == read:
        return (
            f"{begin}Request {me} did not read it again before it wrote {write.words}{_at(write)}."
        )
    return (
        f"{begin}Request {me} read {last.words}{_at(last)}, "
        f"but it wrote {write.words}{_at(write)}, computed from the earlier value."
    )


def _at(deed: _Deed) -> str:
    return f" in line {deed.line}" if deed.line else ""


def _deeds(run: Run, column: str, lines: Lines) -> Iterator[_Deed]:
    """Yield the reads and writes of the requests that were paid, in the order of their ends."""
    paid = {n for n, answer in enumerate(run.answers) if answer.kind == PAID}
    order = sorted(zip(run.steps, lines, strict=True), key=lambda each: each[0].completed)
    for step, line in order:
        if step.request in paid and (deed := _deed(step, column, run, line)):
            yield deed


def _deed(step: Step, column: str, run: Run, line: int | None) -> _Deed | None:
    if step.error:
        return None
    what = in_brief(step, column, run.masks)
    row = found[1] if (found := _ROW.search(what.sql)) else ""
    ends = [
        each.completed
        for each in run.steps
        if each.request == step.request
        and each.connection == step.connection
        and each.status == "I"
        and each.completed >= step.completed
    ]
    times = (step.completed, min(ends, default=step.completed))
    if found := _WRITES.match(step.line):
        if not any(_CHANGED.match(tag) for tag in step.tags):
            return None
        words = what.writes or f"a row of {found[1]}"
        return _Deed(step.request, False, found[1], row, words, line, *times)
    if step.line.lower().startswith("select") and (found := _READS.search(step.line)):
        if "id" in step.columns and step.rows:
            row = str(step.rows[0][step.columns.index("id")])
        words = what.reads or f"rows of {found[1]}"
        return _Deed(step.request, True, found[1], row, words, line, *times)
    return None
