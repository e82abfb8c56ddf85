"""Why a cell came to its verdict: every cause by its name, with counts."""

from dataclasses import replace

import pytest

from attack.history import Request, Trial
from attack.reasons import reason
from tests.harness.builders import request, trial


def answered(status: int | None, *, error: str = "", location: str = "", fate: str = "") -> Request:
    """Return a request to which no withdraw() answered."""
    lost = fate == "lost"
    return Request("lost" if lost else "unknown", status, error or None, 0, 9, location=location)


def cut_off() -> Request:
    """Return a request whose connection the server closed."""
    return answered(None, error="RemoteProtocolError")


def of(*requests: Request) -> Trial:
    """Return a trial of these requests with a sound ledger."""
    paid = sum(each.fate == "paid" for each in requests)
    return trial(start=60, balance=60 - 10 * paid, payouts=paid, requests=requests)


def by(worker: int, *requests: Request) -> tuple[Request, ...]:
    """Return the requests as that worker's."""
    return tuple(replace(each, worker=worker) for each in requests)


PAID = request("paid")


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ([of(PAID, answered(500), answered(500))], "2 of 3 answered 500"),
        ([of(PAID, answered(500)), of(PAID, PAID)], "1 of 4 answered 500"),
        ([of(PAID, answered(None, error="ReadTimeout"))], "1 of 2 never answered"),
        ([of(PAID, cut_off())], "1 of 2 were cut off without an answer (RemoteProtocolError)"),
        (
            [of(PAID, answered(302, location="/login", fate="lost"))],
            "1 of 2 were sent to the login page (session lost)",
        ),
        (
            [of(PAID, answered(302, location="/else"))],
            "1 of 2 answered 302 to /else, not by a withdrawal",
        ),
        ([of(PAID, answered(403))], "1 of 2 answered 403, not by a withdrawal"),
        (
            [of(answered(403), answered(502), answered(502))],
            "2 of 3 answered 502; 1 of 3 answered 403, not by a withdrawal",
        ),
        (
            [trial(balance=0, payouts=2, requests=(request("paid", 0, 1), request("paid", 1, 2)))],
            "nobody overlapped in 1 of 1 trial",
        ),
        ([], "nothing was tried"),
    ],
)
def test_unknown(trials: list[Trial], words: str) -> None:
    assert reason(trials) == words


def test_what_was_not_done_beside_the_withdrawals_is_told() -> None:
    other = replace(of(PAID, PAID), beside=(answered(503), answered(200), request("refused")))
    assert reason([other]) == (
        "2 of 5 answered 200 beside the withdrawals; 1 of 5 answered 503 beside the withdrawals"
    )


def test_a_worker_died_where_another_took_its_place() -> None:
    before = of(*by(1, PAID), *by(2, PAID))
    during = of(*by(1, PAID), cut_off())
    after = of(*by(1, PAID), *by(3, PAID))
    assert reason([before, during, after]).endswith("; a worker died")
    assert "died" not in reason([before, during, before])
    assert "died" not in reason([before, during])


def test_exploited() -> None:
    broken = trial("paid", "paid", "paid", balance=10, payouts=3)
    sound = trial("paid", "paid", balance=0, payouts=2)
    assert reason([broken, sound]) == "in 1 of 2 trials: start 20 != balance 10 + paid out 30"


def test_starved() -> None:
    given_up = replace(request("refused"), status=503)
    short = trial(balance=10, payouts=1, requests=(PAID, given_up, request("refused")))
    assert reason([short, short]) == (
        "in 2 of 2 trials fewer were paid than the money allowed, 1 of 2 at the worst; "
        "2 of 6 requests given up with 503"
    )


def test_what_held_needs_no_reason() -> None:
    assert reason([trial("paid", "paid", balance=0, payouts=2)]) == ""
