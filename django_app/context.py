"""What every template of the site may show."""

from typing import Any

from django.http import HttpRequest

from shared_db.accounts import STARTING_MONEY, demo_accounts
from shared_db.twin import twin_of


def shared(request: HttpRequest) -> dict[str, Any]:
    """Return the demo accounts, and the same page on the other stack."""
    return {
        "demo_accounts": demo_accounts(),
        "starting_money": STARTING_MONEY,
        "twin": twin_of("django", request.headers.get("Host", ""), request.path),
    }
