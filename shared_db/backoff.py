"""The pauses between tries: exponential back-off with full jitter.

M. Brooker, 'Exponential Backoff And Jitter' (AWS Architecture Blog, 2015): a pause drawn from the
whole of 0 to the limit spreads the competitors best.
"""

import random
import time
from collections.abc import Iterator

from shared_db.runtime import runtime
from shared_db.spans import count_retry


def tries() -> Iterator[int]:
    """Yield the number of each try, from 0, after a pause before each but the first.

    How many there are and how long the pauses get, [retry] in runtime.toml says.
    """
    retry = runtime().retry
    for number in range(retry.tries):
        if number:
            count_retry()
            limit_ms = min(retry.cap_ms, retry.base_ms * 2 ** (number - 1))
            time.sleep(random.uniform(0, limit_ms) / 1000)  # noqa: S311 - jitter, no secret
        yield number
