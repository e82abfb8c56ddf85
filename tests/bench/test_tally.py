"""What the generator's processes count adds up, travels, and gives quantiles."""

from collections import Counter

import pytest

from attack.bench.tally import Tally, total


def tally(*latencies_ms: float) -> Tally:
    """Return the counts of requests that took so long."""
    counted = Tally(clients=1, succeeded=len(latencies_ms))
    for each in latencies_ms:
        counted.add_latency(each / 1000)
    return counted


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)]
)
def test_a_quantile_is_the_nearest_rank(share: float, expected: float) -> None:
    assert tally(*range(1, 101)).quantile_ms(share) == expected


def test_latencies_are_kept_in_tenths_of_a_millisecond() -> None:
    assert tally(0.14, 0.16).latencies == Counter({1: 1, 2: 1})


def test_nothing_has_no_quantile() -> None:
    assert Tally().quantile_ms(0.5) is None


def test_counts_of_several_processes_add_up_and_the_busiest_is_told() -> None:
    one = Tally(clients=3, paid=5, undecided=1, succeeded=4, failed=1, retries=2, waited_s=1.0)
    one.cpu, one.failures = 0.4, Counter({"503": 1})
    other = tally(7.0)
    other.cpu = 0.9
    whole = total([one, other])
    assert (whole.clients, whole.paid, whole.undecided, whole.succeeded) == (4, 5, 1, 5)
    assert (whole.failed, whole.retries, whole.waited_s, whole.cpu) == (1, 2, 1.0, 0.9)
    assert (whole.failures, whole.latencies) == (Counter({"503": 1}), Counter({70: 1}))


def test_a_record_tells_it_all() -> None:
    one = tally(1.0, 2.0, 2.0)
    one.failures["ConnectionResetError"] += 1
    assert Tally.from_json(one.to_json()) == one
