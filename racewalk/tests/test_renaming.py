"""A kept schedule beside a run on a database whose set-up made other hashes, tokens and UUIDs."""

from pathlib import Path

import pytest

from racewalk.server.embedded import EmbeddedServer
from racewalk.story.renaming import Renaming
from support.scenarios import racewalk

HASHES = [
    ("pbkdf2_sha256$600000$KbdPZ8Wz$Jg+2/aa=", "pbkdf2_sha256$600000$QQ3dPZ8W$9a+c/bb="),
    ("scrypt:32768:8:1$WpX9ab12$0a1b2c3d", "scrypt:32768:8:1$aaX9ab12$ffab2c3d"),
    ("$2b$12$abcdefghijklmnopqrstuv", "$2b$12$ABCDefghijklmnopqrstuv"),
    ("9f1c7c1e-8b2b-4a55-9d31-3a0c4f6f6a10", "00aa7c1e-8b2b-4a55-9d31-3a0c4f6f6b22"),
    ("NcRfUjXn2r5u8x_A", "mZq4t7w9z-CwFzJN"),
]


@pytest.mark.parametrize(("old", "new"), HASHES)
def test_a_random_value_may_be_another_everywhere(old: str, new: str) -> None:
    names = Renaming()
    assert names.matches({"sql": f"SET a = '{old}', n = 90"}, {"sql": f"SET a = '{new}', n = 90"})
    assert names.matches([f"('{old}', 1)"], [f"('{new}', 1)"])
    assert names.pairs
    assert names.apply(f"x = '{old}'") == f"x = '{new}'"
    assert not names.matches(f"'{old}'", f"'{old}'")  # it has had another name
    other = new[:-1] + ("1" if new[-1] != "1" else "2")
    assert not names.matches(f"'{old}'", f"'{other}'")


def test_two_values_are_not_one() -> None:
    names = Renaming()
    assert not names.matches(
        "'NcRfUjXn2r5u8x_A', 'mZq4t7w9z-CwFzJN'", "'a1b2c3d4e5f6', 'a1b2c3d4e5f6'"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SET n = 90", "SET n = 80"),
        ("SET n = 1000000000000", "SET n = 2000000000000"),
        ("SET n = 1000000000.00", "SET n = 1000000000.01"),
        ("SET state = 'paid'", "SET state = 'open'"),
        ("UPDATE a_long_table_name SET n = 1", "UPDATE a_long_table_mane SET n = 1"),
        ("'NcRfUjXn2r5u8x_A'", "NULL"),
        ("'NcRfUjXn2r5u8x_A'", "''"),
        ("... (12000 characters, SHA-256 )", "... (12001 characters, SHA-256 )"),
        (True, 1),
        ([1], [1, 1]),
        ({"a": 1}, {"b": 1}),
    ],
)
def test_anything_else_is_compared(old: object, new: object) -> None:
    names = Renaming()
    assert not names.matches(old, new)
    assert names.matches(old, old)
    assert not names.pairs


APP = """
import os, psycopg

def app(environ, start):
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        if environ["PATH_INFO"] == "/take":
            look = "SELECT password, ticket, n FROM person"
            password, ticket, n = connection.execute(look).fetchone()
            if n > 0:
                connection.execute(
                    "UPDATE person SET password = %s, ticket = %s, n = %s",
                    (password, ticket, n - 1 if environ["REQUEST_METHOD"] == "POST" else n),
                )
                connection.execute("INSERT INTO paid (ticket) VALUES (%s)", (ticket,))
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
"""
SETUP = """
CREATE TABLE person (id int PRIMARY KEY, password text, ticket uuid, n int);
CREATE TABLE paid (id serial PRIMARY KEY, ticket uuid);
INSERT INTO person VALUES (1, 'pbkdf2_sha256$1000$' || left(md5(random()::text), 22) || '$'
    || encode(sha256(random()::text::bytea), 'base64'), gen_random_uuid(), {n});
"""
SCENARIO = """
[app]
wsgi = "made:app"
[database]
url = "{url}"
setup = ["made.sql"]
[[race]]
name = "one payment for one"
requests = [{{ post = "/take" }}, {{ post = "/take" }}]
invariants = {{ "paid once" = "SELECT count(*) <= 1 FROM paid" }}
expected = "unsafe"
"""


@pytest.mark.acceptance
def test_a_kept_schedule_goes_the_same_way_though_the_set_up_makes_other_hashes(
    tmp_path: Path, server: EmbeddedServer
) -> None:
    file, setup = tmp_path / "racewalk.toml", tmp_path / "made.sql"
    (tmp_path / "made.py").write_text(APP)
    setup.write_text(SETUP.format(n=1))
    file.write_text(SCENARIO.format(url=server.url()))
    ran = racewalk("run", file)
    assert ran.code == 0, (ran.out, ran.err)
    kept = tmp_path / ".racewalk" / "one-payment-for-one.json"
    again = racewalk("replay", kept)
    assert again.code == 0, again.err
    assert "those of the file, apart from 1 random value that the set-up makes anew" in again.out
    setup.write_text(SETUP.format(n=3))  # another balance is another run
    another = racewalk("replay", kept)
    assert (another.code, "step " in another.err) == (3, True), another.err
