"""The rules that both stacks share, by themselves."""

import pytest

from shared_db import rules

LOCAL = ["/", "/withdraw1", "/withdraw1?amount=5&x=%20y", "/admin/", "/a//b", "/caf\u00e9", "/a b"]
ELSEWHERE = {
    "nothing": None,
    "empty": "",
    "relative": "withdraw1",
    "double slash": "//evil.example",
    "double slash and path": "//evil.example/withdraw1",
    "triple slash": "///evil.example",
    "slash and backslash": "/\\evil.example",
    "backslashes": "\\\\evil.example",
    "backslash later": "/a\\b",
    "tab": "/\t/evil.example",
    "newline": "/\n/evil.example",
    "carriage return": "/\r\n/evil.example",
    "header injection": "/\r\nSet-Cookie: a=b",
    "leading blank": " //evil.example",
    "leading tab": "\t//evil.example",
    "NUL": "/\0/evil.example",
    "zero-width space": "/\u200b/evil.example",
    "absolute": "http://evil.example/",
    "scheme in capitals": "HTTP://evil.example/",
    "absolute without slashes": "http:evil.example",
    "one slash after the scheme": "http:/evil.example",
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,hello",
    "user part": "http://127.0.0.1@evil.example/",
}


@pytest.mark.parametrize("path", LOCAL)
def test_path_of_this_site(path: str) -> None:
    assert rules.is_local_path(path)


@pytest.mark.parametrize("target", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_no_path_of_this_site(target: str | None) -> None:
    assert not rules.is_local_path(target)


@pytest.mark.parametrize("text", ["1", " 1 ", "+1", "0001", "0" * 10_000 + "1", "1\r\n"])
def test_amount_of_one(text: str) -> None:
    assert rules.parse_amount(text) == 1


def test_largest_amount() -> None:
    assert rules.parse_amount(str(rules.LARGEST_AMOUNT)) == 2**31 - 1
    with pytest.raises(rules.InvalidAmount, match="at most 2147483647"):
        rules.parse_amount(str(rules.LARGEST_AMOUNT + 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, rules.NOT_A_WHOLE_NUMBER),
        ("\u0661", rules.NOT_A_WHOLE_NUMBER),
        ("0", rules.NOT_POSITIVE),
        ("-" + "9" * 10_000, rules.NOT_POSITIVE),
        ("9" * 10_000, rules.TOO_LARGE),
    ],
    ids=["missing", "Arabic", "zero", "negative", "large"],
)
def test_no_amount(text: str | None, words: str) -> None:
    with pytest.raises(rules.InvalidAmount) as refused:
        rules.parse_amount(text)
    assert str(refused.value) == words


@pytest.mark.parametrize("text", ["alice", " alice\t", "\uff41lice"])
def test_username_as_it_is_meant(text: str) -> None:
    assert rules.clean_username(text) == "alice"
