"""The gate of last_byte: nobody before all, and nobody kept for ever."""

import threading

import httpcore

from attack.techniques.last_byte import Gate


def test_nothing_is_released_before_all_have_come_or_given_up() -> None:
    gate, released = Gate(3), list[str]()
    opener = threading.Thread(target=gate.open_when_all_are_ready)
    opener.start()
    gate.hold(lambda: released.append("first"))
    gate.leave()
    opener.join(0.1)
    assert opener.is_alive()
    assert released == []
    gate.hold(lambda: released.append("last"))
    opener.join()
    assert released == ["first", "last"]


def test_whoever_comes_late_is_released_at_once() -> None:
    gate, released = Gate(0), list[str]()
    gate.open_when_all_are_ready()
    gate.hold(lambda: released.append("late"))
    assert released == ["late"]


def test_a_broken_connection_does_not_keep_the_others() -> None:
    def broken() -> None:
        raise httpcore.WriteError

    gate, released = Gate(2), list[str]()
    gate.hold(broken)
    gate.hold(lambda: released.append("sound"))
    gate.open_when_all_are_ready()
    assert released == ["sound"]
