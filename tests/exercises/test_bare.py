"""What is left of a statement where comments and texts do not count."""

import pytest

from attack.grade.bare import bare


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("SELECT 1 /* FOR UPDATE */", "SELECT 1"),
        ("SELECT 1 /* /* nested */ FOR UPDATE */ + 2", "SELECT 1 + 2"),
        ("SELECT 1 -- FOR UPDATE\n FOR SHARE", "SELECT 1 FOR SHARE"),
        ("SELECT 'FOR ''UPDATE', $a$FOR UPDATE$a$", "SELECT '', ''"),
        ('SELECT "--" FROM "user" FOR UPDATE', 'SELECT "--" FROM "user" FOR UPDATE'),
        ("SELECT '/*' FOR UPDATE", "SELECT '' FOR UPDATE"),
        ("SELECT 1 /* ' */ FOR UPDATE /* ' */", "SELECT 1 FOR UPDATE"),
        ("SELECT 1 /* never closed FOR UPDATE", "SELECT 1"),
        ("UPDATE x SET n = $1 WHERE id = $2", "UPDATE x SET n = $1 WHERE id = $2"),
    ],
)
def test_only_what_does_something_is_left(sql: str, left: str) -> None:
    assert bare(sql) == left
