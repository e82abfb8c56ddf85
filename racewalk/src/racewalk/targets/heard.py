"""An answer that nobody wanted, in words: how it begins, and where the application tells more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from racewalk.targets.logs import last_error

_LONGEST: Final = 160
_FAULT: Final = 500
_LOOKED_AT: Final = 64 * 1024
"""Bytes of a body in which its first line of text is looked for."""
Rest = Callable[[], object]
"""Waits until an application rests."""
_UNSHOWN: Final = frozenset({"script", "style", "template"})


def heard(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    log: Path | None = None,
    rest: Rest = lambda: None,
) -> str:
    """Return what is known of an answer beside its status; or ''.

    Args:
        status: of the answer.
        headers: its headers, in lower case.
        body: all of it; its first line of text is told.
        log: what the application prints, which is named; None: nobody knows.
        rest: waits until it has; many tell of an error once they have answered.
    """
    found = []
    if line := first_line(body, headers.get("content-type", "")):
        found.append(repr(line))
    if log:
        if status >= _FAULT:
            rest()
            found += filter(None, [last_error(log)])
        found.append(f"its log is {log}")
    return "; ".join(found)


def first_line(body: bytes, kind: str) -> str:
    """Return the first line of text in a body, cut where it is long; or ''.

    Args:
        body: what was answered.
        kind: its media type.
    """
    text = body[:_LOOKED_AT].decode("utf-8", "replace").strip()
    if "html" in kind or text[:1] == "<":
        page = _Page()
        page.feed(text)
        text = "\n".join(page.texts)
    line = next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."


class _Page(HTMLParser):
    """Collects the texts of a page that somebody would see."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where nothing is shown."""
        del attrs
        if tag in _UNSHOWN:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        if tag in self._within:
            self._within.remove(tag)

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self._within and data.strip():
            self.texts.append(data.strip())
