"""Parameters without blanks, as they are written by hand for asyncpg, are read as others are."""

import pytest

from racewalk.commute.syntax import parse, split, words
from racewalk.schedule.masks import Masks
from racewalk.story.brief import brief
from racewalk.wire.plain import spaced
from racewalk.wire.statements import Statement
from support.stories import step


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("VALUES ($1,$2)", "VALUES ($1 ,$2 )"),
        ("a=$1+$12", "a=$1 +$12"),
        ("$1::int,$2", "$1 ::int,$2"),
        ("'$1,$2', $1,$2", "'$1,$2', $1 ,$2"),
        ('"$1,$2"', '"$1,$2"'),
        ("$$ $1,$2 $$, $1)", "$$ $1,$2 $$, $1 )"),
        ("$a$ $1,$2 $a$", "$a$ $1,$2 $a$"),
        ("a$1,b$2", "a$1,b$2"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_a_blank_is_put_behind_a_parameter_and_nowhere_else(sql: str, told: str) -> None:
    assert spaced(sql) == told


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (a,b) VALUES ($1,$2)",
        "UPDATE t SET a=$1,b=$2 WHERE c=$3",
        "SELECT $1::int,$2::text",
        "SELECT a||$1||$2 FROM t WHERE b IN($1,$2)",
    ],
)
def test_it_is_read(sql: str) -> None:
    assert words(sql) is not None
    assert parse(sql) == parse(sql.replace("$", " $"))
    assert split(f"{sql}; {sql}") == (sql, sql)


def test_what_it_ignores_is_found_and_its_picture_is_brief() -> None:
    sql, params = "INSERT INTO t (token,n) VALUES ($1,$2)", ("x", 7)
    masks = Masks(ignore=["t.token"])
    assert masks.said(Statement(sql, params)).params == ("<ignored>", 7)
    told = brief(step(sql, *params), "n", masks).sql
    assert told == "INSERT INTO t (token, n) VALUES ('<ignored>', 7)"


@pytest.mark.parametrize(
    ("sql", "pieces"),
    [
        ("SELECT ';'; SELECT 2", ("SELECT ';'", "SELECT 2")),
        ("DO $$ BEGIN; END $$; SELECT E'\\';'", ("DO $$ BEGIN; END $$", "SELECT E'\\';'")),
        ('SELECT ";";;', ('SELECT ";"',)),
    ],
)
def test_statements_are_cut_apart_at_their_own_semicolons(
    sql: str, pieces: tuple[str, ...]
) -> None:
    assert split(sql) == pieces
