"""What is answered to a request, by what the repair did: a word, and a status."""

from psycopg import OperationalError

from shared_db.rules import Conflict, InsufficientFunds, KeyReused
from stage.guard import ForbiddenError
from stage.notes import note
from stage.refusals import Refused
from stage.repair import described

PAID = ("paid", 200)
REFUSED = ("refused", 409)
GIVEN_UP = ("given up", 503)
_REFUSALS = (InsufficientFunds, KeyReused, Refused)


def answered(error: BaseException) -> tuple[str, int]:
    """Return the answer for what a repair raised."""
    if isinstance(error, _REFUSALS):
        return REFUSED
    if isinstance(error, Conflict):
        return GIVEN_UP
    if isinstance(error, SystemExit | KeyboardInterrupt | GeneratorExit):
        note("ends_process", type(error).__name__)
    elif isinstance(error, MemoryError):
        note("eats_memory")
    elif isinstance(error, OperationalError) and error.sqlstate is None:
        # Both frameworks put errors of their own around the driver's: this connection is neither's.
        note("reaches_out", described(error))
    elif not isinstance(error, ForbiddenError):  # that was noted where it was raised
        note("fails", described(error))
    return f"raised {described(error)}", 500
