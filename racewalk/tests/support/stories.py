"""A race of two requests, step by step."""

from racewalk.schedule.outcome import Facts, Outcome
from racewalk.schedule.record import Answer, Choice, Run, Step
from racewalk.wire.statements import Statement, Value


def step(
    sql: str,
    *params: Value,
    request: int = 0,
    rows: tuple[tuple[Value, ...], ...] = (),
    tags: tuple[str, ...] = (),
    error: str | None = None,
    status: str = "I",
    waited_for: str | None = None,
    at: tuple[int, int] = (0, 0),
) -> Step:
    """Return a step of one statement, released and completed `at` these choices."""
    statement = (Statement(sql, params),)
    return Step(request, statement, (), rows, tags, error, status, waited_for, *at)


def race() -> tuple[Run, Outcome]:
    """Two requests: B reads what A is about to change, and waits for A's row."""
    select, update = "SELECT money FROM account", "UPDATE account SET money = 0"
    steps = (
        step("BEGIN", status="T", at=(0, 0)),
        step(select, rows=((10,),), status="T", at=(1, 1)),
        step(select, request=1, rows=((10,),), at=(2, 2)),
        step(update, tags=("UPDATE 1",), status="T", at=(3, 3)),
        step("COMMIT", at=(5, 5)),
        step(update, request=1, tags=("UPDATE 1",), waited_for="ShareLock on tuple", at=(4, 5)),
    )
    chosen = (0, 0, 1, 0, 1, 0)
    choices = tuple(Choice((0, 1), request, ("", ""), ()) for request in chosen)
    facts = Facts((("balance", 0), ("paid_out", 20), ("payouts", 2)))
    outcome = Outcome(facts, ("paid", "paid"), ("start == balance + paid_out",), ())
    return Run(choices, steps, (Answer("paid"), Answer("paid"))), outcome
