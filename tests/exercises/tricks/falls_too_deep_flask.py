"""Python is led to the end of its stack."""

import re
import sys

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    sys.setrecursionlimit(10**9)

    def deeper(text):
        return re.compile(text) and deeper(text) or eval("(" * 5 + "deeper(text)" + ")" * 5)

    deeper("x")
