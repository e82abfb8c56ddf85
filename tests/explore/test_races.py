"""What an answer says of a request in an exploration."""

import pickle
from dataclasses import replace

import pytest

from attack import targets
from attack.explore import races
from attack.targets import Beside
from racewalk import Answer, RacewalkError, Response
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
        (500, {}, Answer("unknown", "500")),
        (503, {}, Answer("unknown", "503")),
        (500, SPAN, Answer("unknown", "500")),
        (422, SPAN, Answer("refused", "422")),
    ],
)
def test_withdraw_pays_refuses_or_fails(
    status: int, headers: dict[str, str], answer: Answer
) -> None:
    assert races.answer(SITE, PLAIN, 0, Response(status, headers)) == answer


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
        races.answer(SITE, PLAIN, 1, Response(status, headers))


def test_a_request_beside_a_withdrawal_has_answers_of_its_own() -> None:
    found = races.answer(SITE, MIXED, 1, Response(302, {"location": "/account"}))
    assert found == Answer("done")
    for status in (200, 400, 422, 500, 503):
        undone = races.answer(SITE, MIXED, 1, Response(status, SPAN))
        assert undone == Answer("unknown", str(status))
    with pytest.raises(RacewalkError, match="request 1 was answered 302 to /"):
        races.answer(SITE, MIXED, 1, Response(302, {"location": "/", **SPAN}))


def test_each_request_is_sent_by_its_user() -> None:
    made = races.race_of(SITE, cell("row_lock", users=2)).requests
    assert [(each.session and each.session.name, each.path) for each in made] == [
        ("alice", "/withdraw3"),
        ("bob", "/withdraw3"),
    ]
    assert {each.form for each in made} == {(("amount", "10"),)}


@pytest.mark.parametrize(("case", "keys"), [("1 key", 1), ("n keys", 2)])
@pytest.mark.parametrize("users", [1, 2])
def test_one_intent_has_one_key_whoever_sends_it(case: str, keys: int, users: int) -> None:
    where = cell("idempotency_key", case=case, users=users)
    sent = [dict(each.form or ())["key"] for each in races.race_of(SITE, where).requests]
    assert (len(sent), len(set(sent))) == (2, keys)


def test_the_last_request_may_be_another_one() -> None:
    first, last = races.race_of(SITE, MIXED).requests
    assert [first.path, last.path] == ["/withdraw1", "/account"]
    assert last.form == (("email", "a@b.example"),)


def test_a_race_can_be_sent_to_another_process() -> None:
    race = races.race_of(SITE, cell("no_lock"))
    again = pickle.loads(pickle.dumps(race))  # noqa: S301 - our own
    assert (
        again.application == race.application == races.race_of(SITE, cell("row_lock")).application
    )
    assert list(again.judges) == list(race.judges)
    assert again.answer(0, Response(302, {"location": "/", **SPAN})) == Answer("paid")


def test_an_application_is_the_same_whatever_happens_to_stand_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = races.application_of("flask", 1)
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    assert races.application_of("flask", 1) == before


def test_what_is_read_is_what_the_account_holds() -> None:
    race = races.race_of(SITE, cell("no_lock", users=2))
    assert list(race.facts) == ["alice", "bob", "others"]
    assert "username = 'bob'" in race.facts["bob"]
    assert race.facts["bob"].startswith("SELECT balance, paid_out, payouts FROM")
    assert "money = 10" in race.before[0]
