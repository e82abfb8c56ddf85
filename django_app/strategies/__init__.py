"""The strategies: each file is one way to write a withdrawal, by the slug of the catalogue.

A strategy checks the balance, debits it and writes the log row, in a transaction that atomic()
ends; in no_lock each statement is one. A refusal changes nothing. Parsing, messages and redirects
are the view's.
"""

from importlib import import_module
from typing import Protocol

from django_app.models import User
from shared_db.catalogue import strategies


class Withdraw(Protocol):
    """The one function of a strategy.

    `user` is the object that the login loaded; `key` names the intent (the page's hidden field).
    Raises InsufficientFunds, with nothing changed.
    """

    def __call__(self, user: User, amount: int, *, key: str) -> None: ...


WITHDRAW: dict[str, Withdraw] = {
    strategy.slug: import_module(f"{__name__}.{strategy.slug}").withdraw
    for strategy in strategies()
}
