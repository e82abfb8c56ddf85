"""Statistics of trials."""

from math import sqrt
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)  # 95 % lie within so many standard deviations on either side


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion, from 0 to 1; (0, 1) for no trial.

    E. B. Wilson (1927), 'Probable inference, the law of succession, and statistical inference'.
    """
    if trials == 0:
        return 0.0, 1.0
    share, square = successes / trials, _Z * _Z
    centre = share + square / (2 * trials)
    half = _Z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    low, high = (centre - half) / scale, (centre + half) / scale
    return round(max(low, 0.0), 4), round(min(high, 1.0), 4)
