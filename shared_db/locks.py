"""Classes of advisory locks: the first of a lock's two integers; the second is a user's id.

PostgreSQL knows such locks by numbers alone. A bare id would be one lock for everything that has
ids, so each use has a class of its own.
"""

ACCOUNT = 1
# Of leaked_session_lock: what one stack never gives back must not starve the other.
LEAKED_BY_FLASK = 2
LEAKED_BY_DJANGO = 3
# Of the one account that an attack is on, where others are not kept from theirs.
ATTACKED = 4

ATTACK = "hashtext('overdraft attack')"
"""The key, in SQL, of the lock that an attack holds on all accounts while it lasts.

One on a single account shares it, and holds that of ATTACKED alone.
"""
