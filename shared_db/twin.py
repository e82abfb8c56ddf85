"""The same page on the other stack."""

from dataclasses import dataclass
from urllib.parse import quote

from shared_db.runtime import runtime

_NAMES = {"flask": "Flask", "django": "Django"}
_ADMIN = "/admin/"
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Twin:
    """A link: the other stack's name, and the address of the page there."""

    name: str
    url: str


def twin_of(stack: str, host: str, path: str) -> Twin:
    """Return the twin of a page.

    Args:
        stack: 'flask' or 'django', on which the page is.
        host: the request's Host header: by the same name of this machine one stays logged in.
        path: the page's path. Below /admin/ each framework has its own, so its first page is meant.
    """
    (other,) = _NAMES.keys() - {stack}
    name = host.partition(":")[0]
    where = name if name in _LOOPBACK else _LOOPBACK[0]
    there = _ADMIN if path.startswith(_ADMIN) else quote(path)
    return Twin(_NAMES[other], f"http://{where}:{runtime().ports[other]}{there}")
