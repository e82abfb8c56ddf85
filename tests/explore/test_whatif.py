"""What if, of the lab's strategies: what holds them, and what came of it in docs/whatif.json."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from attack.cli import main
from docs.made import whatif
from docs.made.named import RECORDINGS
from racewalk.stepper.recording import read
from shared_db.catalogue import strategies

FIELDS = {"verdict", "schedules", "unsafe", "classes", "unsafe_classes", "exhausted", "errors"}
STACKS = ("flask", "django")
WAITING = [each.slug for each in strategies() if each.holds == "waiting"]
ROWS: list[dict[str, Any]] = whatif.read()["rows"]


def row(slug: str, stack: str, case: str = "") -> dict[str, Any]:
    """What is kept of a strategy."""
    where = (slug, stack, case)
    return next(each for each in ROWS if (each["strategy"], each["stack"], each["case"]) == where)


def single(found: dict[str, Any], kind: str, text: str = "") -> list[dict[str, Any]]:
    """The single changes of a kind."""
    return [
        each
        for each in found["changes"]
        if len(each["changes"]) == 1
        and each["changes"][0]["kind"] == kind
        and each["changes"][0]["text"].startswith(text)
    ]


def test_what_is_kept_is_whole_and_of_all_rows() -> None:
    kept = whatif.read()
    assert kept["hash"] == whatif.hash_of(kept["rows"])
    assert [each["title"] for each in kept["rows"]] == [cell.title for cell in whatif.cells()]
    for each in kept["rows"]:
        assert each["as_is"].keys() >= FIELDS
        for change in each["changes"]:
            assert change.keys() >= FIELDS
            # A crash decides nothing, and is told; a budget that was spent would be another matter.
            assert change["verdict"] != "inconclusive" or "answered 500" in change["says"], change


def test_what_is_kept_is_of_the_programs_that_are_recorded() -> None:
    """Which `make docs` holds against the applications."""
    held = 0
    for cell, each in zip(whatif.cells(), ROWS, strict=True):
        file = RECORDINGS / f"{cell.stem}-{cell.start}.json"
        if file.is_file():
            held += 1
            assert each["explored"] == read(file)["hash"], f"{cell.title}: docs.made whatif"
    assert held > len(ROWS) / 2


def test_what_is_kept_is_what_the_catalogue_expects() -> None:
    for cell, each in zip(whatif.cells(), ROWS, strict=True):
        assert each["as_is"]["verdict"] == cell.expected, cell.title


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("slug", WAITING)
def test_a_waiting_defence_is_held_by_its_lock(slug: str, stack: str) -> None:
    found = single(row(slug, stack), "take_away")
    assert found
    assert all(each["verdict"] == "unsafe" and each["holds"] for each in found)


def test_transaction_only_with_the_lock_is_row_lock_in_flask() -> None:
    """In Django it is not: docs/whatif.md says why."""
    (locked,) = single(row("transaction_only", "flask"), "lock", "FOR NO KEY UPDATE")
    written = row("row_lock", "flask")["as_is"]
    assert (locked["verdict"], locked["unsafe"]) == (written["verdict"], written["unsafe"])
    assert all(
        each["verdict"] == "unsafe" for each in single(row("transaction_only", "django"), "lock")
    )


READS_AGAIN = ("process_lock", "2 workers")
"""Reads within its transaction as row_lock does, and holds a lock of its own process alone."""


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    ("program", "kind", "text", "written"),
    [
        (("row_lock",), "take_away", "FOR NO KEY UPDATE", READS_AGAIN),
        (READS_AGAIN, "lock", "FOR NO KEY UPDATE", ("row_lock",)),
        (("serializable",), "level", "REPEATABLE READ", ("repeatable_read",)),
        (("repeatable_read",), "level", "SERIALIZABLE", ("serializable",)),
        (("serializable_ledger",), "level", "REPEATABLE READ", ("snapshot_ledger",)),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else each,
)
def test_a_change_gives_the_program_that_the_catalogue_has(
    stack: str, program: tuple[str, ...], kind: str, text: str, written: tuple[str, ...]
) -> None:
    """To the last order, where both say the same."""
    slug, *case = program
    found = single(row(slug, stack, *case), kind, text)
    slug, *case = written
    as_is = row(slug, stack, *case)["as_is"]
    same = ("verdict", "schedules", "unsafe")
    assert [as_is[key] for key in same] in [[each[key] for key in same] for each in found]


def test_serializable_helps_where_the_read_is_within() -> None:
    for stack, verdict in (("flask", "safe"), ("django", "unsafe")):
        (found,) = single(row("transaction_only", stack), "level", "SERIALIZABLE")
        assert found["verdict"] == verdict
        assert found["errors"]["40001"] > 0
    found = row("transaction_only", "django")
    (alone,) = single(found, "one_transaction")
    assert alone["verdict"] == "unsafe"
    both = [
        each
        for each in found["changes"]
        if {one["kind"] for one in each["changes"]} == {"level", "one_transaction"}
    ]
    assert both
    assert all(each["repairs"] for each in both)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name one with --strategy: what is changed are the statements of one application"),
        (("--strategy", "row_lock"), "name one with --stack"),
        (("--strategy", "row_lok"), "did you mean 'row_lock'?"),
        (("--strategy", "row_lock", "--stack", "flask", "--start", "9"), "9 is less than"),
        (("--strategy", "row_lock", "--stack", "flask", "--budget", "0"), "--budget"),
        (
            ("--strategy", "row_lock", "--stack", "flask", "--json", "a/b"),
            "'a/b' cannot be written",
        ),
        (("--strategy", "process_lock", "--stack", "flask"), "several rows: name one"),
    ],
)
def test_bad_input_is_one_line(words: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(main, ["whatif", *words])
    assert result.exit_code == 2
    assert told in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.acceptance
@pytest.mark.parametrize("stack", STACKS)
def test_an_inquiry_of_today_finds_what_is_kept(stack: str, tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    words = ["whatif", "--strategy", "row_lock", "--stack", stack, "--json", str(file)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    found = json.loads(file.read_text("utf-8"))
    assert set(found) == {"race", "as_is", "changes"}
    kept = row("row_lock", stack)
    same = ("changes", "verdict", "schedules", "unsafe", "errors")
    assert [[each[key] for key in same] for each in found["changes"]] == [
        [each[key] for key in same] for each in kept["changes"]
    ]
