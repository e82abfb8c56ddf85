"""The rules of a withdrawal that do not depend on a framework: amounts, words, refusals."""

import re
import unicodedata

LARGEST_AMOUNT = 2**31 - 1  # the amount column is a PostgreSQL integer

SUCCESS = "Withdrawal successful"
INSUFFICIENT_FUNDS = "Insufficient funds"
NOT_A_WHOLE_NUMBER = "Enter the amount as a whole number."
NOT_POSITIVE = "Enter an amount greater than zero."
TOO_LARGE = f"Enter an amount of at most {LARGEST_AMOUNT}."
BAD_LOGIN = "Wrong username or password."
CSRF_FAILED = "The form's token is missing or wrong. Open the page again and retry."
FORBIDDEN = "This page is for administrators."
BAD_REQUEST = "The request could not be understood."
SERVER_ERROR = "Something went wrong on our side."
NOT_FOUND = "There is no such page."
NOT_ALLOWED = "This address does not take that kind of request."
BODY_TOO_LARGE = "That was more than a form of this site sends."
NO_PASSWORD = "A new account needs a password."  # noqa: S105
HAS_HISTORY = "This user has history and cannot be deleted."


class InsufficientFunds(Exception):  # noqa: N818 - the name of the domain, not of a fault
    """The account does not hold the amount; nothing was changed."""


class InvalidAmount(ValueError):  # noqa: N818
    """The text is no amount that can be withdrawn; its message is shown to the user."""


def parse_amount(text: str | None) -> int:
    """Return the amount that a form field holds, a whole number from 1 to 2**31 - 1.

    ASCII digits only: int() alone would also take '1_0', full-width and Arabic digits.

    Raises:
        InvalidAmount: the field is missing, empty, or no such number.
    """
    text = (text or "").strip()
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise InvalidAmount(NOT_A_WHOLE_NUMBER)
    digits = text.lstrip("+0")
    if text.startswith("-") or not digits:
        raise InvalidAmount(NOT_POSITIVE)
    # int() refuses more than 4300 digits, in words of its own.
    if len(digits) > len(str(LARGEST_AMOUNT)) or int(digits) > LARGEST_AMOUNT:
        raise InvalidAmount(TOO_LARGE)
    return int(digits)


def clean_username(text: str | None) -> str:
    """Return a username as both stacks store and look it up: no blanks around it, NFKC."""
    return unicodedata.normalize("NFKC", text or "").strip()


def is_local_path(target: str | None) -> bool:
    """Tell whether a `next` parameter stays on this site: a path that no browser reads as a host.

    Browsers drop tabs and newlines and take a backslash for a slash, so '/\\t/host' and '/\\host'
    both lead away.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return False
    return "\\" not in target and all(character.isprintable() for character in target)
