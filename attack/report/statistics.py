"""Statistics of trials."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion, from 0 to 1; (0, 1) for no trial."""
    from scipy.stats import binomtest  # slow to import, and not every command needs it

    if trials == 0:
        return 0.0, 1.0
    interval = binomtest(successes, trials).proportion_ci(method="wilson")
    return round(float(interval.low), 4), round(float(interval.high), 4)
