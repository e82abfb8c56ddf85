"""What a page is about, for whoever finds it in a list of pages: its first paragraph."""

import html
from textwrap import shorten

from docutils import nodes
from sphinx.application import Sphinx


def describe(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, object],
    doctree: nodes.Node | None,
) -> None:
    """Give a page the beginning of its text for a description; one that has no text gets none."""
    if doctree is None or not (text := beginning(doctree, app.config.described_in)):
        return
    context["metatags"] = (
        f'{context["metatags"]}<meta name="description" content="{html.escape(text)}">\n'
    )


def beginning(page: nodes.Node, characters: int) -> str:
    """Return the first paragraph in one line, cut at a word before so many characters."""
    first = next((each.astext() for each in page.findall(nodes.paragraph)), "")
    return shorten(first, characters, placeholder=" …")
