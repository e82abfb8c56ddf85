"""Statements after the answer: the scheduler by itself."""

import pytest
from test_scheduler import arrange

from racewalk.errors import DivergenceError
from support.fakes import FakeLink, World

RESET = "RESET ALL"


def answered(world: World) -> FakeLink:
    """Start a request that says one thing, answers, and then says another."""
    link = FakeLink(0)
    world.on_start[0] = arrange(world, world.speaks(link, "SELECT 1"))
    world.scheduler.begin()
    then = [world.answers_now(0), world.speaks(link, RESET)]
    link.on_release = arrange(world, world.completes(link, "SELECT 1", then))
    world.scheduler.go_on(0)
    return link


def test_who_is_known_to_speak_late_is_not_done_before_its_process_rests() -> None:
    world = World(requests=1)
    world.scheduler.speaks_late = True
    link = answered(world)
    assert not world.scheduler.over
    assert world.scheduler.choice(0).pending == (RESET,)
    link.on_release = arrange(world, world.completes(link, RESET))
    world.scheduler.go_on(0)
    assert world.scheduler.over
    assert [step.sql for step in world.scheduler.record().steps] == ["SELECT 1", RESET]


def test_who_is_not_known_to_is_told_and_noted() -> None:
    world = World(requests=1)
    with pytest.raises(DivergenceError, match="A sends statements after its answer, 'RESET ALL'"):
        answered(world)
    assert world.scheduler.met_late


def test_where_rest_cannot_be_told_that_is_the_reason() -> None:
    world = World(requests=1, untold={0})
    world.scheduler.speaks_late = True
    with pytest.raises(DivergenceError, match="this system does not tell") as caught:
        answered(world)
    assert "give the connection back before the answer" in caught.value.told


def test_a_process_that_never_rests_is_given_up() -> None:
    world = World(requests=1)
    world.scheduler.speaks_late = True
    world.rests = lambda _request: False  # type: ignore[method-assign, assignment]
    link = FakeLink(0)
    world.on_start[0] = arrange(world, world.answers_now(0))
    with pytest.raises(DivergenceError, match="its process does not come to rest"):
        world.scheduler.begin()
    assert link.released == 0


@pytest.mark.parametrize("late", [True, False])
def test_it_is_learnt_from_what_passes_before_the_race(late: bool) -> None:
    world = World(requests=1, late_ones={0} if late else set())
    link = FakeLink(0)
    world.speaks(link, RESET)()
    assert link.released == 1
    assert world.scheduler.met_late is late


def test_it_is_learnt_from_what_comes_while_the_next_schedule_begins() -> None:
    world = World(late_ones={1})
    world.on_start[0] = arrange(world, world.speaks(FakeLink(1), RESET))
    with pytest.raises(DivergenceError, match="before it was started"):
        world.scheduler.begin()
    assert world.scheduler.met_late
