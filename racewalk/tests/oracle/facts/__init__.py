"""Programs written by hand, each about something that PostgreSQL does.

made          how they are written down
locks         row, table and advisory locks
constraints   unique and foreign keys, exclusion, CHECK, deferred ones
levels        isolation levels, savepoints, cursors, how transactions end
writes        ON CONFLICT, MERGE, CTEs that write, RETURNING, sequences
catalog       triggers, rules, views, defaults, policies, functions
sessions      settings, temporary tables, LISTEN, prepared statements
"""

from oracle.facts.catalog import CATALOG
from oracle.facts.constraints import CONSTRAINTS
from oracle.facts.levels import LEVELS
from oracle.facts.locks import LOCKS
from oracle.facts.sessions import SESSIONS
from oracle.facts.writes import WRITES

FACTS = {**LOCKS, **CONSTRAINTS, **LEVELS, **WRITES, **CATALOG, **SESSIONS}
