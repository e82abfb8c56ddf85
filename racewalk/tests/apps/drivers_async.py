"""The same shop by ASGI, with the driver that DRIVER names."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from apps.drivers import LOOK, NOTE, TAKE, URL

_kept: dict[str, Any] = {}


@asynccontextmanager
async def asyncpg_pool() -> AsyncIterator[Callable[..., Any]]:
    """A pool of asyncpg."""
    import asyncpg

    if "pool" not in _kept:
        _kept["pool"] = await asyncpg.create_pool(URL, min_size=1, max_size=2)
    async with _kept["pool"].acquire() as connection, connection.transaction():
        yield connection.fetchval


@asynccontextmanager
async def asyncpg_one_off() -> AsyncIterator[Callable[..., Any]]:
    """A connection of asyncpg for each request."""
    import asyncpg

    connection = await asyncpg.connect(URL)
    try:
        async with connection.transaction():
            yield connection.fetchval
    finally:
        await connection.close()


@asynccontextmanager
async def psycopg_async() -> AsyncIterator[Callable[..., Any]]:
    """An asynchronous connection of psycopg 3 for each request."""
    import psycopg

    async with await psycopg.AsyncConnection.connect(URL) as connection:

        async def fetch(sql: str) -> Any:
            cursor = await connection.execute(sql)
            row = await cursor.fetchone() if cursor.description else None
            return row[0] if row else None

        yield fetch


@asynccontextmanager
async def sqlalchemy_asyncpg() -> AsyncIterator[Callable[..., Any]]:
    """SQLAlchemy's asyncio extension, with asyncpg."""
    from sqlalchemy.ext.asyncio import create_async_engine

    if "engine" not in _kept:
        _kept["engine"] = create_async_engine(URL.replace("postgresql:", "postgresql+asyncpg:"))
    async with _kept["engine"].begin() as connection:

        async def fetch(sql: str) -> Any:
            result = await connection.exec_driver_sql(sql)
            return result.scalar() if result.returns_rows else None

        yield fetch


WAYS = {
    way.__name__: way for way in (asyncpg_pool, asyncpg_one_off, psycopg_async, sqlalchemy_asyncpg)
}


async def app(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """Sell the last one: /buy looks first, /buy-locked locks while it looks."""
    if scope["type"] != "http":
        await _lifespan(receive, send)
        return
    status = 200
    if scope["path"].startswith("/buy"):
        look = f"{LOOK} FOR UPDATE" if scope["path"] == "/buy-locked" else LOOK
        async with WAYS[os.environ["DRIVER"]]() as fetch:
            left = await fetch(look)
            if left > 0:
                await fetch(TAKE)
                await fetch(NOTE)
        status = 201 if left > 0 else 409
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


async def _lifespan(receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
