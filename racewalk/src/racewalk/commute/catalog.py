"""What PostgreSQL's catalog says of functions, operators, casts and settings.

A name in a statement is PostgreSQL's own only where the database holds nothing else that it could
mean: an application may overload `upper`, or put `version` before it in its search path. So
whatever the application has of that name and number of arguments counts, in any schema.
Source: PostgreSQL documentation, 'pg_proc', 'Function Type Resolution' and 'Volatility'.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Query = Callable[[str], list[tuple[str | None, ...]]]
"""Runs SQL on the explored database and returns the rows of it as text."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the application's.

    Attributes:
        least: arguments that a call has to give.
        most: arguments that a call may give.
        computed: whether `row.name` calls it: its only argument is a row.
        native: whether it is in C: it runs no SQL that plans would tell of.
    """

    least: int
    most: int
    computed: bool
    native: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is read of a database once.

    Attributes:
        functions: the application's, by name.
        operators: the names of its operators.
        casts: whether it converts between PostgreSQL's own types by a function of its own.
        domains: what its domains check and default to, as SQL, by name.
        mentioned: words that the bodies of its functions say, of those in `_WORDS`.
        settings: parameters that the server, the database or a role sets, with each value.
        commits: the names of procedures that end their transaction, or call another.
    """

    functions: Mapping[str, tuple[Function, ...]] = field(default_factory=dict)
    operators: frozenset[str] = frozenset()
    casts: bool = False
    domains: Mapping[str, str] = field(default_factory=dict)
    mentioned: frozenset[str] = frozenset()
    settings: frozenset[tuple[str, str]] = frozenset()
    commits: frozenset[str] = frozenset()


NUMBERS: Final = r"\bx(min|max)\b|\bc(min|max)\b|txid_|xact_id|_snapshot|pg_xact|mxid"
"""What tells of the numbers of transactions: columns that every table has, and functions."""
_STARTS: Final = r"(^|;|\mbegin\M|\mthen\M|\melse\M|\mloop\M|execute\s*(format\s*\()?\s*e?'+)\s*"
"""What stands before a statement in a function's body."""
_UTILITY: Final = (
    r"((truncate|lock|refresh|set|reset|copy|analyze|vacuum|comment|grant|revoke|notify|listen"
    r"|unlisten|discard|cluster|reindex|import|security|load|checkpoint|create|alter|drop)\M"
    r"|do\s*(language|'|[$]))"
)
"""Statements that have no plan."""
_WORDS: Final = {
    # It goes on after a statement that failed, and auto_explain tells nothing of such a one.
    "swallows": r"exception\s+when",
    # They change what no table shows: the session, locks by name, other sessions.
    "hides": r"set_config|transaction_isolation|search_path|_timeout|set\s+constraints|advisory"
    r"|session_replication|notify|dblink|\mcommit\M|\mrollback\M|lock\s+table|currval|lastval|"
    + _STARTS
    + _UTILITY
    # Of SQL that is put together it is told what it does, unless that has no plan.
    + r"|\mexecute\M(?!\s*(format\s*\(\s*)?e?'\s*(select|insert|update|delete|merge|with)\M)",
    "builds": _STARTS + r"(create|alter|drop)\M",
    "timeouts": r"_timeout",
    "draws": r"nextval|setval|last_value",
    "sets": r"setval|restart|alter\s+sequence",
    "clock": r"\mnow\M|current_|localtime|timeofday|_timestamp|'(today|tomorrow|yesterday)\M|uuidv7"
    r"|uuid_generate_v1|\mage\s*\(",
    "numbers": NUMBERS.replace(r"\b", r"\y"),
}
_TOLD: Final = ",".join(
    (
        *("nextval", "setval", "random", "random_normal", "setseed", "gen_random_uuid", "uuidv4"),
        *("uuidv7", "clock_timestamp", "timeofday", "pg_sleep", "pg_sleep_for", "pg_sleep_until"),
    )
)
"""Volatile functions of PostgreSQL's that do nothing, or what other words tell of.

The others count wherever a function's body calls one: PL/pgSQL computes `x := f()` without a plan.
"""
_FIRST_OF_THE_USER: Final = 16384
"""The first object id that is not PostgreSQL's own (FirstNormalObjectId, access/transam.h)."""
_OF_THE_APPLICATION: Final = f"""
    p.oid >= {_FIRST_OF_THE_USER}
    AND NOT (p.provolatile <> 'v' AND l.lanname IN ('c', 'internal') AND EXISTS (
        SELECT FROM pg_depend WHERE (classid, objid, deptype) = ('pg_proc'::regclass, p.oid, 'e')))
"""
_BODY: Final = "p.prosrc || coalesce(pg_get_function_sqlbody(p.oid), '')"
_BARE: Final = f"regexp_replace({_BODY}, '/[*]([^*]|[*]+[^*/])*[*]+/|--[^\\n]*', ' ', 'g')"
_STORED: Final = f"""SELECT FROM (
    SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE oid >= {_FIRST_OF_THE_USER}
    UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT typdefault FROM pg_type
    UNION ALL SELECT pg_get_expr(polqual, polrelid) FROM pg_policy
    UNION ALL SELECT pg_get_expr(polwithcheck, polrelid) FROM pg_policy
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgqual IS NOT NULL
) stored (sql)"""  # noqa: S608
"""The expressions that the catalog keeps outside functions."""
_FACTS: Final = f"""
SELECT json_build_object(
    'functions', (SELECT coalesce(json_agg(json_build_array(
            p.proname, p.pronargs - p.pronargdefaults,
            CASE WHEN p.provariadic <> 0 THEN 1000 ELSE p.pronargs END,
            p.pronargs = 1 AND t.typtype IN ('c', 'p'),
            p.prokind = 'f' AND l.lanname IN ('c', 'internal'))), '[]')
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        LEFT JOIN pg_type t ON t.oid = p.proargtypes[0]
        WHERE p.prorettype <> 'trigger'::regtype AND {_OF_THE_APPLICATION}),
    'operators', (SELECT coalesce(json_agg(DISTINCT oprname), '[]') FROM pg_operator o
        JOIN pg_proc p ON p.oid = o.oprcode JOIN pg_language l ON l.oid = p.prolang
        WHERE o.oid >= {_FIRST_OF_THE_USER} AND {_OF_THE_APPLICATION}),
    'casts', EXISTS (SELECT FROM pg_cast WHERE oid >= {_FIRST_OF_THE_USER}
        AND (castfunc >= {_FIRST_OF_THE_USER} OR castmethod <> 'b')
        AND castsource < {_FIRST_OF_THE_USER} AND casttarget < {_FIRST_OF_THE_USER}),
    'domains', (SELECT coalesce(json_object_agg(typname, text), '{{}}') FROM (
        SELECT t.typname, string_agg(concat_ws(' ', t.typdefault, pg_get_constraintdef(c.oid)), ' ')
            AS text
        FROM pg_type t LEFT JOIN pg_constraint c ON c.contypid = t.oid
        WHERE t.typtype = 'd' AND t.oid >= {_FIRST_OF_THE_USER} GROUP BY t.typname) d),
    'mentioned', (SELECT coalesce(json_agg(word), '[]') FROM json_each_text($words$%s$words$) w
        (word, pattern) WHERE EXISTS (
        SELECT FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE {_OF_THE_APPLICATION} AND ({_BODY} ~* pattern OR {_BARE} ~* pattern
            OR word IN ('swallows', 'hides')
            AND l.lanname NOT IN ('sql', 'plpgsql', 'c', 'internal')
            OR word = 'timeouts' AND p.proconfig::text ~* pattern
            OR word = 'hides' AND {_BARE} ~* (SELECT
                concat('\\m(', string_agg(DISTINCT v.proname, '|'), ')"?\\s*\\(') FROM pg_proc v
                WHERE v.provolatile = 'v' AND v.oid < {_FIRST_OF_THE_USER}
                AND NOT v.proname = ANY ('{{{_TOLD}}}'))
            OR word = 'hides' AND EXISTS (SELECT FROM unnest(p.proconfig) AS setting
                WHERE setting !~* '^(search_path|timezone|datestyle|work_mem|jit)=')))
        OR word IN ('hides', 'timeouts') AND EXISTS ({_STORED} WHERE sql ~* 'set_config'
            AND (word = 'hides' OR sql ~* pattern OR sql ~* 'set_config\\(\\s*[^'']'))
        OR word = 'hides' AND EXISTS (SELECT FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
            JOIN pg_language l ON l.oid = f.prolang
            WHERE NOT t.tgisinternal AND (
                t.tgqual IS NOT NULL AND pg_get_triggerdef(t.oid) ~* pattern
                OR f.oid >= {_FIRST_OF_THE_USER} AND l.lanname IN ('c', 'internal')))
        OR word = 'numbers' AND EXISTS (
            SELECT FROM pg_class WHERE relkind IN ('v', 'm') AND oid >= {_FIRST_OF_THE_USER}
                AND pg_get_viewdef(oid) ~* pattern
            UNION ALL SELECT FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) ~* pattern
            UNION ALL SELECT FROM pg_constraint WHERE pg_get_constraintdef(oid) ~* pattern
            UNION ALL SELECT FROM pg_policy WHERE
                concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
                ~* pattern)),
    'commits', (SELECT coalesce(json_agg(DISTINCT p.proname), '[]') FROM pg_proc p
        JOIN pg_language l ON l.oid = p.prolang
        WHERE p.prokind = 'p' AND {_OF_THE_APPLICATION}
            AND {_BODY} ~* '\\m(commit|rollback|call)\\M'),
    'settings', (SELECT coalesce(json_agg(json_build_array(lower(name), value)), '[]') FROM (
        SELECT split_part(pair, '=', 1) AS name,
               substr(pair, strpos(pair, '=') + 1) AS value
        FROM pg_db_role_setting, unnest(setconfig) pair
        WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        UNION SELECT name, concat(boot.setting, boot.unit) FROM pg_settings boot
        WHERE name LIKE '%%\\_timeout' OR name IN ('default_transaction_isolation', 'search_path',
            'standard_conforming_strings', 'default_transaction_deferrable')
    ) settings)
)
"""  # noqa: S608
_BUILT_IN: Final = """
SELECT bool_or(provolatile = 'v') FROM pg_proc WHERE proname = {}
"""
_SHARED_STATE: Final = (
    *("pg_stat", "txid_", "pg_current_", "pg_lock", "pg_sequence", "pg_get_sequence", "pg_xact"),
    *("pg_blocking", "pg_last_", "pg_wal"),
)
"""Beginnings of stable functions that tell of other sessions."""


class Catalog:
    """What names mean in one database.

    Args:
        query: asks the database.
        facts: what was read of it, or None to read it now.

    Raises:
        RacewalkError: the catalog cannot be read.
    """

    def __init__(self, query: Query, facts: Facts | None = None) -> None:
        self._query = query
        self.facts = facts or _facts(query)
        self._volatile: dict[str, bool | None] = {}

    def is_of_the_application(self, name: str, arguments: int) -> bool:
        """Return whether a call with so many arguments may be of the application's function."""
        found = self.facts.functions.get(name, ())
        return any(function.least <= arguments <= function.most for function in found)

    def is_native(self, name: str) -> bool:
        """Return whether it may be a function in C that does more than compute."""
        return any(function.native for function in self.facts.functions.get(name, ()))

    def is_computed(self, name: str) -> bool:
        """Return whether `row.name` may call a function of the application's."""
        return any(function.computed for function in self.facts.functions.get(name, ()))

    def is_volatile(self, name: str) -> bool | None:
        """Return whether a function of PostgreSQL's own does more than compute; None: it is none.

        Some that are stable tell of other sessions; they count as volatile.
        """
        if name not in self._volatile:
            literal = "'" + name.replace("'", "''") + "'"
            ((volatile,),) = self._query(_BUILT_IN.format(literal))
            shared = name.startswith(_SHARED_STATE) or "_to_xml" in name or "xmlschema" in name
            self._volatile[name] = None if volatile is None else volatile == "t" or shared
        return self._volatile[name]

    def mentions(self, word: str) -> bool:
        """Return whether some function of the application says such a word; see `_WORDS`."""
        return word in self.facts.mentioned

    @property
    def tells_all(self) -> bool:
        """Whether what a function of the application's does is told by the plans that it runs."""
        return not (self.mentions("swallows") or self.mentions("hides"))


def _facts(query: Query) -> Facts:
    ((text,),) = query(_FACTS.replace("%s", json.dumps(_WORDS)).replace("%%", "%"))
    row: dict[str, Any] = json.loads(text or "{}")
    functions: dict[str, tuple[Function, ...]] = defaultdict(tuple)
    for name, least, most, computed, native in row["functions"]:
        functions[name] += (Function(least, most, bool(computed), native),)
    return Facts(
        functions=functions,
        operators=frozenset(row["operators"]),
        casts=row["casts"],
        domains={name: text or "" for name, text in row["domains"].items()},
        mentioned=frozenset(row["mentioned"]),
        settings=frozenset((name, value) for name, value in row["settings"]),
        commits=frozenset(row["commits"]),
    )
