"""Whether the money is right after a measurement, as the database tells it."""

from dataclasses import dataclass

import psycopg

from attack.bench.accounts import FIRST_ID, START
from attack.bench.script import AMOUNT
from attack.bench.tally import Tally
from attack.counting import counted

_READ = """
SELECT count(*) FILTER (WHERE money <> %(start)s - (CASE WHEN %(derived)s THEN 0 ELSE paid END)),
       count(*) FILTER (WHERE %(start)s - paid < 0),
       sum(money - (CASE WHEN %(derived)s THEN paid ELSE 0 END))::bigint,
       sum(paid)::bigint,
       sum(payouts)::bigint
FROM (SELECT money,
             coalesce((SELECT sum(amount) FROM withdraw_logs WHERE user_id = "user".id), 0) AS paid,
             (SELECT count(*) FROM withdraw_logs WHERE user_id = "user".id) AS payouts
      FROM "user" WHERE id BETWEEN %(first)s AND %(last)s) AS account
"""


@dataclass(frozen=True)
class Ledgers:
    """All accounts of a measurement.

    Attributes:
        wrong: how many hold another amount than they started with less what was paid out.
        overdrawn: how many paid out more than they held.
        balance: of all together.
        paid_out: by all together.
        payouts: rows in the log.
    """

    wrong: int
    overdrawn: int
    balance: int
    paid_out: int
    payouts: int


def read(
    connection: psycopg.Connection[tuple[object, ...]], accounts: int, *, derived: bool
) -> Ledgers:
    """Return what the accounts hold; a derived balance is the money less all payouts."""
    last = FIRST_ID + accounts - 1
    values = {"first": FIRST_ID, "last": last, "start": START, "derived": derived}
    row = connection.execute(_READ, values).fetchone()
    assert row  # noqa: S101 - an aggregate
    return Ledgers(*(int(str(value)) for value in row))


def faults(ledgers: Ledgers, tally: Tally, accounts: int) -> list[str]:
    """Return what is wrong with the money, each in a few words; empty where it is right.

    The invariants are those of an attack: start == balance + paid out, in each account; none
    overdrawn; every acknowledged payout in the log, with what was asked for; and no more there than
    acknowledged payouts and requests that withdraw() did not answer.
    """
    lost = accounts * START - ledgers.balance - ledgers.paid_out
    possible, all_ = tally.paid + tally.undecided, counted(accounts, "account")
    logged = counted(ledgers.payouts, "payout")
    checks = {
        f"wrong: {ledgers.wrong} of {all_}, by {abs(lost)} in all": ledgers.wrong,
        f"overdrawn: {ledgers.overdrawn} of {all_}": ledgers.overdrawn,
        f"{logged} of {AMOUNT} logged, {ledgers.paid_out} paid out": (
            ledgers.paid_out != ledgers.payouts * AMOUNT
        ),
        f"{counted(tally.paid, 'payout')} acknowledged, {ledgers.payouts} logged": (
            tally.paid > ledgers.payouts
        ),
        f"{logged} logged, at most {possible} requested": (ledgers.payouts > possible),
    }
    return [words for words, broken in checks.items() if broken]
