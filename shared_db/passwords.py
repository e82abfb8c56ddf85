"""One password hash for both stacks: Argon2id in the format that Django stores.

Django writes 'argon2' before the encoded hash of argon2-cffi: 112 characters in all.
"""

import os
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_PREFIX = "argon2"
# Django's parameters and the length of its salts: its login would rewrite any other hash, and a
# rewritten hash ends the sessions of both stacks.
_hasher = PasswordHasher(time_cost=2, memory_cost=102400, parallelism=8, salt_len=22)

turns = BoundedSemaphore(max(1, (os.cpu_count() or 1) // 2))
"""How many hashes a process computes at once; whoever has no turn waits for one.

Each takes 100 MB and eight threads, and 0.2 s of a core. Thirty logins at once would take 3 GB, and
be done no sooner than in turns. Half of the cores, since a stack has two workers.
"""


def hash_password(password: str) -> str:
    """Return the hash of a password, as both stacks store it (112 characters)."""
    with turns:
        return _PREFIX + _hasher.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Tell whether the password belongs to the stored hash; False for a hash of another kind."""
    try:
        with turns:
            return _hasher.verify(stored.removeprefix(_PREFIX), password)
    except (VerificationError, InvalidHashError):
        return False
