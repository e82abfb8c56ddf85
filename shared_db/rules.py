"""The rules of a withdrawal that do not depend on a framework: amounts, words, refusals."""

import re
import secrets
import unicodedata

from shared_db.accounts import STARTING_MONEY, STRICT, USERS, public_accounts, started_as

LARGEST_AMOUNT = 2**31 - 1  # the amount column is a PostgreSQL integer

SUCCESS = "Withdrawal successful"
INSUFFICIENT_FUNDS = "Insufficient funds"
NOT_A_WHOLE_NUMBER = "Enter the amount as a whole number."
NOT_POSITIVE = "Enter an amount greater than zero."
TOO_LARGE = f"Enter an amount of at most {LARGEST_AMOUNT}."
BAD_LOGIN = "Wrong username or password."
EMAIL_CHANGED = "E-mail address changed"
BAD_EMAIL = "Enter an e-mail address, such as name@example.org."
EMAIL_TAKEN = "Another account has this e-mail address."
CONFLICT = "Another request came in between, and this one was given up. Try again."
DERIVED_LEDGER = (
    "On this page the balance is the money on the account less every withdrawal in its log, those "
    "by other pages too, which have taken the money away already: do not mix them."
)
KEY_REUSED = "This form has already paid out another amount: nothing more was paid. Open it again."
BAD_KEY = "The form's key is missing or malformed. Open the page again and retry."
NEEDS_FORBID_OVERDRAFT = (
    "This page needs an account whose balance may not fall below zero, and yours may."
)
NEEDS_ALLOW_OVERDRAFT = (
    "This page needs an account whose balance may fall below zero, and yours may not."
)
RESET_DONE = f"Your account holds {STARTING_MONEY} again, and its log is empty."
ATTACK_UNDER_WAY = "An attack is under way, and a reset would spoil its verdict: wait for its end."
TOO_MANY_LOGINS = "Too many wrong passwords for this name: wait a minute."
CSRF_FAILED = "The form's token is missing or wrong. Open the page again and retry."
FORBIDDEN = "This page is for administrators."
BAD_REQUEST = "The request could not be understood."
SERVER_ERROR = "Something went wrong on our side."
NO_DATABASE = "The database does not answer."
OUTAGE = f"{NO_DATABASE} Wait a moment, and look at your account before you send anything again."
NOT_FOUND = "There is no such page."
NOT_ALLOWED = "This address does not take that kind of request."
BODY_TOO_LARGE = "That was more than a form of this site sends."
NO_PASSWORD = "A new account needs a password."  # noqa: S105
HAS_HISTORY = "This user has history and cannot be deleted."


class InsufficientFunds(Exception):  # noqa: N818 - the name of the domain, not of a fault
    """The account does not hold the amount; nothing was changed."""


class Conflict(Exception):  # noqa: N818
    """Another transaction came in between and this one was undone; it may be tried again."""


class AttackUnderWay(Exception):  # noqa: N818
    """The harness is at work on the accounts; nothing was changed."""


class WaitedTooLong(Conflict):
    """The transaction was undone because a lock was not to be had in time.

    Whoever holds it may do so for long: it is told at once, and not tried again by itself.
    """


class KeyReused(Exception):  # noqa: N818
    """The key belongs to an intent of another amount; nothing was changed."""


class InvalidKey(ValueError):  # noqa: N818
    """The text is no key of an intent; its message is shown to the user."""


class InvalidEmail(ValueError):  # noqa: N818
    """The text is no e-mail address; its message is shown to the user."""


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


def parse_email(text: str | None) -> str:
    """Return the e-mail address that a form field holds, at most 256 characters.

    Whether it exists only a letter to it would tell, so no more is asked than something on either
    side of one @, without blanks and other characters that do not show.

    Raises:
        InvalidEmail: the field is missing, empty, or no such address.
    """
    text = (text or "").strip()
    if len(text) > 256 or not text.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise InvalidEmail(BAD_EMAIL)
    return text


def clean_username(text: str | None) -> str:
    """Return a username as both stacks store and look it up: no blanks around it, NFKC."""
    return unicodedata.normalize("NFKC", text or "").strip()


def new_key() -> str:
    """Return a key for a new intent, 22 characters that nobody guesses."""
    return secrets.token_urlsafe(16)


def parse_key(text: str | None) -> str:
    """Return the key that a form field holds, 1 to 64 of the characters of base64url.

    Raises:
        InvalidKey: the field is missing, empty, or no such key.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text or ""):
        raise InvalidKey(BAD_KEY)
    return str(text)


def account_notice(needed: str, *, username: str, forbid_overdraft: bool) -> str:
    """Return what to tell the owner of an account without the setting that a page needs, or ''.

    Args:
        needed: 'forbid_overdraft', 'allow_overdraft', or '' where the page needs neither.
        username: whose account it is.
        forbid_overdraft: the account's setting now.
    """
    forbids = needed == "forbid_overdraft"
    if not needed or forbids == forbid_overdraft:
        return ""
    reason = NEEDS_FORBID_OVERDRAFT if forbids else NEEDS_ALLOW_OVERDRAFT
    at_start = started_as(username)
    if at_start and at_start.forbid_overdraft == forbids:
        return f"{reason} Reset your account, and it is as it should be."
    other = STRICT if forbids else USERS[0]
    if other not in public_accounts():
        return reason
    return f"{reason} Log in as {other.username} / {other.password}."


def is_local_path(target: str | None) -> bool:
    """Tell whether a `next` parameter stays on this site: a path that no browser reads as a host.

    Browsers drop tabs and newlines and take a backslash for a slash, so '/\\t/host' and '/\\host'
    both lead away.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return False
    return "\\" not in target and all(character.isprintable() for character in target)
