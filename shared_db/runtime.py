"""How both stacks run, read from runtime.toml and a few environment variables."""

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared_db.errors import LabError

# For the connection of a health check; libpq counts no fewer seconds.
HEALTH_TIMEOUT_S = 2
MOST_WORKERS = 16
# int() refuses thousands of digits with an error of its own.
_MOST_DIGITS = 20


@dataclass(frozen=True)
class Retry:
    """How often a transaction is tried in all, and how long to pause in between."""

    tries: int
    base_ms: int
    cap_ms: int


@dataclass(frozen=True)
class Runtime:
    """One configuration for both stacks; times say their unit."""

    ports: dict[str, int]
    instances: int
    pooler: bool
    workers: int
    threads: int
    timeout_s: int
    pool_size: int
    pool_timeout_s: int
    prepare: bool
    max_connections: int
    isolation: str
    lock_timeout_ms: int
    statement_timeout_ms: int
    atomic_requests: bool
    retry: Retry
    lessons_url: str


@cache
def runtime() -> Runtime:
    """Return the configuration of this process.

    The variables that the head of the file names win over it. RETRY_CAP_MS=0 retries at once, and
    a timeout of 0 is none.

    Raises:
        LabError: such a variable does not hold a usable number or address, or both ports are the
            same.
    """
    table = tomllib.loads(Path(__file__).with_name("runtime.toml").read_text(encoding="utf-8"))
    ports = {
        stack: _from_environment(f"{stack.upper()}_PORT", port, largest=65535)
        for stack, port in table["ports"].items()
    }
    if len(set(ports.values())) < len(ports):
        raise LabError(f"both stacks would be at port {min(ports.values())}: give each its own")
    return Runtime(
        ports=ports,
        instances=_from_environment("INSTANCES", table["compose"]["instances"], largest=16),
        pooler=_switch("POOLER", table["compose"]["pooler"]),
        workers=_from_environment("WORKERS", table["gunicorn"]["workers"], largest=MOST_WORKERS),
        threads=_from_environment("THREADS", table["gunicorn"]["threads"], largest=64),
        timeout_s=table["gunicorn"]["timeout_s"],
        pool_size=_from_environment("POOL_SIZE", table["pool"]["size"], largest=64),
        pool_timeout_s=table["pool"]["timeout_s"],
        prepare=_switch("PREPARE", table["pool"]["prepare"]),
        max_connections=table["postgres"]["max_connections"],
        isolation=table["postgres"]["isolation"],
        lock_timeout_ms=_milliseconds("LOCK_TIMEOUT_MS", table["postgres"]["lock_timeout_ms"]),
        statement_timeout_ms=_milliseconds(
            "STATEMENT_TIMEOUT_MS", table["postgres"]["statement_timeout_ms"]
        ),
        atomic_requests=_switch("ATOMIC_REQUESTS", table["django"]["atomic_requests"]),
        retry=Retry(
            tries=_from_environment("RETRY_TRIES", table["retry"]["tries"], largest=1000),
            base_ms=table["retry"]["base_ms"],
            cap_ms=_milliseconds("RETRY_CAP_MS", table["retry"]["cap_ms"]),
        ),
        lessons_url=_site("LESSONS_URL", table["lessons"]["url"]),
    )


def _milliseconds(name: str, default: int) -> int:
    return _from_environment(name, default, smallest=0, largest=60_000)


def _switch(name: str, default: bool) -> bool:
    return bool(_from_environment(name, int(default), smallest=0, largest=1))


def _from_environment(name: str, default: int, *, smallest: int = 1, largest: int) -> int:
    return whole_number(
        name, os.environ.get(name, str(default)), smallest=smallest, largest=largest
    )


def _site(name: str, default: str) -> str:
    url = os.environ.get(name, default)
    if url and not url.startswith(("http://", "https://")):
        raise LabError(f"{name}={url}: set it to where the site is served, or unset it")
    return url.rstrip("/")


def whole_number(name: str, text: str, *, smallest: int = 1, largest: int) -> int:
    """Return the number that a variable of the environment holds.

    Raises:
        LabError: the text is none from `smallest` to `largest`.
    """
    digits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not (digits and smallest <= int(text) <= largest):
        raise LabError(
            f"{name}={text}: set it to a whole number from {smallest} to {largest}, or unset it"
        )
    return int(text)


def session_options(others: str = "") -> str:
    """Return libpq's `options` for a connection of an application: its timeouts.

    PostgreSQL reads them as it opens the session, so they cost no statement of their own.

    Args:
        others: what DATABASE_URL has in that place already.
    """
    return (
        f"{others} -c lock_timeout={runtime().lock_timeout_ms} "
        f"-c statement_timeout={runtime().statement_timeout_ms}"
    ).strip()


def allowed_hosts() -> list[str]:
    """Return the host names that both stacks answer to: this machine's, and those of ALLOWED_HOSTS.

    A page of another site whose name was rebound to 127.0.0.1 is none of them.
    """
    return ["127.0.0.1", "localhost", *os.environ.get("ALLOWED_HOSTS", "").split()]


def required(name: str) -> str:
    """Return an environment variable that an application cannot start without.

    Raises:
        LabError: it is not set.
    """
    value = os.environ.get(name, "")
    if not value:
        raise LabError(f"{name} is not set: `make up` starts both applications with all they need")
    return value
