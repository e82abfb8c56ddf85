"""A part of a page that a command writes: it stands between two marks, the rest is left alone."""

from shared_db.errors import LabError


def begin(name: str) -> str:
    """Return the mark before the part of this name."""
    return f"<!-- {name}: begin -->"


def end(name: str) -> str:
    """Return the mark after it."""
    return f"<!-- {name}: end -->"


def replaced(page: str, name: str, new: str) -> str:
    """Return a page with a new part between the marks.

    Raises:
        LabError: the marks are not there.
    """
    before, first, rest = page.partition(begin(name))
    _, last, after = rest.partition(end(name))
    if not (first and last):
        raise LabError(f"the page has no place for the {name}: {begin(name)} ... {end(name)}")
    return f"{before}{first}\n{new}\n{last}{after}"
