"""Stacks that somebody else started and the environment names, as in the harness's container."""

import os
import string
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from attack import targets
from attack.stacks.where import DATABASE, Instance, Stacks
from shared_db.database_url import database_url
from shared_db.errors import LabError
from shared_db.lab_id import LAB_HEADER, lab_id
from shared_db.runtime import MOST_WORKERS, required, runtime, whole_number


def stacks() -> Stacks | None:
    """Return the stacks of OVERDRAFT_FLASK_URL and its likes, or None where none is set.

    OVERDRAFT_FLASK_OTHER_URL and its likes name instances with OTHER_WORKERS workers, and
    OVERDRAFT_DJANGO_ATOMIC_URL one with 1 worker and ATOMIC_REQUESTS. LAB_ID is what each of their
    answers has to carry.

    Raises:
        LabError: one is set but another, DATABASE_URL or LAB_ID is not; or one cannot be read.
    """
    names = targets.load().stacks
    main = {stack: f"OVERDRAFT_{stack.upper()}_URL" for stack in names}
    if not any(os.environ.get(variable) for variable in main.values()):
        return None
    others = {stack: f"OVERDRAFT_{stack.upper()}_OTHER_URL" for stack in names}
    urls = tuple((stack, _url(variable)) for stack, variable in main.items())
    found = Stacks(
        urls=urls,
        lab_id=_lab_id(urls[0][1]),
        database_url=database_url(),
        workers=runtime().workers,
        scale=runtime().instances,
        others=tuple(
            Instance(stack, _other_workers(), _url(variable))
            for stack, variable in others.items()
            if os.environ.get(variable)
        )
        + tuple(
            Instance("django", 1, _url(variable), atomic_requests=True)
            for variable in ("OVERDRAFT_DJANGO_ATOMIC_URL",)
            if os.environ.get(variable)
        ),
    )
    return replace(found, logs=tuple(_logs(found)))


def _logs(found: Stacks) -> Iterator[tuple[str, str]]:
    """Yield where the logs are, as far as it is known: on Compose's network hosts are services."""
    services = os.environ.get("LAB_HOSTS", "").split()
    for kind, url in found.instances().items():
        host = urlsplit(url).hostname
        if host in services:
            # Behind the proxy stand the main instances, which have the name of their stack.
            service = kind.stack if host == "proxy" else host
            yield str(kind), f"`docker compose logs {service}`"
    if services:
        yield DATABASE, f"`docker compose logs {conninfo_to_dict(found.database_url).get('host')}`"


def _lab_id(url: str) -> str:
    """Return LAB_ID: without it the answers of any other lab would be judged as those of this one.

    Args:
        url: of a stack, for the advice.

    Raises:
        LabError: it is not set.
    """
    if not lab_id():
        raise LabError(
            "LAB_ID is not set, by which the answers of these stacks are known: each of them tells "
            f"it, as in: curl -sI {url}/login | grep -i {LAB_HEADER}"
        )
    return lab_id()


def _other_workers() -> int:
    return whole_number("OTHER_WORKERS", required("OTHER_WORKERS"), largest=MOST_WORKERS)


def _url(variable: str) -> str:
    """Return the address that a variable holds: a host, perhaps a port, and nothing after it.

    Raises:
        LabError: it is not set, or holds something else.
    """
    url = required(variable).rstrip("/")
    if not _is_address(url):
        raise LabError(f"{variable}={url}: an address such as http://127.0.0.1:8001 is needed")
    return url


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # brackets without an end, a port that is none
        return False
    plain = url == f"http://{parts.netloc}" and "@" not in url and url.isascii()
    return bool(plain and parts.hostname and port != 0 and not set(url) & set(string.whitespace))
