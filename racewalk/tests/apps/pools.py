"""The same shop with FastAPI and asyncpg's pool; DRIVER says when a connection is given back.

within      inside the function that handles the request
lingering   by a dependency with yield, and so once the request is answered
restless    likewise, while a thread in the background works all the time
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated, Any

import asyncpg
from fastapi import BackgroundTasks, Depends, FastAPI, Response

from apps.drivers import LOOK, NOTE, TAKE, URL

KIND = os.environ["DRIVER"]
FOR_UPDATE = f"{LOOK} FOR UPDATE"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep a pool while the shop is open."""
    async with asyncpg.create_pool(URL, min_size=1, max_size=2) as pool:
        app.state.pool = pool
        if KIND == "restless":
            asyncio.get_running_loop().run_in_executor(None, _work)
        yield


def _work() -> None:
    while True:
        sum(range(1000))


app = FastAPI(lifespan=lifespan)


async def pooled() -> AsyncIterator[Any]:
    """Take a connection; or what each statement takes one from."""
    if KIND == "within":
        yield None
        return
    async with app.state.pool.acquire() as connection:
        yield connection


Pooled = Annotated[Any, Depends(pooled)]


@asynccontextmanager
async def _within(connection: Any) -> AsyncIterator[Any]:
    if connection is not None:
        yield connection
        return
    async with app.state.pool.acquire() as taken:
        yield taken


@app.get("/")
async def index() -> str:
    """Say that the shop is open."""
    return "open"


@app.post("/buy")
async def buy(connection: Pooled, answer: Response) -> None:
    """Look first, and sell."""
    await sell(connection, answer, LOOK)


@app.post("/buy-locked")
async def buy_locked(connection: Pooled, answer: Response) -> None:
    """Lock while looking."""
    await sell(connection, answer, FOR_UPDATE)


@app.post("/buy-priced")
async def buy_priced(connection: Pooled, answer: Response) -> None:
    """Look with a value that travels in bytes."""
    await sell(connection, answer, f"{LOOK} AND $1::numeric > 0", Decimal("9.90"))


@app.post("/buy-opaque")
async def buy_opaque(connection: Pooled, answer: Response) -> None:
    """Say beside what nobody can read."""
    await sell(connection, answer, f"{LOOK} AND pg_notify('a', 'b') IS NOT NULL")


@app.post("/buy-serial")
async def buy_serial(connection: Pooled, answer: Response) -> None:
    """Sell at SERIALIZABLE, and leave a failure to whoever comes."""
    await sell(connection, answer, LOOK, isolation="serializable")


@app.post("/buy-later")
async def buy_later(answer: Response, later: BackgroundTasks) -> None:
    """Look, and sell once it is answered."""
    left = await app.state.pool.fetchval(LOOK)
    answer.status_code = 201 if left > 0 else 409
    if left > 0:
        later.add_task(app.state.pool.execute, TAKE)


@app.post("/buy-elsewhere")
async def buy_elsewhere(answer: Response, later: BackgroundTasks) -> None:
    """Look, and sell on a connection of its own once it is answered."""
    left = await app.state.pool.fetchval(LOOK)
    answer.status_code = 201 if left > 0 else 409
    if left > 0:
        later.add_task(_take_elsewhere)


async def _take_elsewhere() -> None:
    connection = await asyncpg.connect(URL)
    await connection.execute(TAKE)
    await connection.close()


@app.post("/buy-or-wait")
async def buy_or_wait(answer: Response, later: BackgroundTasks) -> None:
    """Sell, and note who comes too late once that is answered: whoever comes alone does not."""
    left = await app.state.pool.fetchval(f"{TAKE} AND n > 0 RETURNING n")
    if left is None:
        answer.status_code = 202
        later.add_task(app.state.pool.execute, NOTE)


@app.post("/move/{source}/{target}")
async def move(source: int, target: int, connection: Pooled) -> None:
    """Take from one row, and add to another."""
    async with _within(connection) as taken, taken.transaction():
        await taken.execute("UPDATE stock SET n = n - 1 WHERE item = $1", source)
        await taken.execute("UPDATE stock SET n = n + 1 WHERE item = $1", target)


async def sell(
    connection: Any, answer: Response, look: str, *values: Any, isolation: str | None = None
) -> None:
    """Sell one, if that look finds it."""
    answer.status_code = 409
    async with _within(connection) as taken, taken.transaction(isolation=isolation):
        if await taken.fetchval(look, *values) > 0:
            await taken.execute(TAKE)
            await taken.execute(NOTE)
            answer.status_code = 201
