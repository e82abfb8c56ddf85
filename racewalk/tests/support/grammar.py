"""What drawn programs may say: features by name, each with its SQL.

k is a key, v a small value, c a code, d one that is there. What follows ' -- ' is sent as a value
in binary, whose type the client does not say; ' ;; ' stands between statements that come one after
the other.
"""

_COMMON = {
    "read a row": "SELECT n FROM parent WHERE id = {k}",
    "read by a value": "SELECT id FROM parent WHERE n = {v} ORDER BY id",
    "for update": "SELECT n FROM parent WHERE id = {k} FOR UPDATE",
    "nowait": "SELECT n FROM parent WHERE id = {k} FOR UPDATE NOWAIT",
    "update": "UPDATE parent SET n = {v} WHERE id = {k}",
    "update by itself": "UPDATE parent SET n = n * 2 + {v} WHERE id = {k}",
    "insert": "INSERT INTO child (parent_id, m) VALUES ({k}, {v})",
    "put": "INSERT INTO bag VALUES ({v}, '{c}')",
    "look": "SELECT who FROM bag",
    "nextval": "SELECT nextval('drawn')",
    "savepoint": "SAVEPOINT s",
    "rollback to": "ROLLBACK TO s",
}

PLAIN: dict[str, str] = _COMMON | {
    "sum": "SELECT coalesce(sum(n), 0)::integer FROM parent",
    "count": "SELECT count(*)::integer FROM child WHERE parent_id = {k}",
    "join": "SELECT p.n, c.m FROM parent p JOIN child c ON c.parent_id = p.id ORDER BY c.id",
    "exists": "SELECT EXISTS (SELECT 1 FROM bag WHERE n = {v})::integer",
    "for share": "SELECT n FROM parent WHERE id = {k} FOR SHARE",
    "for no key update": "SELECT n FROM parent WHERE id = {k} FOR NO KEY UPDATE",
    "for key share by a value": "SELECT id FROM parent WHERE n = {v} ORDER BY id FOR KEY SHARE",
    "for update of an alias": "SELECT P.n FROM parent P WHERE P.id = {k} FOR UPDATE OF P NOWAIT",
    "for update of one of two": "SELECT p.n FROM child c JOIN parent p ON p.id = c.parent_id"
    " WHERE c.id = {k} FOR UPDATE OF p",
    "nowait by a value": "SELECT id FROM parent WHERE n = {v} FOR UPDATE NOWAIT",
    "change and lock by it": "UPDATE parent SET n = {v} WHERE id = {k} ;;"
    " SELECT id FROM parent WHERE n = {v} FOR UPDATE NOWAIT",
    "skip locked": "SELECT id FROM child ORDER BY id DESC LIMIT 1 FOR UPDATE SKIP LOCKED",
    "take from a queue": "DELETE FROM bag WHERE ctid = (SELECT ctid FROM bag ORDER BY n, who"
    " LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING n",
    "conditional update": "UPDATE parent SET n = n - 1 WHERE id = {k} AND n >= {v}",
    "update of all": "UPDATE child SET m = m + {v}",
    "update of a key": "UPDATE parent SET code = '{c}' WHERE id = {k}",
    "update of a foreign key": "UPDATE child SET parent_id = {k} WHERE id = 1",
    "update from": "UPDATE child SET m = m + p.n FROM parent p WHERE p.id = parent_id"
    " AND child.id = {k}",
    "update by a query": "UPDATE parent SET n = n + 1 WHERE n = (SELECT max(n) FROM parent)",
    "insert returning": "INSERT INTO child (parent_id) VALUES ({k}) RETURNING id",
    "insert by hand": "INSERT INTO child (id, parent_id) VALUES (3, {k})",
    "insert over a key": "INSERT INTO child (id, parent_id) OVERRIDING USER VALUE VALUES (9, {k})",
    "insert a parent": "INSERT INTO parent VALUES (3, {v}, '{c}')",
    "insert, deferred": "INSERT INTO child (later_id) VALUES (3)",
    "insert defaults": "INSERT INTO audit DEFAULT VALUES",
    "insert if there is none": "INSERT INTO bag SELECT {v}, '{c}'"
    " WHERE NOT EXISTS (SELECT 1 FROM bag WHERE n = {v})",
    "on conflict nothing": "INSERT INTO parent VALUES ({k}, 7, '{c}') ON CONFLICT DO NOTHING",
    "on conflict update": "INSERT INTO parent (id, n) VALUES ({k}, 5) ON CONFLICT (id)"
    " DO UPDATE SET n = parent.n + 5",
    "on conflict of the other key": "INSERT INTO parent VALUES (3, 1, '{d}') ON CONFLICT (code)"
    " DO UPDATE SET n = parent.n * 2",
    "on conflict, was it new": "INSERT INTO parent VALUES (3, {v}, '{c}') ON CONFLICT (id)"
    " DO UPDATE SET n = 6 RETURNING xmax = 0",
    "on conflict to the default": "INSERT INTO child (id, parent_id) VALUES ({k}, 1)"
    " ON CONFLICT (id) DO UPDATE SET at = DEFAULT",
    "merge": "MERGE INTO parent USING (VALUES ({v}, 4)) s(i, x) ON parent.id = s.i"
    " WHEN MATCHED THEN UPDATE SET n = n + x WHEN NOT MATCHED THEN INSERT (id, n) VALUES (i, x)",
    "insert from select": "INSERT INTO audit (what) SELECT who FROM bag",
    "move with a WITH": "WITH d AS (DELETE FROM bag WHERE n = {v} RETURNING who)"
    " INSERT INTO audit (what) SELECT who FROM d",
    "delete": "DELETE FROM child WHERE id = {k}",
    "delete using": "DELETE FROM child USING parent p WHERE p.id = parent_id AND p.n = {v}",
    "delete of a parent": "DELETE FROM parent WHERE id = 3",
    "take out": "DELETE FROM bag WHERE n = {v}",
    "take out all": "TRUNCATE bag",
    "limit": "SELECT who FROM bag WHERE n > 1 LIMIT 1",
    "limit with ties": "SELECT who FROM bag ORDER BY n FETCH FIRST 1 ROW WITH TIES",
    "first of each": "SELECT DISTINCT ON (n) n, who FROM bag ORDER BY n",
    "gather": "SELECT string_agg(who, ',') FROM bag",
    "gather in an array": "SELECT ARRAY(SELECT who FROM bag WHERE n > 1)",
    "number": "SELECT who, row_number() OVER () FROM bag ORDER BY who",
    "rank": "SELECT id, rank() OVER (ORDER BY n) FROM parent ORDER BY id",
    "union": "SELECT n FROM bag UNION SELECT n FROM parent ORDER BY 1",
    "lateral": "SELECT p.id, l.c FROM parent p, LATERAL"
    " (SELECT count(*) AS c FROM child WHERE parent_id = p.id) l ORDER BY p.id",
    "trigger": "UPDATE filled SET n = n + 1 WHERE id = {k}",
    "audit": "SELECT max(id) FROM audit",
    "check": "INSERT INTO guarded VALUES ({k}, 3)",
    "default": "INSERT INTO filled (id) VALUES ({v})",
    "function": "SELECT trial.version({k})",
    "overload": "SELECT upper({k})",
    "view": "SELECT id, n FROM looked ORDER BY id",
    "update of a view": "UPDATE looked SET n = {v} WHERE id = {k}",
    "for update of a view": "SELECT n FROM looked WHERE id = {k} FOR UPDATE",
    "put what is drawn": "INSERT INTO bag VALUES (nextval('drawn'), '{c}')",
    "setval": "SELECT setval('drawn', 1{v})",
    "last value": "SELECT last_value FROM drawn",
    "currval": "SELECT nextval('drawn'), currval('drawn')",
    "clock": "UPDATE child SET at = now() WHERE id = {k} AND at < now()",
    "statement clock": "UPDATE child SET at = statement_timestamp() WHERE id = {k}",
    "a clock in words": "UPDATE child SET at = LOCALTIMESTAMP(6) WHERE id = {k}",
    "a clock in a text": "UPDATE child SET at = 'now' WHERE id = {k}",
    "ages": "SELECT id FROM child WHERE id < 3 ORDER BY at, id",
    "youngest": "SELECT id FROM child ORDER BY at DESC, id LIMIT 1",
    "write and look who wrote last": "UPDATE parent SET n = n + 1 WHERE id = {k} ;;"
    " SELECT max(b.xmin::text::bigint) > max(p.xmin::text::bigint) FROM bag b, parent p",
    "advisory": "SELECT pg_advisory_xact_lock({k})",
    "advisory, shared": "SELECT pg_advisory_xact_lock_shared({k})",
    "try advisory": "SELECT pg_try_advisory_xact_lock({k})",
    "try advisory, two keys": "SELECT pg_try_advisory_xact_lock({k}, {v})",
    "release": "SAVEPOINT t ;; UPDATE parent SET n = 4 WHERE id = {k} ;; RELEASE t",
    "a level": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "chain": "COMMIT AND CHAIN",
    "cursor": "DECLARE q CURSOR FOR SELECT who FROM bag ORDER BY n, who ;; FETCH q ;; CLOSE q",
    "cursor for update": "DECLARE u CURSOR FOR SELECT n FROM parent ORDER BY id FOR UPDATE ;;"
    " FETCH u ;; CLOSE u",
    "lock table": "LOCK TABLE bag IN SHARE MODE",
    "lock table nowait": "LOCK TABLE parent IN ACCESS EXCLUSIVE MODE NOWAIT",
    "do": "DO 'BEGIN UPDATE parent SET n = n + 7 WHERE id = {k}; END'",
    "two in one": "UPDATE parent SET n = {v} WHERE id = {k}; SELECT max(n) FROM parent",
    "a comment in another": "/* a /* b */ COMMIT; */ UPDATE parent SET n = {v} WHERE id = {k}",
    "nap": "SELECT pg_sleep(0.06)",
    "short timeout": "SET LOCAL lock_timeout = '30ms'",
    "binary value": "UPDATE parent SET n = n + 3 WHERE code = $1 -- {d}",
    "by a code": "UPDATE parent SET n = n * 3 WHERE code = '{d}'",
}
"""What applications say most."""

KEYS: dict[str, str] = _COMMON | {
    "a partial key": "INSERT INTO active VALUES ({v}, {k}, true) ON CONFLICT DO NOTHING",
    "leave a partial key": "UPDATE active SET on_ = false WHERE id = {k}",
    "enter a partial key": "UPDATE active SET on_ = true, grp = 1 WHERE id = 2",
    "on conflict of a partial key": "INSERT INTO active VALUES (3, {k}, true)"
    " ON CONFLICT (grp) WHERE on_ DO UPDATE SET on_ = false",
    "a key that is computed": "INSERT INTO named VALUES ({v}, '{c}') ON CONFLICT DO NOTHING",
    "change a key that is computed": "UPDATE named SET name = upper('{c}') WHERE id = 1",
    "an exclusion": "INSERT INTO booked VALUES ({v}, int4range({k}, {k} + 2))",
    "no exclusion": "DELETE FROM booked WHERE id = {v}",
    "a place": "UPDATE placed SET pos = {v} WHERE id = {k}",
    "all places": "UPDATE placed SET pos = 3 - pos",
    "lock a place": "SELECT pos FROM placed WHERE id = {k} FOR KEY SHARE NOWAIT",
    "check later": "SET CONSTRAINTS ALL DEFERRED",
    "check now": "SET CONSTRAINTS ALL IMMEDIATE",
    "NULLs that meet": "INSERT INTO strict VALUES ({v}, NULL) ON CONFLICT DO NOTHING",
    "change a strict key": "UPDATE strict SET code = '{c}' WHERE id = 1",
    "lock a strict row": "SELECT id FROM strict WHERE id = 1 FOR KEY SHARE NOWAIT",
    "own": "INSERT INTO owned (owner_id) VALUES ({k})",
    "disown": "UPDATE owned SET lender_id = {k} WHERE id = 1",
    "cascade": "DELETE FROM owner WHERE id = {k}",
    "cascade of a key": "UPDATE owner SET id = 3 WHERE id = {k}",
    "owners": "SELECT o.id, count(d.id) FROM owner o LEFT JOIN owned d ON d.owner_id = o.id"
    " GROUP BY o.id ORDER BY o.id",
    "update of what is generated from": "UPDATE doubled SET n = {v} WHERE id = {k}",
    "by what is generated": "SELECT id FROM doubled WHERE twice = 2 * {v} ORDER BY id",
    "into a partition": "INSERT INTO parted VALUES ({v}0, {v})",
    "move between partitions": "UPDATE parted SET k = {v}0 WHERE v = 1",
    "a partition": "SELECT count(*) FROM high",
    "put a number": "INSERT INTO exact VALUES (1.0, 0.{v})",
    "put it otherwise": "INSERT INTO exact VALUES (1.00, 0.7)",
    "numbers in order": "SELECT n FROM exact ORDER BY n",
    "numbers in groups": "SELECT n, count(*) FROM exact GROUP BY 1 ORDER BY 1",
    "the largest number": "SELECT max(n) FROM exact",
    "a sum of fractions": "SELECT sum(x) FROM exact",
}
"""Further kinds of keys and of columns."""

CODE: dict[str, str] = _COMMON | {
    "a trigger takes the time": "INSERT INTO noted (who) VALUES ('{c}')",
    "noted last": "SELECT who FROM noted ORDER BY at DESC, who LIMIT 1",
    "a trigger draws later": "INSERT INTO later VALUES ({v})",
    "a trigger writes later": "INSERT INTO put_off VALUES ({v})",
    "and now": "SET CONSTRAINTS ALL IMMEDIATE",
    "a function takes the time": "UPDATE child SET at = began() WHERE id = {k}",
    "a function that lies": "SELECT id FROM child WHERE m = lies({k}) ORDER BY id",
    "a rule": "UPDATE ruled SET n = {v} WHERE id = {k}",
    "instead of an insert": "INSERT INTO front VALUES ({v})",
    "draws": "SELECT nextval('drawn'), currval('drawn')",
    "audit": "SELECT max(id) FROM audit",
}
"""Code of the application's own."""
