"""Whoever is never paid is never paid twice."""

from django_app.models import User
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
