"""attack explore --schedule, --record and attack step: what is refused before anything starts."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from attack.cli import main

ONE = ("--strategy", "row_lock", "--stack", "flask")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("explore", "--schedule", "AB"), "name one with --strategy"),
        (("explore", "--schedule", "AB", "--strategy", "row_lock"), "name one with --stack"),
        (("explore", "--schedule", "A-B", *ONE), "'A-B' is no schedule"),
        (("explore", "--schedule", "ab", *ONE), "'ab' is no schedule"),
        (("explore", "--schedule", "ABC", *ONE), "ABC names more requests than race: 2"),
        (("explore", "--schedule", "AB", "--budget", "9", *ONE), "takes no --budget"),
        (("explore", "--schedule", "AB", "--record", "there", *ONE), "takes no --record"),
        (("explore", "--record", "there", "--brute-force"), "--brute-force draws none"),
        (("explore", "--record", "file/below", *ONE), "'file/below' cannot be written"),
        (("explore", "--record", "file", *ONE), "'file' cannot be written"),
        (("step",), "name one with --strategy"),
        (("step", "--strategy", "row_lock"), "name one with --stack"),
        (("step", *ONE, "--case", "atomic"), "row_lock has no row that can be explored so"),
        (("step", *ONE, "--start", "9"), "9 is less than a request withdraws"),
        (("step", "--strategy", "process_lock", "--stack", "django"), "several rows: name one"),
        (
            ("step", "--strategy", "process_lock", "--stack", "flask", "--case", "atomic"),
            "by that name: there is '1 worker' or '2 workers'",
        ),
        (("step", "--strategy", "leaked_session_lock", "--stack", "flask"), "no row"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_bad_input_is_one_line(
    words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 2
    assert told in result.output
    assert len(result.output.splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} <= {"file", "there"}
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.parametrize("command", ["step", "explore"])
def test_help_tells_the_keys_and_the_orders(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert ("Keys: a, b" if command == "step" else "such as AABB") in result.output
