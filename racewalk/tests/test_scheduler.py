"""The scheduler by itself: phases, settling, waits inside, whose statement it is."""

from collections.abc import Callable, Collection

import pytest

from racewalk.errors import DivergenceError, LostError, StalledError
from racewalk.schedule.record import Waking
from racewalk.schedule.schedule import Begin, Release
from racewalk.wire.events import Lost, Waits
from racewalk.words import name
from support.fakes import FakeLink, World, group


def two_held(world: World) -> tuple[FakeLink, FakeLink]:
    """Start two requests, each of which has one statement."""
    links = FakeLink(0, 10), FakeLink(1, 11)
    for request, link in enumerate(links):
        world.on_start[request] = arrange(world, world.speaks(link, f"SELECT {request}"))
    world.scheduler.begin()
    return links


def arrange(world: World, *events: Callable[[], None]) -> Callable[[], None]:
    """Return the action that queues these events."""
    return lambda: world.events.extend(events)


def test_requests_are_started_one_after_the_other() -> None:
    world = World()
    two_held(world)
    assert world.enabled == (0, 1)
    choice = world.scheduler.choice(1)
    assert (choice.chosen, choice.pending) == (1, ("SELECT 0", "SELECT 1"))
    assert (choice.waiting, choice.inside) == ((), ())


def test_a_schedule_to_its_end() -> None:
    world = World()
    for request, link in enumerate(two_held(world)):
        done = [world.answers_now(request)]
        link.on_release = arrange(world, world.completes(link, f"SELECT {request}", done))
    for request in (1, 0):
        assert not world.scheduler.over
        world.scheduler.go_on(request)
    assert world.scheduler.over
    run = world.scheduler.record()
    assert str(run.schedule) == "BA"
    assert [(step.request, step.released, step.completed) for step in run.steps] == [
        (1, 0, 0),
        (0, 1, 1),
    ]
    assert [answer.kind for answer in run.answers] == ["paid", "paid"]


def test_not_done_before_its_connection_is_quiet() -> None:
    world = World(requests=1)
    link = FakeLink(0)
    world.on_start[0] = arrange(world, world.speaks(link, "BEGIN"))
    world.scheduler.begin()
    link.quiet = False
    done = [world.answers_now(0)]
    link.on_release = arrange(world, world.completes(link, "BEGIN", done, "T"))
    with pytest.raises(StalledError, match=r"nothing happened for .* request A thinking"):
        world.scheduler.go_on(0)
    assert world.asked == []  # an answered request waits for nobody


def test_a_waiter_is_recorded_behind_the_step_that_set_it_free() -> None:
    world = World()
    first, second = two_held(world)

    def waits() -> None:
        second.waits_for = "ShareLock on transaction"
        world.locked[11] = b"now"
        world.scheduler.told(second, Waits(True))  # type: ignore[arg-type]

    def freed() -> None:
        world.locked.clear()
        world.completes(second, "SELECT 1", [world.answers_now(1)])()

    second.on_release = arrange(world, waits)
    world.scheduler.go_on(1)
    assert world.enabled == (0,)
    assert world.scheduler.choice(0).waiting == (1,)
    done = [world.answers_now(0)]
    first.on_release = arrange(world, freed, world.completes(first, "SELECT 0", done))
    world.scheduler.go_on(0)
    steps = world.scheduler.record().steps
    assert [(step.request, step.waited_for) for step in steps] == [
        (0, None),
        (1, "ShareLock on transaction"),
    ]


def one_inside(world: World) -> tuple[FakeLink, FakeLink]:
    """Hold request 0; request 1 waits for it inside the application."""
    links = FakeLink(0, 10), FakeLink(1, 11)
    world.on_start[0] = arrange(world, world.speaks(links[0], "UPDATE 0"))
    world.on_start[1] = lambda: None
    world.proven.add(1)
    world.scheduler.begin()
    return links


def test_a_proven_wait_inside_is_part_of_the_choice() -> None:
    world = World()
    one_inside(world)
    assert world.enabled == (0,)
    assert world.scheduler.choice(0).inside == (1,)
    assert (1, [0]) in world.asked  # who is at the database


def test_a_wait_inside_is_proven_anew_after_each_step() -> None:
    world = World()
    first, second = one_inside(world)
    world.proven.clear()
    released = [world.speaks(second, "SELECT 1"), world.answers_now(0)]
    first.on_release = arrange(world, world.completes(first, "UPDATE 0", released))
    world.scheduler.go_on(0)
    assert world.enabled == (1,)
    assert world.scheduler.choice(1).inside == ()


def test_what_was_sent_before_the_proof_wins() -> None:
    world = World()
    link = FakeLink(1)
    world.on_start[0] = arrange(world, world.speaks(FakeLink(0), "SELECT 0"))
    world.on_start[1] = lambda: None
    asked = world.stuck

    def proven_too_late(request: int, at_database: Collection[int]) -> bool:
        world.events.append(world.speaks(link, "SELECT 1"))
        return asked(request, at_database) or True

    world.stuck = proven_too_late  # type: ignore[method-assign]
    world.scheduler.begin()
    assert world.enabled == (0, 1)
    assert world.scheduler.choice(0).inside == ()


def test_a_wrong_guess_is_a_divergence() -> None:
    world = World()
    _, second = one_inside(world)
    with pytest.raises(DivergenceError, match="waiting inside the application"):
        world.speaks(second, "SELECT 1")()


def test_who_speaks_on_two_connections_at_once_is_told_so() -> None:
    world = World()
    two_held(world)
    with pytest.raises(DivergenceError, match="request A sent 'SELECT 9' while held") as caught:
        world.speaks(FakeLink(0, 12), "SELECT 9")()
    assert "speaks on two connections at once" in caught.value.told


def test_all_inside_is_a_stall_and_not_a_result() -> None:
    world = World(requests=1)
    world.on_start[0] = lambda: None
    world.proven.add(0)
    world.scheduler.begin()
    with pytest.raises(StalledError, match="nobody can go on: request A waiting inside"):
        assert world.scheduler.over


def test_a_request_that_was_not_started_may_not_speak() -> None:
    world = World()
    late = FakeLink(1)
    world.on_start[0] = arrange(world, world.speaks(late, "SELECT 9"))
    with pytest.raises(DivergenceError, match="request B sent 'SELECT 9' before it was started"):
        world.scheduler.begin()


def test_on_a_shared_port_the_last_user_of_a_connection_speaks() -> None:
    world = World(shared_port=True)
    links = FakeLink(None, 10), FakeLink(None, 11)
    for request, link in enumerate(links):
        world.on_start[request] = arrange(world, world.speaks(link, f"SELECT {request}"))
    world.scheduler.begin()
    again = [world.speaks(links[0], "SELECT 2")]
    links[0].on_release = arrange(world, world.completes(links[0], "SELECT 0", again))
    world.scheduler.go_on(0)
    assert world.scheduler.choice(0).pending == ("SELECT 2", "SELECT 1")


def test_two_that_move_at_once_on_one_port_cannot_be_told_apart() -> None:
    world = World(shared_port=True)
    first = FakeLink(None, 10)
    world.on_start[0] = arrange(world, world.speaks(first, "SELECT 0"))
    world.on_start[1] = lambda: None
    world.proven.add(1)
    world.scheduler.begin()
    world.proven.clear()
    stranger = [world.speaks(FakeLink(None, 12), "SELECT 1")]
    first.on_release = arrange(world, world.completes(first, "SELECT 0", stranger))
    with pytest.raises(DivergenceError, match="whose statement is it"):
        world.scheduler.go_on(0)


def two_waiters(world: World) -> list[FakeLink]:
    """Hold request 0; requests 2 and 1 wait for it, in this order."""
    links = [FakeLink(request, 10 + request) for request in range(3)]
    for request, link in enumerate(links):
        world.on_start[request] = arrange(world, world.speaks(link, f"SELECT {request}"))
    world.scheduler.begin()
    for request in (2, 1):
        link = links[request]

        def waits(link: FakeLink = link) -> None:
            world.locked[link.pid] = b"now"
            world.scheduler.told(link, Waits(True))  # type: ignore[arg-type]

        link.on_release = arrange(world, waits)
        world.scheduler.go_on(request)
    assert world.scheduler.choice(0).waiting == (2, 1)
    return links


def test_two_waiters_wake_in_the_order_in_which_they_queued() -> None:
    world = World(requests=3)
    links = two_waiters(world)
    world.signals.clear()
    done = [world.answers_now(0)]
    links[0].on_release = arrange(world, world.completes(links[0], "SELECT 0", done))
    world.scheduler.go_on(0)
    assert world.signals[:2] == ["stop 12", "stop 11"]
    assert [each for each in world.signals if each.startswith("wake")] == ["wake 12", "wake 11"]
    assert world.signals[-1] == "all wake"


@pytest.mark.parametrize("first", [1, 2])
def test_of_two_that_are_granted_it_is_a_choice_who_is_woken(first: int) -> None:
    world = World(requests=3)
    links = two_waiters(world)

    def granted() -> None:
        world.locked.clear()
        world.completes(links[0], "SELECT 0", [world.answers_now(0)])()

    world.on_wake = {
        10 + request: world.completes(
            links[request], f"SELECT {request}", [world.answers_now(request)]
        )
        for request in (1, 2)
    }
    links[0].on_release = arrange(world, granted)
    world.scheduler.go_on(0, lambda options: first if len(options) == 2 else options[0])
    run = world.scheduler.record()
    assert run.choices[-1].wakes == (Waking((2, 1), first),)
    assert str(run.schedule) == f"CBA~{name(first)}"
    assert [step.request for step in run.steps] == [0, first, 3 - first]


def test_who_is_not_granted_is_no_choice() -> None:
    world = World(requests=3)
    links = two_waiters(world)
    done = [world.answers_now(0)]
    links[0].on_release = arrange(world, world.completes(links[0], "SELECT 0", done))
    world.scheduler.go_on(0, lambda _options: pytest.fail("nobody is to be chosen"))
    assert world.scheduler.choice(0).waiting == (2, 1)


def test_where_a_request_begins_is_a_choice_if_they_share_a_process() -> None:
    world = World(shared_port=True)
    links = FakeLink(None, 10), FakeLink(None, 11)
    for request, link in enumerate(links):
        world.on_start[request] = arrange(world, world.speaks(link, f"SELECT {request}"))
        done = [world.answers_now(request)]
        link.on_release = arrange(world, world.completes(link, f"SELECT {request}", done))
    world.scheduler.begin(at_once=False)
    assert list(world.scheduler.options) == [Begin(0), Begin(1)]
    for request in (1, 1, 0):
        world.scheduler.go_on(request)
    assert list(world.scheduler.options) == [Release(0)]
    world.scheduler.go_on(0)
    assert world.scheduler.over
    run = world.scheduler.record()
    assert str(run.schedule) == "^BB^AA"
    assert run.options == [(Begin(0), Begin(1)), (Begin(0), Release(1)), (Begin(0),), (Release(0),)]


def test_requests_that_are_alike_begin_in_order_at_any_time() -> None:
    world = World(shared_port=True)
    links = FakeLink(None, 10), FakeLink(None, 11)
    for request, link in enumerate(links):
        world.on_start[request] = arrange(world, world.speaks(link, f"SELECT {request}"))
        done = [world.answers_now(request)]
        link.on_release = arrange(world, world.completes(link, f"SELECT {request}", done))
    world.scheduler.begin(at_once=False, in_order=True)
    assert list(world.scheduler.options) == [Begin(0)]
    for request in (0, 0):
        world.scheduler.go_on(request)
    assert list(world.scheduler.options) == [Begin(1)], "after the other is over, too"
    for request in (1, 1):
        world.scheduler.go_on(request)
    run = world.scheduler.record()
    assert str(run.schedule) == "^AA^BB"
    assert run.options == [(Begin(0),), (Release(0), Begin(1)), (Begin(1),), (Release(1),)]


def test_a_connection_that_a_pool_hands_on_speaks_for_its_new_user() -> None:
    world = World(shared_port=True)
    link = FakeLink(None, 10)
    steps = [
        world.completes(link, "SELECT 0", [world.answers_now(0)]),
        world.completes(link, "BEGIN", [world.speaks(link, "SELECT 1")], status="T"),
        world.completes(link, "SELECT 1", [world.answers_now(1)]),
    ]
    link.on_release = lambda: world.events.append(steps.pop(0))
    world.on_start[0] = arrange(world, world.speaks(link, "SELECT 0"))
    world.on_start[1] = arrange(world, world.speaks(link, "BEGIN"))
    world.scheduler.begin(at_once=False)
    for request in (0, 0, 1, 1, 1):
        world.scheduler.go_on(request)
    assert world.scheduler.over
    assert [step.request for step in world.scheduler.record().steps] == [0, 1, 1]


def test_a_statement_that_vanishes_is_an_error() -> None:
    world = World()
    first, _ = two_held(world)
    with pytest.raises(LostError, match="'SELECT 0' was lost: gone"):
        world.scheduler.told(first, Lost(group("SELECT 0"), "gone"))  # type: ignore[arg-type]


def test_between_schedules_everything_passes() -> None:
    world = World()
    link = FakeLink(0)
    world.speaks(link, "SELECT 5")()
    assert link.released == 1
