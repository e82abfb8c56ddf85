"""The forms of a page: where each leads, and its fields."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

_FIELDS: Final = frozenset({"input", "select", "textarea", "button"})
_POST: Final = "post"


@dataclass(slots=True)
class Form:
    """A form.

    Attributes:
        action: where it leads, as the page says it; '' where the page itself is meant.
        method: 'get' or 'post'.
        hidden: its hidden fields, with their values.
        visible: names of the others.
    """

    action: str = ""
    method: str = "get"
    hidden: dict[str, str] = field(default_factory=dict)
    visible: set[str] = field(default_factory=set)

    @property
    def names(self) -> frozenset[str]:
        """All of its fields."""
        return frozenset(self.hidden.keys() | self.visible)

    def lacks(self, wanted: Collection[str]) -> list[str]:
        """Return which of these fields it does not have."""
        return [name for name in wanted if name not in self.names]


def forms(page: str) -> list[Form]:
    """Return the forms of a page, in order."""
    parser = _Forms()
    parser.feed(page)
    return parser.found


def meant(found: Sequence[Form], page: str, path: str, wanted: Collection[str]) -> Form:
    """Return the form of a page that a request fills in; an empty one where there is none.

    It is the one that leads where the request goes; of several, and of those where none does, the
    one that has most of the fields.

    Args:
        found: the forms.
        page: path of the page.
        path: where the request goes.
        wanted: the fields that it sends.
    """

    def fit(form: Form) -> tuple[bool, int, bool]:
        posts = form.method == _POST
        leads = posts and _bare(urljoin(page, form.action or page)) == _bare(path)
        return leads, len(wanted) - len(form.lacks(wanted)), posts

    return max(found, key=fit, default=Form())


def _bare(url: str) -> str:
    return urlsplit(url).path


class _Forms(HTMLParser):
    """Collects them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form or a field."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = True
            method = given.get("method", "").lower()
            self.found.append(Form(given.get("action", ""), method or "get"))
        elif self._inside and tag in _FIELDS and (name := given.get("name")):
            if given.get("type", "").lower() == "hidden":
                self.found[-1].hidden[name] = given.get("value", "")
            else:
                self.found[-1].visible.add(name)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self._inside = False
