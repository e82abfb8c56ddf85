"""What every template of the site may show."""

from typing import Any

from flask import Flask, request
from flask_wtf.csrf import generate_csrf

from shared_db.accounts import STARTING_MONEY, demo_accounts
from shared_db.twin import twin_of


def shared() -> dict[str, Any]:
    """Return the demo accounts, and the same page on the other stack."""
    return {
        "demo_accounts": demo_accounts(),
        "starting_money": STARTING_MONEY,
        "twin": twin_of("flask", request.headers.get("Host", ""), request.path),
        # Under the name csrf_token Flask-Admin would add it to its own forms, which have theirs.
        "form_token": generate_csrf,
    }


def init_app(app: Flask) -> None:
    """Give all that to the application's templates."""
    app.context_processor(shared)
