"""Which strategy pays, so that the log's row can name it.

The view says so around withdraw(), and both models take it as a column's default: it travels in the
INSERT that the strategy makes anyway, and no race has a statement more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_slug: ContextVar[str | None] = ContextVar("slug", default=None)


@contextmanager
def paying_by(slug: str) -> Iterator[None]:
    """Let every payout within be one of this strategy."""
    token = _slug.set(slug)
    try:
        yield
    finally:
        _slug.reset(token)


def paying_strategy() -> str | None:
    """Return the slug of the strategy that pays in this thread; None outside of paying_by()."""
    return _slug.get()
