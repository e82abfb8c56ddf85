"""Explorations that nobody ran: a cell of the catalogue, and how its schedules are said to end."""

from attack.explore.cells import AMOUNT, Cell, plan
from attack.explore.exploration import Exploration
from attack.explore.ledger import OTHERS, PARTS, fact
from racewalk import Facts, Outcome
from racewalk.search.certificate import Reduction
from racewalk.search.tally import Tally
from shared_db.catalogue import strategies
from support.stories import race

RIGHT = "paid", "refused"


def cell(
    slug: str, stack: str = "flask", case: str = "", start: int = AMOUNT, users: int = 1
) -> Cell:
    """Return the exploration of a strategy's case by two requests."""
    chosen = [each for each in strategies() if each.slug == slug]
    cells = plan([stack], chosen, 2, None, start, "each" if users > 1 else None)
    return next(each for each in cells if each.case.name == case)


def ledger(
    start: int, *payouts: int, balances: tuple[int, ...] | None = None, others: int = 0
) -> Facts:
    """Return what so many payouts leave, of one user or of several, and of others."""
    left = balances or tuple(start - AMOUNT * count for count in payouts)
    pairs = list[tuple[str, int]]()
    for user, (balance, count) in enumerate(zip(left, payouts, strict=True)):
        values = (balance, AMOUNT * count, count)
        pairs += [(fact(user, part), value) for part, value in zip(PARTS, values, strict=True)]
    return Facts((*pairs, (OTHERS, others)))


def end(
    found: Facts,
    answers: tuple[str, ...] = RIGHT,
    *errors: str,
    broken: tuple[str, ...] = (),
    waited: bool = False,
) -> Outcome:
    """Return how a schedule ended."""
    return Outcome(found, answers, broken, errors, waited)


def exploration(
    where: Cell, *ends: Outcome, inconclusive: str | None = None, bound: int | None = None
) -> Exploration:
    """Return an exploration of which each schedule ended otherwise; the race stands for them.

    Args:
        where: the cell.
        ends: of the schedules that were run, one each.
        inconclusive: why not all were, or None.
        bound: up to so many preemptions all were, or None.
    """
    tally = Tally(where.requests)
    for each in ends:
        tally.add(race()[0], each)
    if inconclusive:
        tally.stop(inconclusive)
    return Exploration(where, tally.certificate(reduction=Reduction(bound=bound)))
