"""What each of the requests of a cell sends, and what an answer to it says."""

from __future__ import annotations

from collections.abc import Sequence

from attack import answers
from attack.client import Prepared, Session
from attack.explore.cells import AMOUNT, Cell
from attack.explore.web.http import Response
from attack.targets import Target as Site
from racewalk.errors import RacewalkError
from racewalk.schedule.record import Answer
from shared_db.rules import new_key


def prepare(site: Site, cell: Cell, sessions: Sequence[Session]) -> list[tuple[str, Prepared]]:
    """Fill in the form of each request.

    Args:
        site: what is sent where.
        cell: whose requests.
        sessions: of the cell's users, in order.

    Returns:
        For each request its method and what to send.

    Raises:
        LabError: the application has no such page.
    """
    intent = new_key()
    made = list[tuple[str, Prepared]]()
    for racer in cell.racers:
        session = sessions[racer.user]
        if racer.beside:
            other = site.beside[racer.beside]
            made.append((other.method, session.prepare_beside(racer.beside)))
            continue
        fields = {site.amount_field: str(AMOUNT)}
        if cell.strategy.keyed:
            fields[site.key_field] = intent if cell.one_intent else new_key()
        path = site.request_path.format(number=cell.strategy.number)
        made.append(("POST", session.fill(path, fields)))
    return made


def answer(site: Site, cell: Cell, request: int, response: Response) -> Answer:
    """Return what an answer says.

    Raises:
        RacewalkError: the request did not reach what it was sent to, so the schedule says nothing.
    """
    status, location = response.status, response.headers.get("location", "")
    if status >= 500:
        return Answer("failed", str(status))
    if name := cell.racers[request].beside:
        fate = answers.fate_beside(site, site.beside[name], status, location)
    else:
        by_withdraw = answers.span(response.headers) is not None
        fate = answers.fate(site, status, location, by_withdraw=by_withdraw)
    match fate:
        case "paid" | "done":
            return Answer(fate)
        case "refused":
            return Answer("refused", "" if status == site.success_status else str(status))
    to = f" to {location}" if location else ""
    raise RacewalkError(f"request {request} was answered {status}{to}: by whom, nobody knows")
