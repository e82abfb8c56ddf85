"""A shop whose orders are long: 75 statements on 36 tables, 16 of them written."""

import os
import re
from collections.abc import Callable
from typing import Any

import psycopg

READ = range(20)
WRITTEN = range(20, 35)
CONNECTION = psycopg.connect(os.environ["DATABASE_URL"])


def order(customer: int) -> bool:
    """Look at much, take one, note it in many places; 75 statements."""
    with CONNECTION.transaction():  # BEGIN and COMMIT
        for table in READ:
            CONNECTION.execute(f"SELECT n FROM t{table} WHERE customer = %s", (customer,))  # noqa: S608
        for table in (*READ, *READ[:1]):
            CONNECTION.execute(f"SELECT count(*) FROM t{table} WHERE customer = %s", (customer,))  # noqa: S608
        row = CONNECTION.execute("SELECT n FROM stock WHERE item = 7").fetchone()
        if row is None or row[0] < 1:
            return False
        for table in WRITTEN:
            CONNECTION.execute(f"UPDATE t{table} SET n = n + 1 WHERE customer = %s", (customer,))  # noqa: S608
            CONNECTION.execute(f"SELECT n FROM t{table} WHERE customer = %s", (customer,))  # noqa: S608
        CONNECTION.execute("UPDATE stock SET n = %s WHERE item = 7", (row[0] - 1,))
    return True


def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """POST /order/1 is an order of the first customer."""
    found = re.fullmatch(r"/order/(\d)", environ["PATH_INFO"])
    done = order(int(found[1])) if found else True
    start("201 Created" if done else "409 Conflict", [])
    return [b""]
