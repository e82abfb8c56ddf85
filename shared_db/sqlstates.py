"""SQLSTATEs by which PostgreSQL says that another transaction came in between.

The names and codes are those of 'PostgreSQL Error Codes', appendix A of its manual.
"""

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
LOCK_NOT_AVAILABLE = "55P03"  # lock_timeout ran out, or NOWAIT
CHECK_VIOLATION = "23514"  # the balance sufficed when it was read, not when written

CONFLICTS = frozenset(
    {SERIALIZATION_FAILURE, DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE, CHECK_VIOLATION}
)
