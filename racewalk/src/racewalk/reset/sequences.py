"""Sequences as they are now, put back before each schedule.

A session keeps the numbers that CACHE gives it in advance, whatever is set since. They are dropped
once the sequence has another file, as it has after RESTART; so no session brings any along from
the schedule before.
"""

from __future__ import annotations

from typing import Final

from racewalk.schedule.observer import Observer

_CACHED: Final = """
SELECT format('ALTER SEQUENCE %I.%I RESTART', schemaname, sequencename)
FROM pg_sequences WHERE cache_size > 1 AND schemaname NOT LIKE 'pg\\_%'
"""
_VALUES: Final = """
SELECT format('SELECT setval(name, value, called) FROM (VALUES %s) each (name, value, called)',
    string_agg(format('(%L::regclass, %s, %L::boolean)', format('%I.%I', schemaname, sequencename),
        coalesce(last_value, start_value), last_value IS NOT NULL), ', '))
FROM pg_sequences WHERE schemaname NOT LIKE 'pg\\_%' HAVING count(*) > 0
"""


def restoring(observer: Observer) -> list[str]:
    """Return statements that bring all sequences back to what they are now."""
    return [str(row[0]) for query in (_CACHED, _VALUES) for row in observer.run(query)]
