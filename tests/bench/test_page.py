"""The figures of docs/choosing.md: written from a bench, and what the page says of strategies."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from attack import cli
from attack.commands.bench import MEASURED
from attack.report.bench_page import NAME, figures
from attack.report.marks import begin, end
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT
from tests.conftest import STACKS

DOCS = CHECKOUT / "docs"
CHOOSING = (DOCS / "choosing.md").read_text("utf-8")
FIGURES = CHOOSING.partition(begin(NAME))[2].partition(end(NAME))[0]
SLUGS = {each.slug for each in strategies()}


def cell(stack: str, **different: Any) -> dict[str, Any]:
    """Return a cell of a bench."""
    return {
        "stack": stack,
        "strategy": "row_lock",
        "accounts": 1,
        "clients": 8,
        "seconds": 0.5,
        "throughput": 200.4,
        "throughput_spread": [180.0, 210.0],
        "p99_ms": 31.6,
        "retries": 50,
        "requests": 200,
        "ratio_to_limit": 0.25,
        "statements": 6,
        "repeats": 3,
        "money": "right",
        "generator_limited": False,
        **different,
    }


def record(**different: Any) -> dict[str, Any]:
    """Return a bench of one strategy, and of the page without a database."""
    return {
        "cells": [cell(stack, **different) for stack in STACKS],
        "pages": [cell(stack) for stack in STACKS],
    }


def test_a_line_has_the_figures_of_its_cells() -> None:
    line = "| `row_lock` | Django | 200 (180-210) | 32 | 0.25 | 25% | 6 |"
    assert line in figures(record()).splitlines()


def test_what_a_figure_is_not_is_marked() -> None:
    assert "200 (180-210) ▲ |" in figures(record(generator_limited=True))
    assert "200 (180-210) **loses money** |" in figures(record(money=["1 is wrong"]))
    assert "| 32 | 0.25 | - | 6 |" in figures(record(ratio_to_limit=None))


def test_a_bench_that_was_cut_short_gives_no_figures() -> None:
    with pytest.raises(LabError, match="cut short"):
        figures({"cells": [], "pages": []})
    with pytest.raises(LabError, match="no cell for row_lock django 8"):
        figures({"cells": [cell("flask")], "pages": record()["pages"]})


@pytest.mark.parametrize("text", ["", "nothing", "{}", "[]", '{"cells": [{}]}', '{"cells": 1}'])
def test_a_file_that_is_no_bench_leaves_the_page_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    file.write_text(text)
    with pytest.raises(SystemExit) as ended:
        cli.main(["figures", str(file)])
    assert ended.value.code == 2
    assert (DOCS / "choosing.md").read_text("utf-8") == CHOOSING


def test_the_file_of_a_bench_of_one_cell_would_be_taken(tmp_path: Path) -> None:
    assert figures(json.loads(json.dumps(record()))) == figures(record())


def test_the_page_has_the_figures_of_every_strategy_that_is_measured() -> None:
    lines = set(re.findall(r"^\| `(\w+)` \| (\w+) \|", FIGURES, re.MULTILINE))
    assert lines == {(slug, stack) for slug in MEASURED for stack in ("Flask", "Django")}


@pytest.mark.parametrize("page", ["choosing.md", "frameworks.md"])
def test_a_row_that_is_named_is_that_of_the_catalogue(page: str) -> None:
    numbers = {each.slug: each.number for each in strategies()}
    text = (DOCS / page).read_text("utf-8")
    named = re.findall(r"^\| (\d+) `(\w+)`", text, re.MULTILINE)
    named += [(number, slug) for slug, number in re.findall(r"`(\w+)` \(row (\d+)\)", text)]
    assert named
    assert all(numbers[slug] == int(number) for number, slug in named)


def test_the_picture_names_strategies_that_there_are() -> None:
    picture = (DOCS / "choosing.svg").read_text("utf-8")
    named = set(re.findall(r"\b[a-z]+_[a-z]+\b", picture))
    assert named
    assert named <= SLUGS
