"""A scenario's file: what it says, and in one line what is wrong with it."""

import re
from pathlib import Path

import pytest

from racewalk import Mask, ScenarioError
from racewalk.scenario.file import load
from racewalk.scenario.races import came_alone, race_of
from racewalk.scenario.variables import expanded
from racewalk.schedule.record import Answer

HEAD = '[app]\nwsgi = "shop:app"\n'
RACE = '[[race]]\nname = "r"\nrequests = [{ post = "/a" }, { post = "/a" }]\n'
WHOLE = """
[app]
command = "gunicorn shop.wsgi --bind 127.0.0.1:{port}"
directory = "."
env = { SECRET_KEY = "${KEY:-x}" }
database_parts = { host = "PGHOST", port = "PGPORT" }
ready = "/healthz"
database_alone = true

[database]
url = "${URL:-}"
setup = ["python manage.py migrate --no-input"]

[session.alice]
login = { path = "/login", form = { username = "alice", password = "alice" } }

[session.bob]
headers = { Authorization = "Bearer b" }

[[race]]
name = "the last item is sold once"
before = "UPDATE stock SET n = 1 WHERE item = 7"
requests = [
  { session = "alice", post = "/buy/7", form = { n = "1" }, alone = 302, page = "/item/7" },
  { session = "bob", put = "/buy/7", json = { n = 1 } },
  { delete = "/cart", headers = { X = "y" }, body = "z" },
]
invariants = { "never below zero" = "SELECT min(n) >= 0 FROM stock" }
ignore = ["django_session.*", "audit.at"]
masks = { coupon = "CPN-[0-9]+" }
expected = "unsafe"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "racewalk.toml"
    path.write_text(text, "utf-8")
    return path


def test_everything_that_may_stand_there(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, WHOLE), {"KEY": "secret"})
    (written,) = scenario.content.race
    race = race_of(scenario, written)
    app = race.application
    assert app.command[:2] == ("gunicorn", "shop.wsgi")
    assert app.database_alone
    assert dict(app.env) == {"SECRET_KEY": "secret"}
    assert app.variables("postgresql://u:p%40@127.0.0.1:77/d") == {
        "PGHOST": "127.0.0.1",
        "PGPORT": "77",
    }
    buy, put, delete = race.requests
    assert (buy.method, buy.path, buy.page) == ("POST", "/buy/7", "/item/7")
    assert buy.form == (("n", "1"),)
    assert buy.session
    assert buy.session.login == "/login"
    assert put.session
    assert put.session.headers == (("Authorization", "Bearer b"),)
    assert (put.method, put.body) == ("PUT", b'{"n": 1}')
    assert dict(put.headers)["Content-Type"] == "application/json"
    assert (delete.method, delete.body, delete.headers) == ("DELETE", b"z", (("X", "y"),))
    assert race.before == ["UPDATE stock SET n = 1 WHERE item = 7"]
    assert race.masks == [Mask("coupon", "CPN-[0-9]+")]
    assert race.ignore == ["django_session.*", "audit.at"]
    assert not race.serial
    assert written.expected == "unsafe"


def test_each_request_has_a_session_of_its_own(tmp_path: Path) -> None:
    text = (
        HEAD
        + '[session.a]\nlogin = { path = "/l" }\n'
        + RACE.replace("{ post", '{ session = "a", post')
    )
    scenario = load(write(tmp_path, text))
    race = race_of(scenario, scenario.content.race[0])
    assert race.requests[0].session != race.requests[1].session
    assert race.serial
    assert race.application.variables("postgresql://u@h:1/d") == {
        "DATABASE_URL": "postgresql://u@h:1/d"
    }


def test_a_scheme_for_a_driver(tmp_path: Path) -> None:
    text = HEAD + 'database_scheme = "postgresql+asyncpg"\ndatabase_env = "DB"\n' + RACE
    scenario = load(write(tmp_path, text))
    app = race_of(scenario, scenario.content.race[0]).application
    assert app.variables("postgresql://u@h:1/d") == {"DB": "postgresql+asyncpg://u@h:1/d"}


WRONG = {
    "[app]\ncomand = 'x'": "app: unknown key 'comand': did you mean 'command'?",
    "[ap]\nx = 1": "unknown key 'ap': did you mean 'app'?",
    RACE: "[app] is missing",
    HEAD: "[[race]] is missing",
    "race = []\n" + HEAD: "no [[race]] is written",
    HEAD
    + "[session.al]\nlogn = {}\n"
    + RACE: "session.al: unknown key 'logn': did you mean 'login'?",
    HEAD
    + RACE.replace("post", "pst"): "race[0].requests[0]: unknown key 'pst': did you mean 'post'?",
    HEAD + "database_parts = { hots = 'x' }\n" + RACE: "app.database_parts: unknown key 'hots'",
    HEAD + RACE + "serial = 'yes'": "race[0].serial: expected true or false, got a text in quotes",
    HEAD + RACE + "before = 3": "race[0].before: expected a text in quotes or a list in [ ]",
    HEAD + "env = { A = 1 }\n" + RACE: "expected a text in quotes, got a whole number",
    HEAD + RACE.replace('name = "r"\n', ""): "race[0]: 'name' is missing",
    HEAD + RACE + RACE: "two races are called 'r'",
    "[app]\n" + RACE: "one of command, wsgi and asgi is needed",
    HEAD + "asgi = 'a:b'\n" + RACE: "and wsgi and asgi are given",
    "[app]\nwsgi = 'shop'\n" + RACE: "'shop' names no application: write it as 'module:name'",
    "[app]\ncommand = 'x'\n" + RACE: "nothing says where to listen: write {port}",
    HEAD + "ready = 'x'\n" + RACE: "app.ready: 'x' is no path: it begins with /",
    HEAD + "directory = 'nowhere'\n" + RACE: "is no folder",
    HEAD + RACE.replace(', { post = "/a" }', ""): "requests: 1 given, 2 to 26 can race",
    HEAD + RACE.replace('"/a" }]', '"/a", get = "/b" }]'): "and get and post are given",
    HEAD + RACE.replace('"/a" }]', '"a" }]'): "post: 'a' is no path: it begins with /",
    HEAD + RACE.replace('"/a" }]', '"/a", form = {}, body = "" }]'): "form and body are given",
    HEAD + RACE.replace('{ post = "/a" }]', '{ get = "/a", json = 1 }]'): "a GET has no json",
    HEAD + RACE.replace('"/a" }]', '"/a", session = "bo" }]') + "[session.bob]": (
        "requests[1]: there is no [session.bo]: did you mean 'bob'?"
    ),
    HEAD + RACE + "expected = 'sfe'": "expected: 'sfe' is no verdict: did you mean 'safe'?",
    HEAD + RACE + "ignore = ['at']": "'at' names no column: expected table.column",
    HEAD + RACE + "masks = { m = '(' }": "the mask 'm' has no pattern",
    HEAD + "env = { A = '${NOPE}' }\n" + RACE: "app.env.A: the variable NOPE is not set: set it",
    HEAD + "env = { A = '${N' }\n" + RACE: "app.env.A: '${N' is no variable",
    "[app": "is no TOML",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, text), {})
    assert WRONG[text] in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "racewalk.toml") in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        load(tmp_path / "racewalk.toml")


def test_variables() -> None:
    environment = {"A": "1", "EMPTY": ""}
    tree = {"x": ["${A}", "${B:-2}", "${EMPTY:-3}", "${B:-}", "a${A}b", "$${A}", "$1"], "n": 4}
    assert expanded(tree, environment) == {"x": ["1", "2", "3", "", "a1b", "${A}", "$1"], "n": 4}


@pytest.mark.parametrize(
    ("answer", "expected", "why"),
    [
        (Answer("302", "/orders"), None, ""),
        (Answer("302", "/orders"), 302, ""),
        (Answer("200"), 302, "was answered 200, where `alone` says 302"),
        (Answer("403"), None, "was answered 403, where any status below 400 is expected"),
        (Answer("failed", "500"), None, "was answered 500, where any status below 400 is expected"),
        (Answer("302", "/login/?next=/buy"), None, "was sent to the login page, /login/?next=/buy"),
    ],
)
def test_what_is_wrong_with_an_answer(answer: Answer, expected: int | None, why: str) -> None:
    assert came_alone(("/login/",), (expected,), 0, answer) == why


def test_the_readme_of_scenarios_tells_every_key() -> None:
    from racewalk.scenario import words

    told = (Path(__file__).parents[1] / "docs" / "scenarios.md").read_text("utf-8")
    for table in (words.App, words.Place, words.Login, words.Somebody, words.Sent, words.Written):
        for key in table.__struct_fields__:
            assert re.search(rf"[`{{ ]{key}\b", told), f"{table.__name__}.{key}"


def test_who_logs_in_twice_may_have_ended_their_own_log_in() -> None:
    def told(request: int, status: str) -> str:
        answer = Answer(status)
        return came_alone(("", "", ""), (None,) * 3, request, answer, users=("a", "a", "b"))

    assert told(0, "401").endswith("does another log-in of a end its own?")
    assert "log-in" not in told(2, "401") + told(0, "409")
