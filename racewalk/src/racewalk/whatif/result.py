"""What came of a change, in numbers and in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from racewalk.rewrite.changes import Change, Kind
from racewalk.rewrite.texts import legible
from racewalk.search.certificate import Certificate
from racewalk.words import short

Judged = Callable[[Certificate], tuple[str, str]]
"""Says the verdict of a certificate, such as 'safe', and why it is not known where it is not."""

SAFE: Final = "safe"
UNSAFE: Final = "unsafe"
INCONCLUSIVE: Final = "inconclusive"
REFUSED: Final = "impossible"
"""In place of a verdict where a change cannot be made."""
_THESE: Final = {1: "this lock is", 2: "these two are"}
_COLUMNS: Final = re.compile(r"^(SELECT) .{30,}? (FROM\b)", re.IGNORECASE | re.DOTALL)
"""What a SELECT gives, where that is long: what it reads is to be seen."""
_RETRIED: Final = ("40", "55P03")
"""Beginnings of the SQLSTATEs after which the same transaction may well succeed: rollbacks (class
40) and a lock that was not to be had."""


@dataclass(frozen=True, slots=True)
class Result:
    """One change, or two together, explored; or the race as it is.

    Attributes:
        changes: what was changed; nothing: the race as it is.
        verdict: of the certificate, or REFUSED.
        certificate: what the exploration proves; None where there was none.
        why: why it cannot be made, or why the verdict is not known; or ''.
    """

    changes: tuple[Change, ...]
    verdict: str
    certificate: Certificate | None = None
    why: str = ""

    @property
    def schedules(self) -> int:
        """How many schedules there are."""
        return self.certificate.schedules if self.certificate else 0

    @property
    def unsafe(self) -> int:
        """How many of them broke an invariant."""
        return self.certificate.unsafe if self.certificate else 0

    @property
    def waits(self) -> int:
        """In how many of them a request waited for another."""
        return self.certificate.count(lambda end: end.waited) if self.certificate else 0

    @property
    def errors(self) -> dict[str, int]:
        """In how many of them was seen what an application would have to retry, by SQLSTATE."""
        seen = Counter[str]()
        for outcome, count in (self.certificate.outcomes if self.certificate else {}).items():
            for error in outcome.errors:
                if len(error) == 5 and error.startswith(_RETRIED):
                    seen[error] += count
        return dict(sorted(seen.items()))

    @property
    def is_open(self) -> bool:
        """Whether not all was seen, or nothing follows from it."""
        if self.certificate is None or self.certificate.vacuous:
            return False
        return self.verdict == INCONCLUSIVE or not self.certificate.exhausted

    @property
    def counts(self) -> str:
        """'294 of 350', or '-'."""
        if not self.schedules:
            return "-"
        return f"{short(self.unsafe)} of {short(self.schedules)}"

    @property
    def title(self) -> str:
        """What was changed, in words."""
        return " and ".join(map(str, self.changes)) if self.changes else "as it is"

    @property
    def takes_away(self) -> bool:
        """Whether it is locks alone that are taken away."""
        return bool(self.changes) and all(each.kind is Kind.TAKE_AWAY for each in self.changes)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        reduction = self.certificate.reduction if self.certificate else None
        return {
            "verdict": self.verdict,
            "schedules": self.schedules,
            "unsafe": self.unsafe,
            "classes": reduction.classes if reduction else None,
            "unsafe_classes": reduction.unsafe_classes if reduction else None,
            "exhausted": bool(
                self.certificate and self.certificate.exhausted and not self.certificate.vacuous
            ),
            "errors": self.errors,
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A race with all that was changed in it.

    Attributes:
        race: its name.
        as_is: without any change.
        results: of the changes, single ones first.
    """

    race: str
    as_is: Result
    results: Sequence[Result]

    @property
    def repairs(self) -> list[Result]:
        """The changes that make it safe, where it is not."""
        if self.as_is.verdict == SAFE:
            return []
        return [each for each in self.results if each.verdict == SAFE]

    @property
    def holds(self) -> list[Result]:
        """The locks without which it is not safe any more, where it is."""
        if self.as_is.verdict != SAFE:
            return []
        return [each for each in self.results if each.takes_away and breaks(each)]

    @property
    def statements(self) -> dict[str, str]:
        """The statements that were changed, by number and request, without their constants."""
        changes = {change for each in self.results for change in each.changes if change.place}
        found = {
            (change.request, change.statement or 0): change.place.shape
            for change in changes
            if change.place
        }
        return {
            f"{number}{f' of {request}' if request else ''}": _COLUMNS.sub(
                r"\1 … \2", legible(text)
            )
            for (request, number), text in sorted(found.items())
        }

    @property
    def open(self) -> list[Result]:
        """What ended before its verdict was known."""
        return [each for each in (self.as_is, *self.results) if each.is_open]

    def sentence(self, result: Result) -> str:
        """Return in one line what came of a change."""
        if result.verdict == REFUSED:
            return f"cannot be made: {result.why}"
        if result.why:
            return f"{result.verdict}: {result.why}"
        said = f"{result.counts} unsafe" if result.schedules else result.verdict
        if result.verdict not in (SAFE, UNSAFE):
            said += f", {result.verdict}"
        told = self._holding(result) if result.takes_away else self._repairing(result)
        retries = ", ".join(f"{code} in {number}" for code, number in result.errors.items())
        return f"{said}{told}{f' ({retries}, to be tried again)' if retries else ''}"

    def _holding(self, result: Result) -> str:
        one = len(result.changes) == 1
        if self.as_is.verdict != SAFE:
            same = result.unsafe == self.as_is.unsafe and result.schedules == self.as_is.schedules
            return ": without it nothing changes: it holds nothing" if same and one else ""
        if breaks(result):
            return f": {_THESE.get(len(result.changes), 'these are')} what holds it"
        if any(set(result.changes) < set(each.changes) for each in self.holds):
            return ": by itself it holds nothing, for another one does too" if one else ""
        if result.errors != self.as_is.errors:
            return ": it holds nothing, but what has to be tried again is otherwise" if one else ""
        return ": without it nothing changes: it holds nothing" if one else ""

    def _repairing(self, result: Result) -> str:
        if self.as_is.verdict == SAFE:
            return "" if result.verdict == SAFE else ": it breaks what holds"
        if result.verdict == SAFE:
            return ": it repairs"
        return " still" if result.verdict == UNSAFE else ""

    def plain(self) -> dict[str, Any]:
        """Return all of it as JSON holds it."""
        return {
            "race": self.race,
            "as_is": self.as_is.plain(),
            "changes": [
                {"changes": [_plain(change, each) for change in each.changes], **each.plain()}
                for each in self.results
            ],
        }


def _brief(statement: str) -> str:
    return _COLUMNS.sub(r"\1 … \2", legible(statement))


def breaks(result: Result) -> bool:
    """Return whether a race is wrong with these changes, in whichever way."""
    return result.verdict not in (SAFE, REFUSED, INCONCLUSIVE, "vacuous")


def _plain(change: Change, result: Result) -> dict[str, Any]:
    refused = f": cannot be made: {result.why}" if result.verdict == REFUSED else ""
    return {
        "kind": change.kind.value,
        "statement": change.statement,
        "text": f"{change.clause}{refused}",
    }
