"""Where the lab keeps what it makes: below the checkout, ignored by git."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LAB = CHECKOUT / ".lab"
STATIC = CHECKOUT / "shared_db" / "static"
