"""What the explorations of one row tell together: the disease, by its name.

A balance that allows one payout and one that allows all tell apart what fails. Where an update is
lost, money is created at both. Where only the guard fails, nothing is wrong as long as there is
money for everybody: the amount is subtracted from what is there, and the balance falls below zero
(the guard is missing, or looks at an old balance); or the balance is derived from rows that nobody
changes, each request adds one, and none sees the other's (write skew).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from attack.explore import judge
from attack.explore.cells import worst
from attack.explore.exploration import Exploration
from attack.explore.ledger import accounts
from shared_db.catalogue import Explored, Setting

LOST_UPDATE: Final = "lost update"
MISSING_GUARD: Final = "missing guard"
WRITE_SKEW: Final = "write skew"
MONEY_VANISHES: Final = "money is gone"
PAID_TWICE: Final = "paid twice"
WRONG_AMOUNT: Final = "wrong amount"
NOT_LOGGED: Final = "not logged"
OTHERS_TOUCHED: Final = "touches others"
HOLDS: Final = "holds"
SAFE_HERE: Final = "safe here"
"""Nothing was wrong, and not every setting was explored in which something could be."""
INCONCLUSIVE: Final = "inconclusive"

_BY_BROKEN: Final = {
    judge.ASKED_FOR: PAID_TWICE,
    judge.NOT_NEGATIVE: MISSING_GUARD,
    judge.COVERED: WRITE_SKEW,
    judge.IN_FULL: WRONG_AMOUNT,
    judge.LOGGED: NOT_LOGGED,
}
_WITHOUT_HARM: Final[dict[Explored, str]] = {
    "starved": "starves",
    "waits": "blocks others",
    "aborts": "aborts others",
    "safe": HOLDS,
}


def disease(row: Sequence[Exploration]) -> str:
    """Return in a few words what the explorations of one row on one stack tell.

    Args:
        row: what was found in each setting; at least one.
    """
    if any(each.known == "unsafe" for each in row):
        return _harm(row)
    if any(each.known is None for each in row):
        return INCONCLUSIVE
    found = worst([each.known for each in row if each.known])
    settings = {each.cell.setting for each in row}
    if found == "safe" and settings != set(get_args(Setting)):
        return SAFE_HERE
    return _WITHOUT_HARM[found]


def _harm(row: Sequence[Exploration]) -> str:
    """By what broke: what each invariant guards against has a name."""
    ends = [(each, end) for each in row for end in each.certificate.outcomes if end.unsafe]
    broken = {name for _, end in ends for name in end.violations}
    if judge.UNTOUCHED in broken:
        return OTHERS_TOUCHED
    if judge.CONSERVED in broken:
        ledgers = [part for each, end in ends for part in accounts(each.cell, end.facts)]
        created = any(part.balance + part.paid_out > part.start for part in ledgers)
        return LOST_UPDATE if created else MONEY_VANISHES
    for name, word in _BY_BROKEN.items():
        if name in broken:
            return word
    raise ValueError(f"no name for what broke: {broken}")
