"""The bench as JSON, in the words of the tables."""

from collections.abc import Sequence
from typing import Any

from attack.bench.plan import Cell
from attack.bench.records import Result, middle


def results_to_json(results: Sequence[Result]) -> dict[str, Any]:
    """Return the results as a record: cells, and the pages that no database is behind.

    Throughputs are in requests a second, the median of the repeats; a spread is their least and
    their largest. Latencies are in ms, of all repeats together; counts are of all repeats.
    """
    measured = [result for result in results if result.repeats]
    return {
        "cells": [_cell(result) for result in measured if isinstance(result.of, Cell)],
        "pages": [_page(result) for result in measured if not isinstance(result.of, Cell)],
    }


def _cell(result: Result) -> dict[str, Any]:
    assert isinstance(result.of, Cell)  # noqa: S101 - its only caller
    return {
        "stack": result.of.stack,
        "strategy": result.of.strategy.slug,
        "case": result.of.case.name,
        "accounts": result.of.accounts,
        **_page(result),
        "limit_throughput": _rounded(middle(result.limits)),
        "limit_spread": _spread(result.limits),
        "ratio_to_limit": _rounded(middle(result.ratios), 4),
        "ratio_spread": _spread(result.ratios, 4),
        "money": result.faults or "right",
    }


def _page(result: Result) -> dict[str, Any]:
    tally = result.tally
    return {
        "stack": result.of.stack,
        "clients": result.of.clients,
        "workers": result.of.workers,
        "throughput": _rounded(middle(result.throughputs)),
        "throughput_spread": _spread(result.throughputs),
        "p50_ms": tally.quantile_ms(0.5),
        "p99_ms": tally.quantile_ms(0.99),
        "requests": tally.succeeded,
        "errors": tally.failed,
        "error_kinds": dict(tally.failures),
        "retries": tally.retries,
        "statements": result.statements,
        "repeats": len(result.repeats),
        "seconds": result.repeats[0].seconds,
        "generator_cpu": tally.cpu,
        "generator_limited": result.generator_limited,
    }


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)


def _spread(values: Sequence[float], digits: int = 1) -> list[float] | None:
    return [round(min(values), digits), round(max(values), digits)] if values else None
