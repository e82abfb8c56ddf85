"""The commands that a page shows, and what it says that they print."""

import re
from dataclasses import dataclass
from pathlib import Path

from shared_db.paths import CHECKOUT

DOCS = CHECKOUT / "docs"
_SHELL = re.compile(
    r"^```sh\n(?P<command>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```$)?", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Shown:
    """A command on a page, and lines of what it prints; `…` in a line stands for anything."""

    page: str
    command: str
    lines: tuple[str, ...]


def pages() -> list[Path]:
    """Return the site's own pages, of which none was built."""
    return [page for page in sorted(DOCS.rglob("*.md")) if "_build" not in page.parts]


def shown(text: str, page: str) -> list[Shown]:
    """Return the commands of a page's text, in their order."""
    return [
        Shown(page, block["command"].strip(), tuple((block["printed"] or "").splitlines()))
        for block in _SHELL.finditer(text)
    ]


def missing(lines: tuple[str, ...], output: str) -> list[str]:
    """Return the lines that an output has not, in this order; blanks count once."""
    left, lacking = output.splitlines(), []
    for line in lines:
        found = next((n for n, each in enumerate(left) if _pattern(line).search(each)), None)
        if found is None:
            lacking.append(line)
        else:
            left = left[found + 1 :]
    return lacking


def _pattern(line: str) -> re.Pattern[str]:
    pieces = [r"\s+".join(map(re.escape, piece.split())) for piece in line.split("…")]
    return re.compile(".*".join(rf"(?<!\S){piece}(?!\S)" if piece else "" for piece in pieces))
