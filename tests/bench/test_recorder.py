"""Only what is answered within the measured time counts; what was paid counts always."""

import pytest

from attack.bench.orders import Order
from attack.bench.recorder import Recorder

ORDER = Order("http://127.0.0.1:1", (), clients=2, warm_s=1.0, seconds=10.0)


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("attack.bench.recorder.time.monotonic", clock)
    return clock


@pytest.fixture
def recorder(clock: Clock) -> Recorder:
    recorder = Recorder(ORDER)
    clock.now = 100.0
    recorder.client_starts()
    clock.now = 100.5
    recorder.client_starts()  # the clock runs already
    return recorder


def paid(recorder: Recorder, clock: Clock, sent: float, answered: float, retries: int = 0) -> None:
    """Count a payout."""
    clock.now = answered
    recorder.count(sent, "paid", success=True, retries=retries, words="302 /")


def test_the_warm_up_and_the_end_are_paid_and_not_measured(
    recorder: Recorder, clock: Clock
) -> None:
    paid(recorder, clock, 100.0, 100.9)
    paid(recorder, clock, 101.0, 101.5, retries=3)
    paid(recorder, clock, 110.5, 111.0, retries=1)
    assert (recorder.tally.paid, recorder.tally.succeeded, recorder.tally.retries) == (3, 1, 3)
    # Sent within the time: the second and the third.
    assert recorder.tally.latencies == {5000: 2}


def test_of_a_wait_only_the_part_within_the_time_counts(recorder: Recorder, clock: Clock) -> None:
    paid(recorder, clock, 100.5, 102.0)  # one second of it
    paid(recorder, clock, 110.0, 114.0)  # one second of it
    paid(recorder, clock, 100.0, 100.5)  # nothing
    assert recorder.tally.waited_s == pytest.approx(2.0)


def test_a_failed_request_is_neither_paid_nor_fast(recorder: Recorder, clock: Clock) -> None:
    clock.now = 102.0
    recorder.count(101.9, "refused", success=False, retries=19, words="503")
    recorder.count(101.9, "unknown", success=False, retries=0, words="ConnectionResetError")
    tally = recorder.tally
    assert (tally.paid, tally.undecided, tally.succeeded, tally.failed) == (0, 1, 0, 2)
    assert tally.failures == {"503": 1, "ConnectionResetError": 1}
    assert tally.quantile_ms(0.5) is None


def test_it_is_over_when_the_time_is_and_the_last_client_knows(
    recorder: Recorder, clock: Clock
) -> None:
    clock.now = 110.9
    assert not recorder.is_over()
    clock.now = 111.0
    assert recorder.is_over()
    assert [recorder.client_ends(), recorder.client_ends()] == [False, True]
