"""Bodies that are no form, or were made to do damage: 4xx, and nothing in the database changes.

One table of attempts. Each is sent with the session and the token of a form that was opened just
before, so that only what is wrong with it can be the reason.
"""

from collections.abc import Callable
from urllib.parse import quote_from_bytes, urlencode

import httpx
import pytest

from tests.contract.browser import Browser, Fields
from tests.contract.conftest import Customer

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
JSON = "application/json"
MEGABYTES = 10 * 1024 * 1024

pytestmark = pytest.mark.acceptance

Attempt = tuple[str, Callable[[Fields], bytes]]


def field(name: bytes | str, value: bytes | str) -> Callable[[Fields], bytes]:
    """Return what sends a form with one more field, or another value of one, percent-encoded."""
    raw = [each.encode() if isinstance(each, str) else each for each in (name, value)]
    more = b"=".join(quote_from_bytes(each).encode() for each in raw)

    def body(fields: Fields) -> bytes:
        others = {key: each for key, each in fields.items() if key.encode() != raw[0]}
        return urlencode(others).encode() + b"&" + more

    return body


def raw(more: bytes) -> Callable[[Fields], bytes]:
    """Return what sends a form without its amount that ends with these bytes."""

    def body(fields: Fields) -> bytes:
        others = {key: each for key, each in fields.items() if key != "amount"}
        return urlencode(others).encode() + more

    return body


def parts(*more: bytes, end: bytes = b"--x--\r\n") -> Callable[[Fields], bytes]:
    """Return what sends a form in parts, the last of which are these."""

    def body(fields: Fields) -> bytes:
        known = [
            f'Content-Disposition: form-data; name="{key}"\r\n\r\n{each}\r\n'.encode()
            for key, each in fields.items()
            if key != "amount"
        ]
        return b"".join(b"--x\r\n" + each for each in (*known, *more)) + end

    return body


def part(value: bytes, more: bytes = b"", name: bytes = b"amount") -> bytes:
    """Return a part of a form with this value."""
    return (
        b'Content-Disposition: form-data; name="'
        + name
        + b'"'
        + more
        + b"\r\n\r\n"
        + value
        + b"\r\n"
    )


ATTEMPTS: dict[str, Attempt] = {
    "no UTF-8": (FORM, field("amount", b"\xff\xfe5")),
    "half a character": (FORM, field("amount", b"5\xc3")),
    "a surrogate": (FORM, field("amount", b"\xed\xa0\x805")),
    "an overlong character": (FORM, field("amount", b"\xc0\xb5")),
    "UTF-16": (FORM, field("amount", "5".encode("utf-16-le"))),
    "a null byte": (FORM, field("amount", "5\0")),
    "a raw null byte": (FORM, raw(b"&amount=5\0")),
    "a bare percent sign": (FORM, raw(b"&amount=%")),
    "half an escape": (FORM, raw(b"&amount=%3")),
    "an escape that is none": (FORM, raw(b"&amount=%zz")),
    "Arabic digits": (FORM, field("amount", "\u0665")),
    "digits of two scripts": (FORM, field("amount", "1\u0665")),
    "a digit in a circle": (FORM, field("amount", "⑤")),
    "a fraction sign": (FORM, field("amount", "½")),
    "a mark that turns the text": (FORM, field("amount", "\u202e5")),
    "a blank without width": (FORM, field("amount", "\u200b5")),
    "a byte order mark": (FORM, field("amount", "\ufeff5")),
    "one more than 32 bits": (FORM, field("amount", str(2**31))),
    "64 bits": (FORM, field("amount", str(2**63))),
    "more digits than Python reads": (FORM, field("amount", "9" * 5000)),
    "a list": (FORM, field("amount[]", "5")),
    "an index": (FORM, field("amount[0]", "5")),
    "a nested name": (FORM, field("amount.value", "5")),
    "another case": (FORM, field("AMOUNT", "5")),
    "a blank after the name": (FORM, field("amount ", "5")),
    "a null byte in the name": (FORM, field("amount\0", "5")),
    "twice": (FORM, raw(b"&amount=5&amount=5")),
    "a thousand times": (FORM, raw(b"&amount=5" * 999)),
    "100,000 fields": (FORM, raw(b"&a=" * 100_000)),
    "5,000 fields": (FORM, raw(b"&a=" * 5000)),
    "semicolons between fields": (FORM, raw(b";amount=5")),
    "10 MB in one field": (FORM, raw(b"&amount=5&pad=" + b"x" * MEGABYTES)),
    "10 MB of one number": (FORM, raw(b"&amount=" + b"9" * MEGABYTES)),
    "10 MB of null bytes": (FORM, lambda _fields: b"\0" * MEGABYTES),
    "10 MB of JSON": (JSON, lambda _fields: b"[" * MEGABYTES),
    "10 MB of parts": (PARTS, parts(part(b"5"), part(b"x" * MEGABYTES, name=b"pad"))),
    "JSON": (JSON, lambda _fields: b'{"amount": 5}'),
    "nothing": (FORM, lambda _fields: b""),
    "an amount and no token": (FORM, lambda _fields: b"amount=5"),
    "a form that is called text": ("text/plain", field("amount", "5")),
    "a form without a kind": ("", field("amount", "5")),
    "a form of an unknown kind": ("application/x-nothing; charset=utf-7", field("amount", "5")),
    "parts without a boundary": ("multipart/form-data", parts(part(b"5"))),
    "parts with another boundary": ("multipart/form-data; boundary=y", parts(part(b"5"))),
    "an endless boundary": ("multipart/form-data; boundary=" + "x" * 5000, parts(part(b"5"))),
    "parts that are cut": (PARTS, parts(b'Content-Disposition: form-data; name="amou', end=b"")),
    "a file for an amount": (PARTS, parts(part(b"5", b'; filename="a"'))),
    "a part that is no UTF-8": (PARTS, parts(part(b"\xff5"))),
    "a part with a null byte": (PARTS, parts(part(b"5\0"))),
    "two parts": (PARTS, parts(part(b"5"), part(b"6"))),
    "900 parts": (PARTS, parts(*[part(b"5", name=b"a")] * 900)),
    "base64 that is none": (PARTS, parts(part(b"!", b"\r\nContent-Transfer-Encoding: base64"))),
    "a name without an end": (
        PARTS,
        parts(b'Content-Disposition: form-data; name="amount\r\n\r\n5\r\n'),
    ),
}


def send(browser: Browser, path: str, kind: str, body: bytes) -> httpx.Response:
    """Send bytes as they are."""
    headers = {"Content-Type": kind} if kind else {}
    return browser.client.post(browser.base_url + path, content=body, headers=headers)


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_withdrawal(customer: Customer, attempt: str) -> None:
    before = customer.account()
    kind, body = ATTEMPTS[attempt]
    answer = send(
        customer.browser, "/withdraw1", kind, body(customer.browser.get("/withdraw1").fields())
    )
    assert 400 <= answer.status_code < 500, answer.text[:500]
    assert "Traceback" not in answer.text
    assert customer.account() == before


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_address(customer: Customer, attempt: str) -> None:
    fields = customer.browser.get("/email").fields()
    kind, body = ATTEMPTS[attempt]
    answer = send(customer.browser, "/email", kind, body({**fields, "email": "\0"}))
    assert 400 <= answer.status_code < 500, answer.text[:500]
    assert customer.browser.get("/email").fields()["email"] == fields["email"]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_login(visitor: Browser, attempt: str) -> None:
    kind, body = ATTEMPTS[attempt]
    answer = send(visitor, "/login", kind, body(visitor.get("/login").fields()))
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text[:500]
    assert visitor.get("/").status == 302
