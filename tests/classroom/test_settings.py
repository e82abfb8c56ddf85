"""Numbers, ports and files of a class: what is no such thing is told in one line."""

import stat
from pathlib import Path

import pytest

from classroom import accounts, files, settings, slips
from shared_db.errors import LabError
from shared_db.passwords import verify_password


@pytest.mark.parametrize("text", ["0", "61", "-1", "x", "", "3.0", "1e1", "٣", "9" * 5000, "3 4"])
def test_no_number_of_students(text: str) -> None:
    with pytest.raises(LabError, match="whole number from 1 to 60"):
        settings.names(text)


def test_names_have_two_digits() -> None:
    assert settings.names("30")[::29] == ("s01", "s30")


@pytest.mark.parametrize("text", ["7", "07", "s07", "s7"])
def test_a_student_by_number_or_name(text: str) -> None:
    assert settings.student(text) == "s07"


@pytest.mark.parametrize("text", ["0", "s", "s00", "61", "alice", "ss7", "7;"])
def test_no_student(text: str) -> None:
    with pytest.raises(LabError, match="STUDENT="):
        settings.student(text)


@pytest.mark.parametrize("text", ["0", "65536", "http"])
def test_no_port(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SSH_PORT", text)
    with pytest.raises(LabError, match="SSH_PORT="):
        settings.port("SSH_PORT")


def test_passwords_are_drawn_once_and_for_the_owner_alone(folder: Path) -> None:
    first = accounts.draw(("s01", "s02"))
    more = accounts.draw(("s01", "s02", "s03"))
    assert {name: more[name] for name in first} == first
    assert len({each.password for each in more.values()}) == len(more)
    assert stat.S_IMODE(files.ACCOUNTS.stat().st_mode) == 0o600
    for each in more.values():
        assert verify_password(each.hashed, each.password)
    assert set(more) == {"s01", "s02", "s03", "admin", "teacher"}


def test_a_damaged_file_is_told_and_left(folder: Path) -> None:
    files.ACCOUNTS.write_text("[{}]")
    with pytest.raises(LabError, match="holds no accounts"):
        accounts.draw(("s01",))
    assert files.ACCOUNTS.read_text() == "[{}]"


URLS = {"flask": "http://127.0.0.1:8001", "django": "http://127.0.0.1:8002"}


def test_a_slip_for_each(folder: Path) -> None:
    drawn = accounts.draw(("s01", "s02"))
    students = [drawn["s01"], drawn["s02"]]
    slips.write(students, URLS, door=True)
    page = files.SLIPS.read_text("utf-8")
    assert stat.S_IMODE(files.SLIPS.stat().st_mode) == 0o600
    assert page.count("<section>") == 2
    for each in students:
        assert f"<code>{each.password}</code>" in page
        assert each.hashed not in page
    assert drawn["teacher"].password not in page
    assert drawn["admin"].password not in page
    assert "ssh -F s02/config overdraft" in page
    assert "http://127.0.0.1:8002" in page


def test_without_a_door_no_slip_tells_of_one(folder: Path) -> None:
    drawn = accounts.draw(("s01",))
    slips.write([drawn["s01"]], URLS, door=False)
    page = files.SLIPS.read_text("utf-8")
    assert f"<code>{drawn['s01'].password}</code>" in page
    for words in ("ssh", "s01/config", "folder", "vote"):
        assert words not in page
