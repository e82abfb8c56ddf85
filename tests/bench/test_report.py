"""The tables and the JSON say what was measured, and mark what it is not."""

import io
from collections import Counter

import pytest
from rich.console import Console

from attack.bench.plan import Cell, Page
from attack.bench.records import Repeat, Result
from attack.bench.tally import Tally
from attack.report.bench_json import results_to_json
from attack.report.bench_table import GENERATOR, MONEY, PAGE, print_results
from shared_db.catalogue import strategies

STRATEGY = next(each for each in strategies() if each.slug == "row_lock")
CELL = Cell("flask", STRATEGY, STRATEGY.cases[0], accounts=1, clients=8, workers=2)
ASKED = {
    *("stack", "strategy", "accounts", "clients", "throughput", "p50_ms", "p99_ms"),
    *("errors", "retries", "limit_throughput", "ratio_to_limit"),
}


def repeat(succeeded: int, limit: float | None = 1000.0, cpu: float = 0.1) -> Repeat:
    """Return a repeat of 2 s in which 8 clients did nothing but wait."""
    latencies = Counter({100: succeeded})
    tally = Tally(clients=8, succeeded=succeeded, latencies=latencies, waited_s=16.0, cpu=cpu)
    return Repeat(2.0, tally, limit)


def printed(result: Result, width: int = 132) -> str:
    """Return the tables of one result."""
    out = io.StringIO()
    print_results(Console(file=out, width=width), [result])
    return out.getvalue()


def test_a_cell_has_what_was_promised_and_the_spread_of_its_repeats() -> None:
    result = Result(CELL, 7, [repeat(200), repeat(600), repeat(400, limit=500.0)])
    (cell,) = results_to_json([result])["cells"]
    assert cell.keys() >= ASKED
    assert (cell["throughput"], cell["throughput_spread"]) == (200.0, [100.0, 300.0])
    assert (cell["limit_throughput"], cell["limit_spread"]) == (1000.0, [500.0, 1000.0])
    assert (cell["ratio_to_limit"], cell["ratio_spread"]) == (0.3, [0.1, 0.4])
    assert (cell["p50_ms"], cell["p99_ms"], cell["money"]) == (10.0, 10.0, "right")
    assert cell["statements"] == 7
    assert "100…300" in printed(result)


def test_what_was_not_measured_is_not_told() -> None:
    assert results_to_json([Result(CELL), Result(Page("flask", 1, 2))]) == {
        "cells": [],
        "pages": [],
    }


def test_without_a_limit_there_is_no_ratio() -> None:
    (cell,) = results_to_json([Result(CELL, 7, [repeat(200, limit=None)])])["cells"]
    assert (cell["limit_throughput"], cell["ratio_to_limit"]) == (None, None)


@pytest.mark.parametrize(
    ("cpu", "waited_s", "limited"),
    [(0.1, 16.0, False), (0.79, 12.9, False), (0.8, 16.0, True), (0.1, 12.7, True)],
)
def test_a_busy_generator_is_marked(cpu: float, waited_s: float, limited: bool) -> None:
    busy = repeat(200, cpu=cpu)
    busy.tally.waited_s = waited_s
    result = Result(CELL, 7, [repeat(200), busy])
    assert result.generator_limited is limited
    assert (f"100 {GENERATOR}" in printed(result)) is limited


def test_lost_money_stands_where_the_ratio_would() -> None:
    broken = Repeat(2.0, Tally(clients=8, succeeded=9, waited_s=16.0), 1000.0, ("1 is wrong",))
    result = Result(CELL, 7, [repeat(200), broken])
    (cell,) = results_to_json([result])["cells"]
    assert cell["money"] == ["1 is wrong"]
    assert MONEY in printed(result)


def test_the_page_without_a_database_stands_above_the_cells_of_its_clients() -> None:
    out = io.StringIO()
    page, other = Result(Page("flask", 8, 2), 0, [repeat(800, None)]), Result(Page("flask", 1, 2))
    print_results(Console(file=out, width=132), [page, other, Result(CELL, 7, [repeat(200)])])
    lines = [line.split() for line in out.getvalue().splitlines() if " flask " in line]
    assert [line[0] for line in lines] == [PAGE.split()[0], "3"]
    assert out.getvalue().count(PAGE) == 2  # in the legend, and once above the cell


@pytest.mark.parametrize("width", [80, 132])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = printed(Result(CELL, 7, [repeat(200), repeat(280)]), width).splitlines()
    assert max(map(len, lines)) <= width
    assert any("row_lock" in line and "12%" in line for line in lines)
