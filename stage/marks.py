"""Adds to each statement a comment with the line of the repair that sent it.

The grader asks for it once, when it runs the counterexample again to name the student's lines.
"""

import os
import sys
from typing import Any

from stage.repair import FILE

WANTED = "MARK_LINES"
"""The variable that asks for it."""


def marked(statement: str) -> str:
    """Return a statement with its comment; unchanged if no line of the repair has sent it."""
    frame = sys._getframe(1)
    while frame:
        if frame.f_code.co_filename == os.environ[FILE]:
            return f"{statement} /* line {frame.f_lineno} */"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return statement


def mark_sqlalchemy() -> None:
    """Mark what SQLAlchemy sends, where that is asked for."""
    if os.environ.get(WANTED):
        from sqlalchemy import Engine, event

        event.listen(Engine, "before_cursor_execute", _before, retval=True)


def _before(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    return marked(statement), parameters


def mark_django() -> None:
    """Mark what Django sends, where that is asked for."""
    if os.environ.get(WANTED):
        from django.db.backends.signals import connection_created

        connection_created.connect(_connected)


def _connected(connection: Any, **_signal: Any) -> None:
    if _wrapped not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wrapped)


def _wrapped(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    return execute(marked(sql), params, many, context)
