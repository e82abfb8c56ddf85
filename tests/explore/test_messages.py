"""What an answer says of a request in an exploration."""

from dataclasses import replace
from typing import Any

import pytest

from attack import targets
from attack.explore.web import messages
from attack.explore.web.http import Response
from attack.targets import Beside
from racewalk.errors import RacewalkError
from racewalk.schedule.record import Answer
from shared_db.spans import SPAN_HEADER
from tests.explore.explorations import cell

SITE = replace(
    targets.load(),
    beside={"address": Beside("/account", {"email": "a@b.example"}, "POST", 302, "/account")},
)
SPAN = {SPAN_HEADER.lower(): "1 2 3 0"}
PLAIN = cell("no_lock")
MIXED = replace(PLAIN, case=replace(PLAIN.case, beside="address"))


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (302, {"location": "/", **SPAN}, Answer("paid")),
        (200, SPAN, Answer("refused", "200")),
        (503, SPAN, Answer("failed", "503")),
        (500, {}, Answer("failed", "500")),
    ],
)
def test_withdraw_pays_refuses_or_fails(
    status: int, headers: dict[str, str], answer: Answer
) -> None:
    assert messages.answer(SITE, PLAIN, 0, Response(status, headers)) == answer


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (302, {"location": "/login?next=/withdraw1"}),
        (302, {"location": "/"}),
        (403, {}),
        (200, {}),
        (404, SPAN),
    ],
)
def test_what_no_withdrawal_answers_decides_nothing(status: int, headers: dict[str, str]) -> None:
    with pytest.raises(RacewalkError, match=f"request 1 was answered {status}"):
        messages.answer(SITE, PLAIN, 1, Response(status, headers))


def test_a_request_beside_a_withdrawal_has_answers_of_its_own() -> None:
    found = messages.answer(SITE, MIXED, 1, Response(302, {"location": "/account"}))
    assert found == Answer("done")
    assert messages.answer(SITE, MIXED, 1, Response(500, {})) == Answer("failed", "500")
    with pytest.raises(RacewalkError, match="request 1 was answered 302 to /"):
        messages.answer(SITE, MIXED, 1, Response(302, {"location": "/", **SPAN}))


class Form:
    """A session that takes what is filled in."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.filled: list[tuple[str, dict[str, str]]] = []

    def fill(self, path: str, fields: dict[str, str]) -> str:
        """Remember it."""
        self.filled.append((path, fields))
        return f"{self.user} {path}"


def test_each_request_is_filled_in_by_its_user() -> None:
    sessions = [Form("alice"), Form("bob")]
    users = cell("row_lock", users=2)
    made: list[Any] = messages.prepare(SITE, users, sessions)  # type: ignore[arg-type]
    assert made == [("POST", "alice /withdraw3"), ("POST", "bob /withdraw3")]
    assert sessions[1].filled == [("/withdraw3", {"amount": "10"})]


@pytest.mark.parametrize(("case", "keys"), [("1 key", 1), ("n keys", 2)])
@pytest.mark.parametrize("users", [1, 2])
def test_one_intent_has_one_key_whoever_sends_it(case: str, keys: int, users: int) -> None:
    sessions = [Form("alice"), Form("bob")]
    where = cell("idempotency_key", case=case, users=users)
    messages.prepare(SITE, where, sessions)  # type: ignore[arg-type]
    sent = [fields["key"] for session in sessions for _, fields in session.filled]
    assert (len(sent), len(set(sent))) == (2, keys)


def test_the_last_request_may_be_another_one() -> None:
    session = Form("alice")
    made: list[Any] = messages.prepare(SITE, MIXED, [session])  # type: ignore[list-item]
    assert made == [("POST", "alice /withdraw1"), ("POST", "alice /account")]
    assert session.filled[1] == ("/account", {"email": "a@b.example"})
