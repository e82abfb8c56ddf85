"""A person's browser, as far as an attack needs it: log in by the real form, keep the cookies."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx
from selectolax.lexbor import LexborHTMLParser

from attack import answers
from attack.connection import FAILURES, TIMEOUT_S, Connection
from attack.history import Request
from attack.stacks.health import require_own
from attack.targets import Target
from attack.targets.addresses import require_lab_address
from racewalk import DoubtError
from racewalk.targets import fetch
from shared_db.errors import LabError
from shared_db.rules import new_key


@dataclass(frozen=True)
class Prepared:
    """A form ready to be sent any number of times: URL, headers, body.

    beside: what it is in the target's file, where it is no withdrawal.
    """

    url: str
    headers: dict[str, str]
    body: bytes
    beside: str = ""


def new_client() -> httpx.Client:
    """Return a client with a connection of its own that follows no redirect and no proxy."""
    return httpx.Client(
        timeout=TIMEOUT_S,
        trust_env=False,
        limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
    )


class LoginRefusedError(LabError):
    """The stack answers, and knows no such user or password: waiting does not help."""


class Session:
    """A user who is logged in to one stack."""

    def __init__(self, target: Target, base_url: str, username: str, password: str) -> None:
        """Log in.

        Raises:
            LabError: the address is not the lab's, the stack does not answer, or the login fails.
        """
        require_lab_address(base_url)
        self.target, self.base_url, self.username = target, base_url, username
        self._client = new_client()
        # Read once: its token is good as long as the session, and keys are minted anew here.
        self._forms: dict[str, dict[str, str]] = {}
        fields = self._form(target.login_path)
        fields |= {target.username_field: username, target.password_field: password}
        answer = self._send("POST", target.login_path, fields)
        if answer.status_code >= 500:
            raise LabError(f"{base_url}{target.login_path} answers {answer.status_code}")
        if answer.status_code != 302:
            raise LoginRefusedError(
                f"{username} cannot log in at {base_url}{target.login_path} "
                f"(status {answer.status_code}): has the account another password now?"
            )

    def prepare(self, number: int, amount: int) -> Prepared:
        """Read the form of a strategy's page and fill it in.

        Raises:
            LabError: the stack does not answer, or has no such page.
        """
        return self.prepare_intents(number, amount, 1)[0]

    def prepare_intents(self, number: int, amount: int, count: int) -> list[Prepared]:
        """Do so for `count` intents: where the form carries a key, each gets one of its own.

        Raises:
            LabError: the stack does not answer, or has no such page.
        """
        path, key = self.target.request_path.format(number=number), self.target.key_field
        fields = {self.target.amount_field: str(amount)}
        first = self.fill(path, fields)
        if key not in self._forms[path]:
            return [first] * count
        return [self.fill(path, fields | {key: new_key()}) for _ in range(count)]

    def fill(self, path: str, fields: dict[str, str]) -> Prepared:
        """Read the form of any page and fill in these fields.

        Raises:
            LabError: the stack does not answer, or has no such page.
        """
        if path not in self._forms:
            self._forms[path] = self._form(path)
        return self._prepared(path, self._forms[path] | fields)

    def prepare_beside(self, name: str) -> Prepared:
        """Fill in the form of a request that is sent beside the withdrawals.

        Raises:
            LabError: the stack does not answer, or has no such page.
        """
        other = self.target.beside[name]
        fields = {
            field: value.format(username=self.username) for field, value in other.fields.items()
        }
        return replace(self.fill(other.path, fields), beside=name)

    def _prepared(self, path: str, fields: dict[str, str]) -> Prepared:
        cookies = "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        return Prepared(f"{self.base_url}{path}", headers, urlencode(fields).encode())

    def _form(self, path: str) -> dict[str, str]:
        answer = self._send("GET", path)
        if answer.status_code != 200:
            to = answer.headers.get("location", "")
            told = f"{answer.status_code}{to and f' to {to}'}"
            raise LabError(f"{self.base_url}{path} answers {told}, not a form")
        return hidden_fields(answer.text)

    def _send(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        try:
            answer = fetch(self._client, method, self.base_url + path, data=data)
        except DoubtError as error:
            raise LabError(f"{self.base_url}{path}: {error}") from None
        except httpx.HTTPError as error:
            raise LabError(
                f"{self.base_url} does not answer ({type(error).__name__}): is the stack still up?"
            ) from None
        require_own(self.target.lab_id, self.base_url, answer.status_code, answer.headers)
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the main form of a page: tokens and keys."""
    inputs = LexborHTMLParser(page).css("main form input[type=hidden]")
    return {str(each.attributes["name"]): each.attributes.get("value") or "" for each in inputs}


def send(
    connection: Connection,
    target: Target,
    request: Prepared,
    content: Iterator[bytes] | bytes,
) -> Request:
    """Send a prepared request and record what came of it; never raises for a failed one.

    Raises:
        ForeignAnswerError: another lab answered, and its answers are not to be judged.
    """
    headers = {**request.headers, "Content-Length": str(len(request.body))}
    sent = time.monotonic_ns()
    try:
        answer = connection.post(request.url, headers, content)
    except FAILURES as error:
        return Request("unknown", None, type(error).__name__, sent, time.monotonic_ns())
    answered = time.monotonic_ns()
    told = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
    }
    require_own(target.lab_id, request.url, answer.status, told)
    location, span = told.get("location", ""), answers.span(told)
    return Request(
        fate=(
            answers.fate_beside(target, target.beside[request.beside], answer.status, location)
            if request.beside
            else answers.fate(target, answer.status, location, by_withdraw=span is not None)
        ),
        status=answer.status,
        error=None,
        sent_ns=sent,
        answered_ns=answered,
        location=location,
        **(span._asdict() if span else {}),
    )
