"""A shop with one thing left, and two ways to sell it. Needs: flask gunicorn psycopg[binary]."""

import os

import psycopg
from flask import Flask, redirect, request, session

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]


def connect() -> psycopg.Connection:
    """Connect for one request."""
    return psycopg.connect(os.environ["DATABASE_URL"])


@app.get("/")
def home() -> str:
    """Say that the shop is open."""
    return "open"


@app.get("/login")
def form() -> str:
    """Show the form."""
    return (
        '<form method="post"><input name="name"><input type="hidden" name="next" value="/"></form>'
    )


@app.post("/login")
def login():
    """Log in whoever is known."""
    with connect() as connection:
        found = connection.execute(
            "SELECT id FROM customer WHERE name = %s", (request.form["name"],)
        ).fetchone()
    if not found:
        return form()
    session["customer"] = found[0]
    return redirect(request.form["next"])


@app.post("/buy/<int:item>")
def buy(item: int):
    """Look whether it is there, then take it: two customers may both have looked."""
    return sell(item, "SELECT n FROM stock WHERE item = %s")


@app.post("/buy-locked/<int:item>")
def buy_locked(item: int):
    """Lock the row while looking at it: whoever comes second waits, and finds none."""
    return sell(item, "SELECT n FROM stock WHERE item = %s FOR UPDATE")


def sell(item: int, look: str):
    """Sell one, if that look finds it."""
    if "customer" not in session:
        return redirect("/login")
    with connect() as connection:
        (left,) = connection.execute(look, (item,)).fetchone()
        if left < 1:
            return "sold out", 409
        connection.execute("UPDATE stock SET n = n - 1 WHERE item = %s", (item,))
        connection.execute(
            "INSERT INTO sale (item, customer) VALUES (%s, %s)", (item, session["customer"])
        )
    return redirect("/")
