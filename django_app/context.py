"""What every template of the site may show."""

from typing import Any

from django.http import HttpRequest

from shared_db import catalogue
from shared_db.accounts import ADMIN, STARTING_MONEY, STRICT, USERS
from shared_db.twin import twin_of


def shared(request: HttpRequest) -> dict[str, Any]:
    """Return the strategies, the demo accounts, and the same page on the other stack."""
    return {
        "strategies": catalogue.strategies(),
        "demo_accounts": (*USERS[:2], STRICT, ADMIN),
        "starting_money": STARTING_MONEY,
        "twin": twin_of("django", request.headers.get("Host", ""), request.path),
    }
