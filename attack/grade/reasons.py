"""Why a repair is refused: a fixed list, the worst first, each with its sentence."""

from __future__ import annotations

from typing import Final

INCONCLUSIVE: Final = "inconclusive"

REASONS: Final[dict[str, str]] = {
    # It does not get so far as to be judged.
    "does_not_load": "Python cannot import the file.",
    "never_returns": "A request was not answered: something waits, or runs in a circle, for ever.",
    "never_ends": "A request tries again and again and never comes to an end.",
    "ends_process": "The code ended the process that it runs in; the next request finds nobody.",
    # It does what no repair may do.
    "starts_processes": "The code starts another program or process. A repair needs none.",
    "eats_memory": "The code took more memory than a whole application needs.",
    "reaches_out": "The code opens a connection of its own. A repair has the one to the database.",
    "lock_file": "The code takes turns by a file. Two workers on two machines share no file; "
    "what they all share is the database.",
    "writes_files": "The code writes to a file. What it has to remember belongs in the database.",
    "meddles": "The code looks behind what it runs on. The verdict is not there: it is read from "
    "the database, by another process.",
    "not_permitted": "The database refused a statement: the application's role may read and change "
    "rows, and no more. The rules of a table are not part of a repair.",
    "sleeps": "The code sleeps. A pause moves the moment at which two meet; they still meet.",
    "speaks_after_answer": "The code went on writing after the answer. What is promised has to be "
    "true when it is promised.",
    "leaves_open": "A transaction is still open after the answer, with its locks.",
    # One request after the other, and already wrong.
    "fails": "The code raised an error that nobody caught.",
    "refuses_all": "Nobody is paid, though the money is there. To refuse everyone is no defence.",
    "refuses_wrongly": "A request was refused that had to be granted.",
    "no_refusal": "A request for more than there is was not refused but given up, as if somebody "
    "had come in between. Who asks for too much is to be told so.",
    "touches_others": "Something changed that belongs to somebody else.",
    "no_check": "More was paid than there was, with nobody else around.",
    "says_paid": "The answer says 'paid', and nothing was.",
    "says_refused": "The answer says no, and it was done all the same.",
    "logs_without_debit": "The log has a payment, and the balance did not change.",
    "skips_log": "The money went, and the log has no row of it.",
    "doubles_log": "The log has more rows than were paid.",
    "wrong_numbers": "The amounts are wrong. Others are asked for each time, so none can be "
    "written into the code.",
    "refuses_repeat": "The same form, sent again, is refused. It was paid, and has to be told so.",
    "leaves_a_trace": "A refusal changed something.",
    # It may hold, but it is not what was asked for.
    "no_row_lock": "No statement locks the row: there is no FOR UPDATE among those that were sent.",
    "no_advisory_lock": "No statement takes an advisory lock.",
    "no_version": "No UPDATE asks for the version that was read.",
    "version_not_bumped": "The row was changed and has the same version as before: whoever "
    "compares it sees no change.",
    "more_than_one_statement": "Check and write are not one statement.",
    "no_constraint": "The balance is written as a number that Python computed, so the rule of the "
    "table sees a number that was right once.",
    # A process dies.
    "stuck_after_crash": "A process died while it was at work, and nobody is paid ever since.",
    # Somebody takes long.
    "lock_expires": "Whoever had the lock was still at work when the other one, tired of waiting, "
    "went on without it. A timeout may end a request; it must not end a lock.",
    # Two at once.
    "pays_twice": "More was paid than there was, and the balance does not show it.",
    "pays_repeat": "One form that was sent twice was paid twice.",
    "lost_update": "There was enough for all that was paid, but the balance shows fewer payments "
    "than the log: a change of the balance was lost.",
    "below_zero": "More was paid than there was: the balance is below zero.",
    "money_vanishes": "The balances fell by more than the log shows as paid.",
    "coupon_twice": "One coupon was redeemed twice.",
    "too_many_prizes": "More prizes were won than there are.",
    "points_below_zero": "More points were spent than there were.",
    "write_skew": "Each of the two changed a row of its own, having looked at the other's: "
    "together they broke the rule.",
    "one_process": "It holds where all requests meet in one process. There are several, and each "
    "has a memory of its own.",
    "deadlock": "Two requests wait for each other. The database ends one of them.",
    "starves": "A request was refused, though there was enough for it.",
    "gives_up": "A request was given up because of a conflict, though there was enough for it: "
    "try again.",
    "stale_retry": "It tries again with what it read the first time, so it meets the same no.",
    "waits_for_strangers": "A request waits for somebody else's, with whom it shares nothing.",
    "aborts_strangers": "A request was given up because of somebody else's, with whom it shares "
    "nothing.",
    INCONCLUSIVE: "No verdict: not every order could be seen.",
}

FATAL_NOTES: Final = (
    "does_not_load",
    "ends_process",
    "starts_processes",
    "eats_memory",
    "reaches_out",
    "lock_file",
    "writes_files",
    "meddles",
    "never_returns",
)
"""What the inside tells, and is believed: it speaks against itself."""

TURNED_AWAY: Final = (
    "gives_up",
    "starves",
    "fails",
    "deadlock",
    "refuses_repeat",
    "aborts_strangers",
)
"""What may come of a wait that was given up: nobody is paid who should not be."""


def severity(reason: str) -> int:
    """Return the place of a reason; the worst has the lowest."""
    return list(REASONS).index(reason)
