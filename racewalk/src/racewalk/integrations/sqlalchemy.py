"""SQLAlchemy: each callable is given an engine that leads through a port of its own."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from racewalk.errors import ScenarioError
from racewalk.wire.proxy import LOOPBACK


class EngineConnections:
    """Engines like one that is given. Implements `targets.calls.Connected`.

    Args:
        engine: an Engine or an AsyncEngine; the others have its URL, but for host and port, and its
            isolation level.

    Raises:
        ScenarioError: it leads to another database than PostgreSQL.
    """

    def __init__(self, engine: Engine | AsyncEngine) -> None:
        if engine.dialect.name != "postgresql":
            raise ScenarioError(f"the engine leads to {engine.dialect.name}: PostgreSQL is needed")
        self._given, self._own = engine, threading.local()

    @property
    def url(self) -> str:
        """URL of the database, past any proxy."""
        url = self._given.url.set(drivername="postgresql", query={})
        return url.render_as_string(hide_password=False)

    def call(self, port: int, call: Callable[..., Any]) -> Any:
        """Call with this thread's engine; a coroutine is run to its end."""
        engine = getattr(self._own, "engine", None)
        if engine is None:
            engine = self._own.engine = self._like(self._given.url.set(host=LOOPBACK, port=port))
        found = call(engine)
        return asyncio.run(_awaited(found)) if inspect.isawaitable(found) else found

    def close(self) -> None:
        """Close this thread's engine."""
        engine = getattr(self._own, "engine", None)
        if isinstance(engine, Engine):
            engine.dispose()

    def _like(self, url: URL) -> Engine | AsyncEngine:
        level = getattr(self._given.dialect, "_on_connect_isolation_level", None)
        more = {"isolation_level": level} if level else {}
        if isinstance(self._given, AsyncEngine):
            # Each call has an event loop of its own, beyond which no connection can be used.
            return create_async_engine(url, poolclass=NullPool, **more)
        return create_engine(url, **more)


async def _awaited(found: Any) -> Any:
    return await found
