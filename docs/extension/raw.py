"""Pieces of HTML around what a page says; builders of other formats leave them out."""

from docutils import nodes


def html(text: str) -> nodes.raw:
    """Return a piece of HTML as a node."""
    return nodes.raw("", text, format="html")


def wrapped(before: str, inside: list[nodes.Node], after: str) -> list[nodes.Node]:
    """Return nodes between two pieces of HTML, such as a start tag and its end tag."""
    return [html(before), *inside, html(after)]
