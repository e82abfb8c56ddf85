"""The changes of an application's SQL, on each of its connections. Implements `wire.edits`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from racewalk.rewrite.changes import Change, Place, level_of, wraps
from racewalk.rewrite.control import at_level
from racewalk.rewrite.envelope import Envelope
from racewalk.rewrite.patches import apply
from racewalk.rewrite.texts import shape, statements


class Editing:
    """What is changed of an application, while schedules run. Set-up is left as it is.

    Attributes:
        changes: what is changed.
        made: those that were met, and changed a text.
    """

    def __init__(self) -> None:
        self.changes: tuple[Change, ...] = ()
        self.made: set[Change] = set()
        self.running = False
        self._counts: dict[int, Occurrences] = {}

    def select(self, changes: Sequence[Change]) -> None:
        """Make other changes from now on. No schedule runs."""
        self.changes, self.made = tuple(changes), set()

    def connection(self, request: int | None) -> Connection:
        """Return the changes of a new connection."""
        return Connection(self, request)

    def begin(self) -> None:
        """Change what is said from now on, and count anew."""
        self.running = True
        self._counts.clear()

    def rest(self) -> None:
        """Change nothing from now on."""
        self.running = False

    def occurrences(self, request: int) -> Occurrences:
        """Return how often a request has said what, in the schedule that runs."""
        return self._counts.setdefault(request, Occurrences())


class Occurrences:
    """How often one request has said a statement of each shape.

    A transaction that failed does not count: whoever tries again says the same once more.
    """

    def __init__(self) -> None:
        self._said: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._failed = False

    def next(self, shape: str) -> int:
        """Return the number of the next one, from 1, without counting it."""
        return self._said[shape] + 1

    def say(self, shape: str) -> None:
        """Count one."""
        self._said[shape] += 1

    def failed(self) -> None:
        """Learn that a statement failed."""
        self._failed = True

    def over(self, committed: bool) -> None:
        """Learn that no transaction is open."""
        if self._failed and not committed:
            self._said = self._before.copy()
        self._before, self._failed = self._said.copy(), False


class Connection:
    """The changes of one connection. Implements `wire.edits.Edits`."""

    def __init__(self, editing: Editing, request: int | None) -> None:
        self._editing, self._request = editing, request
        self._envelope = Envelope()

    @property
    def _wraps(self) -> bool:
        running = self._editing.running and self._request is not None
        return running and wraps(self._editing.changes)

    def ahead(self, sql: str) -> str:
        """Return what a text is parsed as that is to be executed later."""
        return self._changed(sql, ahead=True)

    def text(self, sql: str) -> str:
        """Return what a text is executed as, now."""
        return self._changed(sql, ahead=False)

    def _changed(self, sql: str, *, ahead: bool) -> str:
        if not self._editing.running:
            return sql
        spans = statements(sql)
        said = [self._patched(sql[start:end], ahead) for start, end in spans]
        if self._wraps:
            self._envelope.level = level_of(self._editing.changes)
            said = self._envelope.planned(said, ahead=ahead)
        pieces, at = [], 0
        for (start, end), statement in zip(spans, said, strict=True):
            pieces += [sql[at:start], statement]
            at = end
        return "".join([*pieces, sql[at:]])

    def _patched(self, statement: str, ahead: bool) -> str:
        changes, found = self._editing.changes, shape(statement)
        number = self._number(found, ahead)
        here = [each for each in changes if each.place and _is_here(each.place, found, number)]
        text = apply(statement, here)
        if text != statement:
            self._editing.made.update(here)
        if level := level_of(changes):
            levelled = at_level(text, level)
            if levelled != text:
                self._editing.made.update(each for each in changes if each.text == level)
            text = levelled
        return text

    def _number(self, found: str, ahead: bool) -> int:
        """Which of the statements of a shape this one is; 0 where requests share a connection."""
        if self._request is None:
            return 0
        counts = self._editing.occurrences(self._request)
        number = counts.next(found)
        if not ahead:
            counts.say(found)
        return number

    def opening(self) -> str | None:
        """Return what has to be run before the next statement, or None."""
        if not self._wraps:
            return None
        self._editing.made.update(each for each in self._editing.changes if each.place is None)
        return self._envelope.opening()

    def closing(self, failed: bool = False) -> str | None:
        """Return what has to be run before the connection is at rest, or None."""
        return self._envelope.closing(failed)

    def tagged(self, tag: str) -> str:
        """Return what the client is told in place of the next command tag."""
        return self._envelope.tagged(tag)

    def failed(self) -> None:
        """Learn that a statement failed, and those behind it in its batch with it."""
        self._envelope.failed()
        if self._request is not None and self._editing.running:
            self._editing.occurrences(self._request).failed()

    def ready(self, status: str, tag: str, *, own: bool) -> None:
        """Learn the status of the transaction, and the last command tag; all is answered."""
        self._envelope.ready(status, own=own)
        if self._request is None or not self._editing.running or own:
            return
        if self._envelope.seen(status) == "I":
            committed = tag in ("COMMIT", "RELEASE")
            self._editing.occurrences(self._request).over(committed)

    def seen(self, status: str) -> str:
        """Return the status of a transaction as the client is told it."""
        return self._envelope.seen(status)


def _is_here(place: Place, shape: str, number: int) -> bool:
    return place.shape == shape and place.nth in (0, number)
