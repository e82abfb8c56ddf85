"""Pages that stand elsewhere in the checkout: shown by reference, and links to them followed.

A page whose front matter says `of: racewalk/docs/limits.md` is that file. A link to such a file,
as a reader of the checkout follows it, leads to its page.
"""

import os
import re
from pathlib import Path

from sphinx.application import Sphinx

from shared_db.paths import CHECKOUT

DOCS = CHECKOUT / "docs"
_OF = re.compile(r"\A---\nof: (\S+)\n---\n")
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<path>[^)#\s:]+)(?P<anchor>#[^)]*)?\)")


def read(app: Sphinx, docname: str, content: list[str]) -> None:
    """Put the file in place of a page that refers to it, and have links lead to pages."""
    page = Path(app.env.doc2path(docname))
    origin = page
    if found := _OF.match(content[0]):
        origin = CHECKOUT / found[1]
        app.env.note_dependency(str(origin), docname=docname)
        content[0] = origin.read_text("utf-8")
    content[0] = relinked(content[0], origin.parent, page.parent, shown())


def shown() -> dict[Path, Path]:
    """Return the pages that stand for files of the checkout, by those files."""
    pages = {}
    for page in DOCS.rglob("*.md"):
        if found := _OF.match(page.read_text("utf-8")):
            pages[CHECKOUT / found[1]] = page
    return pages


def relinked(text: str, origin: Path, folder: Path, pages: dict[Path, Path]) -> str:
    """Return a text of one folder as it is shown in another, with its links.

    A link to a file that is no page of the site becomes its words.
    """

    def link(match: re.Match[str]) -> str:
        target = Path(os.path.normpath(origin / match["path"]))
        target = pages.get(target, target)
        if target.exists() and not target.is_relative_to(DOCS):
            return match["text"]
        path = Path(os.path.relpath(target, folder)).as_posix()
        return f"{match['image']}[{match['text']}]({path}{match['anchor'] or ''})"

    return _LINK.sub(link, text)
