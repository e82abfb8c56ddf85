"""The claims of docs/choosing.md: a bench shows one, or does not, on each stack by itself."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from attack import cli
from attack.bench.plan import ACCOUNTS, CLIENTS
from attack.commands.bench import MEASURED
from attack.report.claims import Cells, Claim, claims, table
from shared_db.errors import LabError
from tests.bench.test_page import CHOOSING, DOCS, cell
from tests.conftest import STACKS

HOT = Cells("row_lock", accounts=1, clients=8)
MANY = Cells("row_lock", accounts=100, clients=8)


def two(**different: Any) -> list[dict[str, Any]]:
    """Return the cells of a bench: what differs is that of 100 accounts."""
    return [
        made
        for stack in STACKS
        for made in (cell(stack), cell(stack, **({"accounts": 100} | different)))
    ]


def rate(least: float, middle: float, largest: float) -> dict[str, Any]:
    """Return what a cell says of its throughput."""
    return {"throughput": middle, "throughput_spread": [least, largest]}


@pytest.mark.parametrize(
    ("figures", "more", "fewer"),
    [
        (rate(211, 300, 400), True, False),
        (rate(210, 300, 400), False, False),
        (rate(100, 150, 180), False, False),
        (rate(100, 150, 179), False, True),
    ],
)
def test_a_rate_is_more_where_the_spreads_do_not_meet(
    figures: dict[str, Any], more: bool, fewer: bool
) -> None:
    cells = two(**figures)
    assert Claim("", "rate", MANY, more_than=HOT).on(cells, "flask")[0] is more
    assert Claim("", "rate", MANY, fewer_than=HOT).on(cells, "django")[0] is fewer


def test_the_figures_of_both_sides_are_told() -> None:
    _, told = Claim("", "rate", MANY, more_than=HOT).on(two(**rate(90, 100.04, 110)), "flask")
    assert told == "100 (90-110) against 200 (180-210)"


def test_a_bound_holds_for_every_cell_that_is_meant() -> None:
    claim = Claim("", "retries", Cells("row_lock"), at_most=0.25)
    assert claim.on(two(), "flask") == (True, "0.25")
    assert claim.on(two(retries=51), "flask")[0] is False
    assert Claim("", "retries", Cells("row_lock"), at_least=0.25).on(two(), "flask")[0]
    assert not Claim("", "retries", Cells("row_lock"), at_least=0.25).on(two(retries=1), "flask")[0]


def test_lost_money_is_seen_in_any_cell() -> None:
    claim = Claim("", "wrong", Cells("defences"), at_most=0)
    assert claim.on(two(), "flask")[0]
    assert not claim.on(two(money=["1 is wrong"]), "flask")[0]


def test_a_bench_without_the_cell_shows_nothing() -> None:
    with pytest.raises(LabError, match="no cell for version_check on flask"):
        Claim("", "rate", Cells("version_check"), at_most=1).on(two(), "flask")


def whole(**different: Any) -> list[dict[str, Any]]:
    """Return the cells of a bench of everything that is measured."""
    return [
        cell(stack, strategy=slug, accounts=accounts, clients=clients)
        | {"limit_throughput": 9.0, "limit_spread": [8, 10], "errors": 0}
        | different
        for stack in STACKS
        for slug in MEASURED
        for accounts in ACCOUNTS
        for clients in CLIENTS
    ]


def test_every_claim_is_about_cells_that_a_bench_has() -> None:
    lines = table([whole()]).splitlines()
    assert len(lines) == 2 + len(claims())
    assert "| No defence answers with an error | 0 | 0 | yes |" in lines[-2]


def test_two_runs_that_disagree_are_told_apart() -> None:
    lines = table([whole(), whole(errors=1)]).splitlines()
    assert lines[-2].endswith("| 0 | 0 | run 1: yes; run 2: no |")
    half = [*whole()[:72], *whole(errors=1)[72:]]
    assert table([half]).splitlines()[-2].endswith(f"| only {STACKS[0].capitalize()} |")


def test_a_claim_says_one_relation() -> None:
    relations = ("more_than", "fewer_than", "equal", "at_most", "at_least")
    for claim in claims():
        assert sum(getattr(claim, name) is not None for name in relations) == 1, claim.words


def test_a_claim_with_an_unknown_word_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "claims.toml"
    file.write_text('[[claim]]\nwords = "x"\nfigure = "speed"\ncells = {strategy = "row_lock"}\n')
    with pytest.raises(msgspec.ValidationError):
        claims(file)


def test_the_page_has_every_claim() -> None:
    assert all(
        f"| {number} | {claim.words} |" in CHOOSING for number, claim in enumerate(claims(), 1)
    )


def test_a_second_file_that_is_no_bench_leaves_the_page_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_bytes(
        msgspec.json.encode(
            {"cells": whole(), "pages": [cell(s, clients=c) for s in STACKS for c in CLIENTS]}
        )
    )
    second.write_text("{}")
    with pytest.raises(SystemExit) as ended:
        cli.main(["figures", str(first), str(second)])
    assert ended.value.code == 2
    assert (DOCS / "choosing.md").read_text("utf-8") == CHOOSING
