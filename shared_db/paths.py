"""Where the lab keeps what it makes: .lab in the checkout, or the folder OVERDRAFT_LAB."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LAB = Path(os.environ.get("OVERDRAFT_LAB") or CHECKOUT / ".lab").resolve()
STATIC = CHECKOUT / "shared_db" / "static"
