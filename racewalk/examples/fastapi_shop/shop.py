"""A shop with one thing left, and two ways to sell it. Needs: fastapi uvicorn asyncpg."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep a pool while the shop is open."""
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=2) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


class Login(BaseModel):
    """Who wants to log in."""

    name: str


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the shop is open."""
    return {"status": "open"}


@app.post("/token")
async def token(login: Login) -> dict[str, str]:
    """Give a token to whoever is known."""
    made = secrets.token_hex(16)
    async with app.state.pool.acquire() as connection:
        known = await connection.execute(
            "UPDATE customer SET token = $1 WHERE name = $2", made, login.name
        )
    if known == "UPDATE 0":
        raise HTTPException(401, "nobody of that name")
    return {"access_token": made}


async def customer(authorization: Annotated[str, Header()]) -> int:
    """Return whose token it is."""
    async with app.state.pool.acquire() as connection:
        found = await connection.fetchval(
            "SELECT id FROM customer WHERE token = $1", authorization.removeprefix("Bearer ")
        )
    if found is None:
        raise HTTPException(401, "log in first")
    return found


class Order(BaseModel):
    """What somebody wants."""

    item: int


@app.post("/orders", status_code=201)
async def order(order: Order, who: Annotated[int, Depends(customer)]) -> dict[str, int]:
    """Look whether it is there, then take it: two customers may both have looked."""
    return await sell(order.item, who, "SELECT n FROM stock WHERE item = $1")


@app.post("/orders-locked", status_code=201)
async def order_locked(order: Order, who: Annotated[int, Depends(customer)]) -> dict[str, int]:
    """Lock the row while looking at it: whoever comes second waits, and finds none."""
    return await sell(order.item, who, "SELECT n FROM stock WHERE item = $1 FOR UPDATE")


async def sell(item: int, who: int, look: str) -> dict[str, int]:
    """Sell one, if that look finds it."""
    async with app.state.pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(look, item) < 1:
            raise HTTPException(409, "sold out")
        await connection.execute("UPDATE stock SET n = n - 1 WHERE item = $1", item)
        made = await connection.fetchval(
            "INSERT INTO sale (item, customer) VALUES ($1, $2) RETURNING id", item, who
        )
    return {"order": made}
