"""The interval beside every proportion."""

import pytest

from attack.report.statistics import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Figures from Newcombe (1998), 'Two-sided confidence intervals for the single proportion', I.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_no_trial_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
