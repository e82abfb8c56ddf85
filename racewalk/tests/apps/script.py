"""An application that runs the statements of a request's body, one a line, each by itself."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import psycopg


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Run the statements on a connection for this request; answer with their rows."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        rows: list[Any] = []
        for statement in filter(None, body.split("\n")):
            cursor = connection.execute(statement)
            rows += cursor.fetchall() if cursor.description else []
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [repr(rows).encode()]
