"""The board: behind its password, names and answers off, and no script or style of others."""

import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from attack.stacks.state import Process
from classroom import accounts, files
from classroom.board import create_app
from classroom.desk.state import Desk
from classroom.queue import Queue
from shared_db import throttle
from shared_db.passwords import hash_password
from tests.classroom.test_words import attacked, graded

NAMES = ("s01", "s02", "s03")
PASSWORD = "swordfish"  # noqa: S105
# Verified like any, and at once: what a hash costs is told in it, and not asked here.
HASHED = "argon2" + PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def board(folder: Path) -> Iterator[FlaskClient]:
    """Return a browser at the board of a class of three, whose desk is this process."""
    teacher = accounts.Account(accounts.TEACHER, PASSWORD, HASHED)
    files.ACCOUNTS.write_text(json.dumps([asdict(teacher)]))
    desk = Desk(Process.of(os.getpid()), NAMES, ready=True)
    files.DESK.write_text(json.dumps(asdict(desk)))
    with create_app("a key").test_client() as client:
        yield client
    throttle._limiter.clear(throttle._limit, *throttle._key(accounts.TEACHER, "127.0.0.1"))


_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token(board: FlaskClient, path: str = "/") -> str:
    """Return the token of the forms of a page."""
    return str(_TOKEN.findall(board.get(path).text)[0])


def get(board: FlaskClient, path: str = "/") -> str:
    """Return a page without the tokens of its forms, in which chance may write anything."""
    answer = board.get(path)
    assert answer.status_code == 200
    return _TOKEN.sub("", answer.text)


def log_in(board: FlaskClient, password: str = PASSWORD) -> int:
    """Send the password; return the status."""
    fields = {"csrf_token": token(board, "/login"), "password": password}
    return board.post("/login", data=fields).status_code


def press(board: FlaskClient, path: str, **fields: str) -> str:
    """Press a button of the board's page, and return the page that it leads to."""
    fields["csrf_token"] = token(board)
    answer = board.post(path, data=fields)
    assert (answer.status_code, answer.location) == (302, "/")
    return get(board)


@pytest.mark.parametrize("path", ["/", "/students.csv", "/votes.csv", "/nothing"])
def test_nobody_else_sees_anything(board: FlaskClient, path: str) -> None:
    answer = board.get(path)
    assert (answer.status_code, answer.location) == (302, "/login")


def test_another_password_opens_nothing(board: FlaskClient) -> None:
    assert log_in(board, "s01") == 403
    assert board.get("/").status_code == 302


def test_guesses_end(board: FlaskClient) -> None:
    statuses = [log_in(board, "wrong") for _ in range(throttle.WRONG_A_MINUTE + 1)]
    assert statuses == [403] * throttle.WRONG_A_MINUTE + [429]
    assert log_in(board) == 429


def test_a_new_password_ends_the_session(board: FlaskClient) -> None:
    assert log_in(board) == 302
    get(board)
    other = accounts.Account(accounts.TEACHER, "x", hash_password("x"))
    files.ACCOUNTS.write_text(json.dumps([asdict(other)]))
    assert board.get("/").status_code == 302


def test_names_are_off_until_somebody_shows_them(board: FlaskClient, queue: Queue) -> None:
    log_in(board)
    attacked(queue, "s02")
    page = get(board)
    assert "no_lock" in page
    assert not any(name in page for name in NAMES)
    assert "s02" in press(board, "/show", names="on")
    assert "s02" not in press(board, "/show", names="off")


def test_answers_are_off_until_somebody_shows_them(board: FlaskClient, queue: Queue) -> None:
    log_in(board)
    queue.vote("s01", "row_lock", "M3")
    page = get(board)
    assert "Lesson 6: 1 voted" in page
    assert "M3" not in page
    assert "The database raises an error" not in page
    shown = press(board, "/show", answers="on")
    assert "M3" in shown
    assert "The database raises an error if two requests write the same row." in shown
    assert "s01" not in shown


def test_the_last_reason_is_told(board: FlaskClient, queue: Queue) -> None:
    log_in(board)
    graded(queue, "s01", "3", reason="starved")
    assert "starved" in get(board)


def test_csv_has_a_row_for_each(board: FlaskClient, queue: Queue) -> None:
    log_in(board)
    attacked(queue, "s02")
    graded(queue, "s03", "1", reason="=1+1")
    queue.vote("s01", "row_lock", "M3")
    students = list(csv.DictReader(get(board, "/students.csv").splitlines()))
    assert [row["student"] for row in students] == list(NAMES)
    assert students[1]["found"] == "no_lock"
    assert students[2]["last_reason"] == "'=1+1"
    (vote,) = csv.DictReader(get(board, "/votes.csv").splitlines())
    assert vote == {"student": "s01", "question": "row_lock", "first": "M3", "last": "M3"}


@pytest.mark.parametrize("path", ["/show", "/reset", "/logout"])
def test_nothing_is_done_without_the_token(board: FlaskClient, path: str) -> None:
    log_in(board)
    assert board.post(path, data={"student": "all", "names": "on"}).status_code == 400
    assert board.get(path).status_code == 405
    assert "s01" not in get(board)


@pytest.mark.parametrize("student", ["", "s04", "alice", "admin", "s01' OR true --"])
def test_nobody_else_is_reset(board: FlaskClient, student: str) -> None:
    log_in(board)
    fields = {"csrf_token": token(board), "student": student}
    assert board.post("/reset", data=fields).status_code == 400


def test_the_headers_are_strict(board: FlaskClient) -> None:
    for path in ("/login", "/static/style.css"):
        headers = board.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY"
    log_in(board)
    page = get(board)
    assert "<script" not in page
    assert "style=" not in page
    cookies = board.get("/login").headers.getlist("Set-Cookie")
    assert all("HttpOnly" in each and "SameSite=Strict" in each for each in cookies)


def test_another_host_is_refused(board: FlaskClient) -> None:
    assert board.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_a_closed_desk_is_told(board: FlaskClient) -> None:
    log_in(board)
    desk = Desk(Process.of(os.getpid()), NAMES, ready=True, failed="the stacks were stopped")
    files.DESK.write_text(json.dumps(asdict(desk)))
    page = get(board)
    assert "Nothing is carried out now: the stacks were stopped" in page
    assert "What is queued is kept" in page
