"""Wrong passwords: for one name from one address not more a minute than a person mistypes.

Right ones are not counted, so neither a class behind one address nor the harness meets the limit.
Each worker counts for itself, in memory: what one guesses at several workers is bounded all the
same.
"""

import hashlib

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

WRONG_A_MINUTE = 20
WAIT_S = 60
"""After so many seconds at the latest the name is open again."""

_limit = RateLimitItemPerMinute(WRONG_A_MINUTE)
_limiter = FixedWindowRateLimiter(MemoryStorage())


def is_open(username: str, address: str) -> bool:
    """Tell whether another password is looked at for this name from this address."""
    return _limiter.test(_limit, *_key(username, address))


def count_wrong(username: str, address: str) -> None:
    """Note that a password was wrong."""
    _limiter.hit(_limit, *_key(username, address))


def _key(username: str, address: str) -> tuple[str, str]:
    # A name may be as long as a body; what is kept of it is not.
    return hashlib.sha256(username.encode("utf-8", "surrogatepass")).hexdigest(), address
